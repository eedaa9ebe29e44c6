/**
 * Logistic regression with an intercept and a ridge penalty, by iteratively reweighted least squares (Newton's method).
 * The named baseline and the source of reasons for the network, and Platt's calibration when there is one feature.
 */
import { cholesky, solveCholesky } from './linear.ts';

export interface Logistic {
	readonly intercept: number;
	readonly weights: readonly number[];
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** `x` holds n rows of d numbers, best standardised; `l2` does not touch the intercept. */
export function fitLogistic(
	x: Float64Array,
	d: number,
	y: ArrayLike<number>,
	{ l2 = 1, maxIterations = 50 } = {},
): Logistic {
	const n = y.length;
	let beta = new Array<number>(d + 1).fill(0);
	for (let iteration = 0; iteration < maxIterations; iteration++) {
		const gradient = beta.map((b, j) => (j === 0 ? 0 : -l2 * b));
		const information = beta.map((_, j) =>
			beta.map((_, k) => (j === k ? (j === 0 ? 1e-9 : l2) : 0)),
		);
		for (let i = 0; i < n; i++) {
			let z = beta[0]!;
			for (let f = 0; f < d; f++) z += beta[f + 1]! * x[i * d + f]!;
			const p = sigmoid(z);
			const w = Math.max(p * (1 - p), 1e-9);
			for (let j = 0; j <= d; j++) {
				const xj = j === 0 ? 1 : x[i * d + j - 1]!;
				gradient[j]! += (y[i]! - p) * xj;
				for (let k = 0; k <= j; k++)
					information[j]![k]! += w * xj * (k === 0 ? 1 : x[i * d + k - 1]!);
			}
		}
		// Only the lower triangle is filled: all that the factor reads.
		const factor = cholesky(information);
		if (!factor) break;
		const change = solveCholesky(factor, gradient);
		beta = beta.map((b, j) => b + change[j]!);
		if (Math.max(...change.map(Math.abs)) < 1e-8) break;
	}
	return { intercept: beta[0]!, weights: beta.slice(1) };
}

/** The log-odds of row i. */
export function logOdds(model: Logistic, x: Float64Array, i: number): number {
	const d = model.weights.length;
	return model.weights.reduce((sum, w, f) => sum + w * x[i * d + f]!, model.intercept);
}
