/**
 * What is known of each customer at a moment, and whether they bought in the 90 days after it. The same code makes
 * training rows (moments in the past) and rows to predict (today), so the two cannot drift apart.
 */
import type { Bilingual } from '#core/bilingual.ts';
import { DAY } from '#core/clock.ts';
import { fromMinor } from '#core/money.ts';
import type { History } from '../support/histories.ts';

export const WINDOW_DAYS = 90;

export const featureNames: readonly Bilingual[] = [
	{ en: 'days since the last order', zh: '距上次下单天数' },
	{ en: 'number of orders', zh: '订单数' },
	{ en: 'revenue', zh: '消费总额' },
	{ en: 'days since the first order', zh: '距首次下单天数' },
	{ en: 'usual gap between orders', zh: '通常的下单间隔' },
	{ en: 'silence compared with the usual gap', zh: '沉默时间与通常间隔之比' },
	{ en: 'orders in the last 90 days', zh: '最近 90 天订单数' },
];
export const FEATURES = featureNames.length;

export interface Snapshot {
	readonly customers: readonly string[];
	/** Rows of FEATURES numbers, logarithms, not yet scaled. */
	readonly x: Float64Array;
	/** 1: bought in the window after the moment. */
	readonly y: Float64Array;
}

export function snapshot(histories: readonly History[], at: number, currency: string): Snapshot {
	const customers: string[] = [];
	const x: number[] = [];
	const y: number[] = [];
	const windowEnd = at + WINDOW_DAYS * DAY;
	for (const { customer, times, amounts } of histories) {
		const orders = times.filter((time) => time < at).length;
		if (orders === 0) continue;
		const recency = (at - times[orders - 1]!) / DAY;
		const tenure = (at - times[0]!) / DAY;
		// With one order the gap is at least the silence so far.
		const gap = orders > 1 ? (tenure - recency) / (orders - 1) : recency;
		const recent = times.filter((time) => time >= at - WINDOW_DAYS * DAY && time < at).length;
		let minor = 0;
		for (let i = 0; i < orders; i++) minor += Math.max(0, amounts[i]!);
		const revenue = fromMinor(minor, currency);
		customers.push(customer);
		x.push(...[recency, orders, revenue, tenure, gap, recency / (gap + 1), recent].map(Math.log1p));
		const next = times[orders];
		y.push(next !== undefined && next < windowEnd ? 1 : 0);
	}
	return { customers, x: Float64Array.from(x), y: Float64Array.from(y) };
}

/** Several snapshots as one set of rows. */
export function stack(parts: readonly Snapshot[]): Snapshot {
	return {
		customers: parts.flatMap((part) => part.customers),
		x: Float64Array.from(parts.flatMap((part) => [...part.x])),
		y: Float64Array.from(parts.flatMap((part) => [...part.y])),
	};
}

export interface Scaling {
	readonly mean: Float64Array;
	readonly deviation: Float64Array;
}

export function fitScaling(x: Float64Array): Scaling {
	const n = x.length / FEATURES;
	const mean = new Float64Array(FEATURES);
	const deviation = new Float64Array(FEATURES);
	for (let i = 0; i < x.length; i++) mean[i % FEATURES]! += x[i]! / n;
	for (let i = 0; i < x.length; i++)
		deviation[i % FEATURES]! += (x[i]! - mean[i % FEATURES]!) ** 2 / n;
	return { mean, deviation: deviation.map((v) => Math.sqrt(v) || 1) };
}

/** Deviations from the training mean, held within ±5 so that one outlier does not decide. */
export const scale = (x: Float64Array, { mean, deviation }: Scaling): Float64Array =>
	x.map((v, i) => {
		const f = i % FEATURES;
		return Math.max(-5, Math.min(5, (v - mean[f]!) / deviation[f]!));
	});
