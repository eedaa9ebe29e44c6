/**
 * Recency, frequency, monetary value of every customer, with scores 1 to 5. R is whole days from the last purchase to
 * `asOf`, F the number of distinct moments of purchase, M the revenue. Source: Hughes, Strategic Database Marketing, 1994.
 */
import type { Model, RfmValue } from '#analysis/contract.ts';
import { fromMinor } from '#core/money.ts';
import { ok } from '#core/result.ts';
import { rfmRows } from './segments/features.ts';
import { ruleReason, segmentByRule } from './segments/rules.ts';
import { endOfDay, paidOnly, span, toHistories } from './support/histories.ts';
import { readTime } from './support/params.ts';
import { customersUnit, isoDay, refuseEmpty } from './support/words.ts';

export interface RfmParams {
	/** Default: the midnight UTC that ends the day of the last purchase. Purchases from then on do not count. */
	readonly asOf?: number;
}

export const rfm: Model<RfmParams, RfmValue> = {
	name: 'rfm',
	needs: 'purchases',
	parse(params) {
		const asOf = readTime(params, 'asOf');
		return asOf.ok ? ok({ asOf: asOf.value }) : asOf;
	},
	async run({ asOf: given }, bought, context) {
		const purchases = paidOnly(bought);
		const all = toHistories(purchases, given);
		if (all.length === 0) return refuseEmpty();
		const { from, to } = span(all);
		const asOf = given ?? endOfDay(to);
		const { currency } = purchases;
		const rows = rfmRows(all, asOf, currency);
		const segments = segmentByRule(rows, asOf - from);
		// Summed in whole minor units: exact.
		const minor = all.reduce((sum, h) => sum + h.amounts.reduce((s, a) => s + a, 0), 0);
		return ok({
			asOf,
			customers: rows.length,
			revenue: fromMinor(minor, currency),
			currency,
			rows: rows.map((row, i) => ({ ...row, segment: segments[i]! })),
			card: {
				model: 'rfm',
				n: rows.length,
				unit: customersUnit,
				from,
				to,
				computedAt: context.now,
				backend: 'float64',
				reasons: [
					{
						en: `Days count to ${isoDay(asOf)} 00:00 UTC. A score of 5 is the best fifth of your own customers; equal values share a score.`,
						zh: `天数截至 ${isoDay(asOf)} 00:00（UTC）。5 分为自己客户中最好的五分之一；数值相同者同分。`,
					},
					ruleReason,
					{
						en: 'It describes the past and predicts nothing.',
						zh: '它描述过去，不作预测。',
					},
				],
				source: 'Hughes 1994',
			},
		});
	},
};
