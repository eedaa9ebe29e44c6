/**
 * BG/NBD: how often a customer buys while alive (Poisson, rates gamma r, alpha) and when they leave for good (after a
 * purchase, with a chance that is beta a, b). Time in weeks. Everything in logarithms, so 200 purchases do not overflow.
 * Source: Fader, Hardie and Lee, "Counting your customers" the easy way, Marketing Science 24 (2005), equations 6, 9, 10.
 */
import type { BgnbdParameters } from '#analysis/contract.ts';
import { hessian, invertSymmetric, type Matrix } from '../../math/linear.ts';
import { lbfgs, nelderMead } from '../../math/minimise.ts';
import { digamma, hypergeometric2F1, logAddExp, logBeta, logGamma } from '../../math/special.ts';

export interface BuyingRecord {
	/** Repeat purchases: days with a purchase after the first. */
	readonly frequency: number;
	/** Weeks from the first to the last purchase. */
	readonly recency: number;
	/** Weeks from the first purchase to the end of observation. */
	readonly T: number;
}

/** ln of the odds "left right after the last purchase" : "still alive at T", for x > 0. */
function logOddsGone(
	{ r, alpha, a, b }: BgnbdParameters,
	{ frequency: x, recency, T }: BuyingRecord,
) {
	return Math.log(a) - Math.log(b + x - 1) + (r + x) * Math.log((alpha + T) / (alpha + recency));
}

/** The chance that the customer has not left at T. Nobody is known to leave before a first repeat purchase. */
export function aliveProbability(p: BgnbdParameters, customer: BuyingRecord): number {
	return customer.frequency > 0 ? 1 / (1 + Math.exp(logOddsGone(p, customer))) : 1;
}

/** ln likelihood of one customer, without the constant ln x!. */
export const bgnbdLogLikelihood = (p: BgnbdParameters, customer: BuyingRecord): number =>
	bgnbdTotal([customer], p).value;

/** Sum over customers and its gradient by r, alpha, a, b. Gamma functions depend on x alone: once per distinct x. */
export function bgnbdTotal(
	customers: readonly BuyingRecord[],
	parameters: BgnbdParameters,
): { value: number; gradient: number[] } {
	const { r, alpha, a, b } = parameters;
	const byFrequency = new Map<number, { value: number; r: number; a: number; b: number }>();
	const gammas = (x: number) => {
		let known = byFrequency.get(x);
		if (!known) {
			const all = digamma(a + b) - digamma(a + b + x);
			known = {
				value: logGamma(r + x) - logGamma(r) + logBeta(a, b + x) - logBeta(a, b),
				r: digamma(r + x) - digamma(r),
				a: all,
				b: all + digamma(b + x) - digamma(b),
			};
			byFrequency.set(x, known);
		}
		return known;
	};
	let value = 0;
	const gradient = [0, 0, 0, 0];
	for (const customer of customers) {
		const { frequency: x, recency, T } = customer;
		const known = gammas(x);
		const logT = Math.log(alpha + T);
		value += known.value + r * Math.log(alpha) - (r + x) * logT;
		gradient[0]! += known.r + Math.log(alpha) - logT;
		gradient[1]! += r / alpha - (r + x) / (alpha + T);
		gradient[2]! += known.a;
		gradient[3]! += known.b;
		if (x === 0) continue;
		const odds = logOddsGone(parameters, customer);
		const gone = 1 / (1 + Math.exp(-odds));
		value += logAddExp(0, odds);
		gradient[0]! += gone * (logT - Math.log(alpha + recency));
		gradient[1]! += gone * (r + x) * (1 / (alpha + T) - 1 / (alpha + recency));
		gradient[2]! += gone / a;
		gradient[3]! -= gone / (b + x - 1);
	}
	return { value, gradient };
}

/**
 * The best ln likelihood if nobody ever left (negative binomial counts; the limit a -> 0). What BG/NBD adds to it is all
 * that these purchases say about leaving.
 */
