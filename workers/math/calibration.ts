/**
 * Turns scores into probabilities that come true: Platt's sigmoid for small samples, isotonic regression (pool adjacent
 * violators) above 1,000 rows, and the table that shows whether they did. Sources: Platt 1999; Zadrozny and Elkan 2002.
 */
import { fitLogistic, sigmoid } from './logistic.ts';
import { wilson } from './statistics.ts';

export type Calibrator = (probability: number) => number;

const clamp = (p: number) => Math.min(1 - 1e-6, Math.max(1e-6, p));
const logit = (p: number) => Math.log(clamp(p) / (1 - clamp(p)));

export function platt(probabilities: ArrayLike<number>, labels: ArrayLike<number>): Calibrator {
	const x = Float64Array.from(probabilities, logit);
	const { intercept, weights } = fitLogistic(x, 1, labels, { l2: 1e-3 });
	return (p) => sigmoid(intercept + weights[0]! * logit(p));
}

/**
 * Starts from fifty blocks of equal size, because a pool of three rows is an anecdote, and goes linearly between the
 * middles of the pools, so that customers keep their order.
 */
export function isotonic(probabilities: ArrayLike<number>, labels: ArrayLike<number>): Calibrator {
	const order = Array.from({ length: labels.length }, (_, i) => i).sort(
		(a, b) => probabilities[a]! - probabilities[b]!,
	);
	const pools: { at: number; sum: number; n: number }[] = [];
	const size = Math.max(1, Math.ceil(order.length / 50));
	for (let from = 0; from < order.length; from += size) {
		const block = order.slice(from, from + size);
		const total = (of: ArrayLike<number>) => block.reduce((sum, i) => sum + of[i]!, 0);
		pools.push({ at: total(probabilities) / block.length, sum: total(labels), n: block.length });
		for (let last = pools.length - 1; last > 0; last--) {
			const a = pools[last - 1]!;
			const b = pools[last]!;
			if (a.sum / a.n < b.sum / b.n) break;
			pools.splice(last - 1, 2, {
				at: (a.at * a.n + b.at * b.n) / (a.n + b.n),
				sum: a.sum + b.sum,
				n: a.n + b.n,
			});
		}
	}
	const base = Array.from(labels).reduce((sum, v) => sum + v, 0) / labels.length;
	const value = (pool: { sum: number; n: number }) => (pool.sum + base) / (pool.n + 1);
	return (p) => {
		const next = pools.findIndex((pool) => pool.at >= p);
		if (next === 0) return value(pools[0]!);
		if (next < 0) return value(pools.at(-1)!);
		const low = pools[next - 1]!;
		const high = pools[next]!;
		const share = (p - low.at) / (high.at - low.at);
		return value(low) + share * (value(high) - value(low));
	};
}

export const calibrate = (
	probabilities: ArrayLike<number>,
	labels: ArrayLike<number>,
): Calibrator =>
	labels.length > 1000 ? isotonic(probabilities, labels) : platt(probabilities, labels);

export interface ReliabilityRow {
	readonly from: number;
	readonly to: number;
	readonly n: number;
	/** Mean probability said, and share that happened with its 95 % interval (Wilson). */
	readonly predicted: number;
	readonly actual: number;
	readonly interval: readonly [number, number];
}

/** Ten bands of equal width; empty ones are left out. */
export function reliability(
	probabilities: ArrayLike<number>,
	labels: ArrayLike<number>,
): ReliabilityRow[] {
	const rows = Array.from({ length: 10 }, () => ({ n: 0, said: 0, happened: 0 }));
	for (let i = 0; i < labels.length; i++) {
		const row = rows[Math.min(9, Math.floor(probabilities[i]! * 10))]!;
		row.n++;
		row.said += probabilities[i]!;
		row.happened += labels[i]!;
	}
	return rows
		.map(({ n, said, happened }, i) => ({
			from: i / 10,
			to: (i + 1) / 10,
			n,
			predicted: said / n,
			actual: happened / n,
			interval: wilson(happened, n),
		}))
		.filter((row) => row.n > 0);
}
