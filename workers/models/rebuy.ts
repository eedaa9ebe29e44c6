/**
 * "Buys again within 90 days": a network of 64 rectified units learns from moments in the past what followed, is judged
 * on the newest 90 days that it did not see, beside a logistic regression on the same features, and then says how likely
 * each customer is to buy from now on. Probabilities are calibrated on the held-out days.
 */
import type { Model, RebuyReason, RebuyValue } from '#analysis/contract.ts';
import type { Bilingual } from '#core/bilingual.ts';
import { DAY } from '#core/clock.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { calibrate, reliability } from '../math/calibration.ts';
import { fitLogistic, logOdds, sigmoid, type Logistic } from '../math/logistic.ts';
import { auc, brier } from '../math/statistics.ts';
import { openBackend, type Backend } from './backend.ts';
import {
	featureNames,
	FEATURES,
	fitScaling,
	scale,
	snapshot,
	stack,
	WINDOW_DAYS,
	type Snapshot,
} from './rebuy/features.ts';
import { batchCount, forward } from './rebuy/network.ts';
import { train } from './rebuy/train.ts';
import { endOfDay, span, toHistories, type History } from './support/histories.ts';
import { createPace } from './support/pace.ts';
import { readTime } from './support/params.ts';
import { isoDay, refuseEmpty } from './support/words.ts';

export interface RebuyParams {
	/** The moment to look ahead from; default as for `rfm`. */
	readonly asOf?: number;
}

const ROWS = 100;
const RARER = 25;
/** Moments to learn from: the newest whose 90 days are over, and earlier ones, 45 days apart. */
const SNAPSHOTS = 3;
const STEP_DAYS = 45;
/** Before a moment counts, this much history must lie before it. */
const LEAST_HISTORY_DAYS = 30;

export const rebuy: Model<RebuyParams, RebuyValue> = {
	name: 'rebuy',
	needs: 'purchases',
	parse(params) {
		const asOf = readTime(params, 'asOf');
		return asOf.ok ? ok({ asOf: asOf.value }) : asOf;
	},
	run: (params, purchases, context) => runRebuy(params, purchases, context, openBackend),
};

/** `engine` is a parameter so that a particular one can be asked for. */
export async function runRebuy(
	{ asOf: given }: RebuyParams,
	purchases: Parameters<typeof rebuy.run>[1],
	context: Parameters<typeof rebuy.run>[2],
	engine: () => Promise<Backend | undefined>,
): ReturnType<typeof rebuy.run> {
	const histories = toHistories(purchases, given);
	if (histories.length === 0) return refuseEmpty();
	const { from, to } = span(histories);
	const asOf = given ?? endOfDay(to);
	const { currency } = purchases;
	const held = asOf - WINDOW_DAYS * DAY;
	const past = learn(histories, held - WINDOW_DAYS * DAY, from, currency);
	const test = snapshot(histories, held, currency);
	for (const [part, when] of [
		[past, 'to learn from'],
		[test, 'to judge by'],
	] as const) {
		const refused = refuseThin(part, when);
		if (refused) return refused;
	}

	const recent = learn(histories, held, from, currency);
	const steps = batchCount(past.y.length) + batchCount(recent.y.length);
	const report = createPace(context);
	let done = 0;
	const pace = () => report(Math.min(0.95, done++ / steps));
	await report(0);
	const backend = await engine();

	// Judged: learned from what was over 90 days ago, on what followed.
	const pastScaling = fitScaling(past.x);
	const pastX = scale(past.x, pastScaling);
	const testX = scale(test.x, pastScaling);
	const judged = await train(backend, pastX, past.y, context.seed, pace);
	const raw = forward(judged.network, testX, FEATURES);
	const baselineModel = fitLogistic(pastX, FEATURES, past.y);
	const baselineSays = Float64Array.from(test.y, (_, i) =>
		sigmoid(logOdds(baselineModel, testX, i)),
	);
	const crossed = calibrateAcross(raw, test.y);
	const quality = {
		auc: auc(raw, test.y),
		brier: brier(crossed, test.y),
		baseline: {
			auc: auc(baselineSays, test.y),
			brier: brier(calibrateAcross(baselineSays, test.y), test.y),
		},
	};

	// Said: learned again with the newest days, applied to today.
	const scaling = fitScaling(recent.x);
	const recentX = scale(recent.x, scaling);
	const now = snapshot(histories, asOf, currency);
	const nowX = scale(now.x, scaling);
	const final = await train(backend, recentX, recent.y, context.seed, pace);
	const calibrated = calibrate(raw, test.y);
	const twin = fitLogistic(recentX, FEATURES, recent.y);
	const probabilities = forward(final.network, nowX, FEATURES);
	const rows = now.customers.map((customer, i) => ({
		customer,
		probability: calibrated(probabilities[i]!),
		reasons: reasonsOf(twin, nowX, i),
	}));
	const count = (value: number) => value.toLocaleString('en');
	const round = (value: number) => value.toFixed(3);
	return ok({
		asOf,
		rows,
		reliability: reliability(crossed, test.y),
		...quality,
		twinDifference: Math.max(judged.difference, final.difference),
		card: {
			model: 'rebuy',
			n: recent.y.length,
			unit: { en: 'customers at a past moment', zh: '个“客户在某一时刻”样本' },
			from,
			to,
			computedAt: context.now,
			seed: context.seed,
			backend: final.backend,
			quality: {
				metric: { en: 'AUC on the newest 90 days', zh: '最近 90 天上的 AUC' },
				value: quality.auc,
				baseline: {
					name: { en: 'logistic regression on the same features', zh: '同样特征的逻辑回归' },
					value: quality.baseline.auc,
				},
				heldOut: test.y.length,
			},
			reasons: [
				{
					en: `Looks ahead from ${isoDay(asOf)} 00:00 UTC. Judged on ${count(test.y.length)} customers as they stood 90 days earlier; learned from the time before.`,
					zh: `自 ${isoDay(asOf)} 00:00（UTC）起预测。以 ${count(test.y.length)} 位客户在 90 天前的状态检验，仅用更早的数据训练。`,
				},
				{
					en: `Brier score ${round(quality.brier)}, baseline ${round(quality.baseline.brier)} (0 is perfect). Probabilities are calibrated on the held-out days (${test.y.length > 1000 ? 'isotonic' : 'Platt'}).`,
					zh: `Brier 分数 ${round(quality.brier)}，基准 ${round(quality.baseline.brier)}（0 为完美）。概率以留出数据校准（${test.y.length > 1000 ? '保序回归' : 'Platt'}）。`,
				},
				...(quality.auc > quality.baseline.auc ? [] : [noBetter]),
				{
					en: 'Reasons per customer come from the logistic twin and are approximate. Seasons are not known: 90 days before Christmas are unlike 90 days after.',
					zh: '每位客户的理由来自逻辑回归近似。模型不了解季节：圣诞前后的 90 天并不相同。',
				},
			],
			source: 'Kingma and Ba 2015 (Adam); Platt 1999; Zadrozny and Elkan 2002',
		},
	});
}