export function nbdLogLikelihood(
	customers: readonly BuyingRecord[],
	start: BgnbdParameters,
): number {
	const best = lbfgs(
		(x) => {
			const [r, alpha] = x.map(Math.exp) as [number, number];
			let value = 0;
			let byR = 0;
			let byAlpha = 0;
			const gammas = new Map<number, [number, number]>();
			for (const { frequency: n, T } of customers) {
				let known = gammas.get(n);
				if (!known)
					gammas.set(n, (known = [logGamma(r + n) - logGamma(r), digamma(r + n) - digamma(r)]));
				const logShare = Math.log(alpha / (alpha + T));
				value += known[0] + r * logShare - n * Math.log(alpha + T);
				byR += known[1] + logShare;
				byAlpha += r / alpha - (r + n) / (alpha + T);
			}
			return { value: -value, gradient: [-byR * r, -byAlpha * alpha] };
		},
		[Math.log(start.r), Math.log(start.alpha)],
	);
	return -best.value;
}

export interface BgnbdFit {
	readonly parameters: BgnbdParameters;
	readonly logLikelihood: number;
	/** Of r, alpha, a, b; undefined when the likelihood has no proper peak. */
	readonly covariance?: Matrix;
}

const named = ([r, alpha, a, b]: readonly number[]): BgnbdParameters => ({
	r: r!,
	alpha: alpha!,
	a: a!,
	b: b!,
});

/** Maximum likelihood, on the logarithms of the parameters. A fit that runs away stops at e^±25: the caller refuses it. */
export function fitBgnbd(customers: readonly BuyingRecord[]): BgnbdFit {
	const far = (x: readonly number[]) => x.some((v) => Math.abs(v) > 25);
	const objective = (x: readonly number[]) => {
		if (far(x)) return { value: Infinity, gradient: x.map(() => 0) };
		const parameters = x.map(Math.exp);
		const { value, gradient } = bgnbdTotal(customers, named(parameters));
		return { value: -value, gradient: gradient.map((g, i) => -g * parameters[i]!) };
	};
	const meanT = customers.reduce((sum, c) => sum + c.T, 0) / customers.length;
	const rough = nelderMead(
		(x) => objective(x).value,
		[0, Math.log(Math.max(meanT / 10, 1e-3)), 0, 0],
		{ tolerance: 0.5, maxIterations: 80 },
	);
	const best = lbfgs(objective, rough.x, { tolerance: 1e-11 });
	const parameters = best.x.map(Math.exp);
	// On the boundary there is no curvature to measure, and the step that measures it would cross 0.
	const inside = parameters.every((value) => value > 1e-6);
	const information = inside
		? hessian((p) => bgnbdTotal(customers, named(p)).gradient.map((g) => -g), parameters)
		: undefined;
	return {
		parameters: named(parameters),
		logLikelihood: -best.value,
		covariance: information && invertSymmetric(information),
	};
}

/** Away from a = 1, where the closed forms divide by zero and only their limit exists. */
const offOne = (a: number) => (Math.abs(a - 1) < 1e-6 ? 1 + 1e-6 : a);

/** E[X(t)]: repeat purchases that a new customer makes in `weeks`. */
export function expectedPurchases(
	{ r, alpha, a: given, b }: BgnbdParameters,
	weeks: number,
): number {
	const a = offOne(given);
	const z = weeks / (alpha + weeks);
	// Euler's transformation of equation 9: the series then has small arguments and converges for any t.
	const tail = (1 - z) ** (a - 1) * hypergeometric2F1(a + b - 1 - r, a - 1, a + b - 1, z);
	return ((a + b - 1) / (a - 1)) * (1 - tail);
}

/** E[Y(t) | x, t_x, T]: purchases in the `weeks` after T of a customer with this record. */
export function expectedFuturePurchases(
	p: BgnbdParameters,
	customer: BuyingRecord,
	weeks: number,
): number {
	const { r, alpha, b } = p;
	const a = offOne(p.a);
	const x = customer.frequency;
	const z = weeks / (alpha + customer.T + weeks);
	const tail = (1 - z) ** (a - 1) * hypergeometric2F1(a + b - 1 - r, a - 1, a + b + x - 1, z);
	return ((a + b + x - 1) / (a - 1)) * (1 - tail) * aliveProbability(p, customer);
}
