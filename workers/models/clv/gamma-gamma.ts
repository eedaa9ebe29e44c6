/**
 * Gamma-Gamma: what a customer spends per purchase, shrunk towards everybody's mean by how little we know of them.
 * Purchases are gamma (p, nu) around a mean that differs between customers (nu gamma with q, gamma).
 * Source: Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013), equations 1, 3 and 5.
 */
import type { GammaGammaParameters } from '#analysis/contract.ts';
import { hessian, invertSymmetric, type Matrix } from '../../math/linear.ts';
import { lbfgs, nelderMead } from '../../math/minimise.ts';
import { digamma, logGamma } from '../../math/special.ts';

export interface SpendRecord {
	/** Purchases that the mean is of. */
	readonly frequency: number;
	/** Mean of their totals, over 0. */
	readonly mean: number;
}

export interface GammaGammaFit {
	readonly parameters: GammaGammaParameters;
	readonly logLikelihood: number;
	/** Of p, q, gamma. */
	readonly covariance?: Matrix;
}

function total(customers: readonly SpendRecord[], [p, q, gamma]: readonly number[]) {
	let value = 0;
	const gradient = [0, 0, 0];
	for (const { frequency: x, mean: m } of customers) {
		const px = p! * x;
		const rate = gamma! + m * x;
		value +=
			logGamma(px + q!) -
			logGamma(px) -
			logGamma(q!) +
			q! * Math.log(gamma!) +
			(px - 1) * Math.log(m) +
			px * Math.log(x) -
			(px + q!) * Math.log(rate);
		const joint = digamma(px + q!);
		gradient[0]! += x * (joint - digamma(px) + Math.log(m) + Math.log(x) - Math.log(rate));
		gradient[1]! += joint - digamma(q!) + Math.log(gamma!) - Math.log(rate);
		gradient[2]! += q! / gamma! - (px + q!) / rate;
	}
	return { value, gradient };
}

export function fitGammaGamma(customers: readonly SpendRecord[]): GammaGammaFit {
	const far = (x: readonly number[]) => x.some((v) => Math.abs(v) > 25);
	const objective = (x: readonly number[]) => {
		if (far(x)) return { value: Infinity, gradient: x.map(() => 0) };
		const parameters = x.map(Math.exp);
		const { value, gradient } = total(customers, parameters);
		return { value: -value, gradient: gradient.map((g, i) => -g * parameters[i]!) };
	};
	const level = customers.reduce((sum, c) => sum + c.mean, 0) / customers.length;
	const rough = nelderMead((x) => objective(x).value, [0.7, 0.7, Math.log(level)], {
		tolerance: 0.5,
		maxIterations: 120,
	});
	const best = lbfgs(objective, rough.x, { tolerance: 1e-11 });
	const parameters = best.x.map(Math.exp);
	const information = hessian((v) => total(customers, v).gradient.map((g) => -g), parameters);
	return {
		parameters: { p: parameters[0]!, q: parameters[1]!, gamma: parameters[2]! },
		logLikelihood: -best.value,
		covariance: invertSymmetric(information),
	};
}

/** E[M | mean, x]: mean spend per purchase to expect; frequency 0 gives everybody's mean. Needs p x + q > 1. */
export const expectedSpend = (
	{ p, q, gamma }: GammaGammaParameters,
	{ frequency: x, mean: m }: SpendRecord,
): number => (p * (gamma + m * x)) / (p * x + q - 1);