const noBetter: Bilingual = {
	en: 'On these data the plain regression ranks customers at least as well: the network adds nothing here.',
	zh: '在这些数据上，普通回归的排序至少同样好：神经网络在此没有额外价值。',
};

/** Up to three moments, the newest at `latest`, each with enough history before it. */
function learn(
	histories: readonly History[],
	latest: number,
	from: number,
	currency: string,
): Snapshot {
	const moments = Array.from({ length: SNAPSHOTS }, (_, i) => latest - i * STEP_DAYS * DAY);
	return stack(
		moments
			.filter((at) => at - from >= LEAST_HISTORY_DAYS * DAY)
			.map((at) => snapshot(histories, at, currency)),
	);
}

function refuseThin({ y }: Snapshot, when: string): Result<never> | undefined {
	if (y.length < ROWS)
		return fail(
			'Refused',
			`A forecast of repeat orders needs at least ${ROWS} customers ${when} (with ${2 * WINDOW_DAYS + LEAST_HISTORY_DAYS} days of orders); there are ${y.length}.`,
			{ needed: ROWS, got: y.length },
		);
	const bought = y.reduce((sum, v) => sum + v, 0);
	const rarer = Math.min(bought, y.length - bought);
	if (rarer >= RARER) return undefined;
	const which = bought <= y.length - bought ? 'bought again' : 'did not buy again';
	return fail(
		'Refused',
		`A forecast of repeat orders needs at least ${RARER} customers ${when} who ${which} within ${WINDOW_DAYS} days; there are ${rarer}.`,
		{ needed: RARER, got: rarer },
	);
}

/** Each half corrected by a curve learned on the other, so that the table shows what was not fitted to it. */
function calibrateAcross(raw: Float64Array, y: Float64Array): Float64Array {
	const half = (parity: number, values: Float64Array) => values.filter((_, i) => i % 2 === parity);
	const curves = [0, 1].map((parity) => calibrate(half(1 - parity, raw), half(1 - parity, y)));
	return raw.map((p, i) => curves[i % 2]!(p));
}

function reasonsOf({ weights }: Logistic, x: Float64Array, row: number): RebuyReason[] {
	return weights
		.map((weight, f) => ({ feature: featureNames[f]!, weight: weight * x[row * FEATURES + f]! }))
		.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
		.slice(0, 3);
}
