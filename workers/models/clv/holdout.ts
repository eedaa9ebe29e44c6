/** Fitted on the past, judged on what came after, beside the simplest forecast: everybody goes on at their own past rate. */
import type { BgnbdParameters, Quality } from '#analysis/contract.ts';
import type { Bilingual } from '#core/bilingual.ts';
import { correlation } from '../../math/statistics.ts';
import type { History } from '../support/histories.ts';
import { expectedFuturePurchases } from './bgnbd.ts';
import { WEEK, type ClvRecord } from './fit.ts';

export interface ClvHoldout {
	readonly weeks: number;
	/** Purchase days of the known customers in those weeks. */
	readonly actual: number;
	readonly predicted: number;
	readonly quality: Quality;
	readonly reason: Bilingual;
}

/** `later`: the histories by day of all time; those after the day `end`, up to `last`, are what should have been foreseen. */
export function judge(
	parameters: BgnbdParameters,
	records: readonly ClvRecord[],
	later: readonly History[],
	end: number,
	last: number,
): ClvHoldout {
	const weeks = (last - end) / WEEK;
	const orders = new Map(
		later.map((h) => [h.customer, h.times.filter((time) => time > end && time <= last).length]),
	);
	const actual = records.map((record) => orders.get(record.customer) ?? 0);
	const predicted = records.map((record) => expectedFuturePurchases(parameters, record, weeks));
	const naive = records.map(({ frequency, T }) => (T > 0 ? (frequency / T) * weeks : 0));
	const sum = (values: number[]) => values.reduce((total, v) => total + v, 0);
	const [said, happened, rate] = [sum(predicted), sum(actual), sum(naive)];
	const round = (v: number) => Math.round(v).toString();
	return {
		weeks,
		actual: happened,
		predicted: said,
		quality: {
			metric: {
				en: `Correlation of predicted and actual orders per customer, ${round(weeks)} held-out weeks`,
				zh: `留出的 ${round(weeks)} 周内每位客户预测与实际订单数的相关系数`,
			},
			value: correlation(predicted, actual),
			baseline: {
				name: { en: 'everybody goes on at their own past rate', zh: '每位客户保持自己过去的频率' },
				value: correlation(naive, actual),
			},
			heldOut: records.length,
		},
		reason: {
			en: `Held out: ${round(said)} orders predicted, ${round(happened)} happened; the baseline says ${round(rate)}.`,
			zh: `留出检验：预测 ${round(said)} 单，实际 ${round(happened)} 单；基准为 ${round(rate)} 单。`,
		},
	};
}
