/**
 * Intervals that hold for one customer, not for an average: futures are simulated. Each draw takes parameters from their
 * covariance (normal on the logarithms, delta method), then this customer's own rate, departure and spending from what
 * is known of them, then the purchases. Seeded: the same data give the same interval.
 */
import type { Random } from '#core/random.ts';
import { cholesky, type Matrix } from '../../math/linear.ts';
import { drawBeta, drawGamma } from '../../math/sampling.ts';
import { aliveProbability } from './bgnbd.ts';
import { spendOf, type ClvFit, type ClvRecord } from './fit.ts';

export interface DrawnParameters {
	readonly buying: ClvFit['buying']['parameters'];
	readonly spend: ClvFit['spend']['parameters'];
}

export function drawParameters(fit: ClvFit, random: Random, draws: number): DrawnParameters[] {
	const { r, alpha, a, b } = fit.buying.parameters;
	const { p, q, gamma } = fit.spend.parameters;
	const buying = normalOnLogs([r, alpha, a, b], fit.buying.covariance, random);
	const spend = normalOnLogs([p, q, gamma], fit.spend.covariance, random);
	return Array.from({ length: draws }, () => {
		const [r, alpha, a, b] = buying() as [number, number, number, number];
		const [p, q, gamma] = spend() as [number, number, number];
		return { buying: { r, alpha, a, b }, spend: { p, q, gamma } };
	});
}

function normalOnLogs(values: readonly number[], covariance: Matrix, random: Random) {
	const logs = covariance.map((row, i) => row.map((v, j) => v / (values[i]! * values[j]!)));
	const factor = cholesky(logs) ?? logs.map((row) => row.map(() => 0));
	return () => {
		const z = values.map(() => random.normal());
		return values.map((v, i) =>
			Math.exp(Math.log(v) + z.reduce((sum, zj, j) => sum + factor[i]![j]! * zj, 0)),
		);
	};
}

/** One possible future: orders within `weeks` and what they bring. */
export function drawFuture(
	{ buying, spend }: DrawnParameters,
	record: ClvRecord,
	weeks: number,
	random: Random,
): { orders: number; value: number } {
	const { r, alpha, a, b } = buying;
	if (random.next() >= aliveProbability(buying, record)) return { orders: 0, value: 0 };
	// Of a customer who is alive: rate and chance of leaving given x purchases survived (the posteriors are conjugate).
	const rate = drawGamma(random, r + record.frequency) / (alpha + record.T);
	const leaving = drawBeta(random, a, b + record.frequency);
	let orders = 0;
	let time = 0;
	for (;;) {
		time -= Math.log(1 - random.next()) / rate;
		if (!(time <= weeks)) break;
		orders++;
		if (random.next() < leaving) break;
	}
	if (orders === 0) return { orders, value: 0 };
	const { frequency, mean } = spendOf(record);
	const scale = drawGamma(random, spend.p * frequency + spend.q) / (spend.gamma + mean * frequency);
	return { orders, value: drawGamma(random, spend.p * orders) / scale };
}
