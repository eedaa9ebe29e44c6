/**
 * Minimisers for smooth functions of a few parameters. Nelder-Mead finds the valley from a poor start without a gradient;
 * L-BFGS with the analytic gradient then walks to the bottom, so that a fit agrees with the literature to its last digit.
 * Sources: Nelder and Mead 1965 (standard coefficients); Nocedal and Wright, Numerical Optimization, 7.4 and 3.1.
 */
export type Objective = (x: readonly number[]) => number;
export type ObjectiveWithGradient = (x: readonly number[]) => { value: number; gradient: number[] };

export interface Minimum {
	readonly x: number[];
	readonly value: number;
	readonly converged: boolean;
}

const dot = (a: readonly number[], b: readonly number[]) =>
	a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const step = (x: readonly number[], scale: number, d: readonly number[]) =>
	x.map((v, i) => v + scale * d[i]!);
/** A value that is not a number is worse than any number. */
const guard = (value: number) => (Number.isNaN(value) ? Infinity : value);

export function nelderMead(
	f: Objective,
	start: readonly number[],
	{ size = 0.5, tolerance = 1e-4, maxIterations = 400 } = {},
): Minimum {
	const n = start.length;
	const at = (x: number[]) => ({ x, value: guard(f(x)) });
	const simplex = [at([...start])];
	for (let i = 0; i < n; i++) simplex.push(at(start.map((v, j) => (i === j ? v + size : v))));
	for (let iteration = 0; iteration < maxIterations; iteration++) {
		simplex.sort((a, b) => a.value - b.value);
		const best = simplex[0]!;
		const worst = simplex[n]!;
		if (worst.value - best.value <= tolerance) return { ...best, converged: true };
		const centre = best.x.map((_, i) => simplex.slice(0, n).reduce((s, p) => s + p.x[i]!, 0) / n);
		const out = centre.map((v, i) => v - worst.x[i]!);
		const reflected = at(step(centre, 1, out));
		if (reflected.value < best.value) {
			const expanded = at(step(centre, 2, out));
			simplex[n] = expanded.value < reflected.value ? expanded : reflected;
		} else if (reflected.value < simplex[n - 1]!.value) {
			simplex[n] = reflected;
		} else {
			const contracted = at(step(centre, reflected.value < worst.value ? 0.5 : -0.5, out));
			if (contracted.value < Math.min(worst.value, reflected.value)) simplex[n] = contracted;
			else
				for (let i = 1; i <= n; i++)
					simplex[i] = at(best.x.map((v, j) => v + (simplex[i]!.x[j]! - v) / 2));
		}
	}
	simplex.sort((a, b) => a.value - b.value);
	return { ...simplex[0]!, converged: false };
}

/** Limited-memory BFGS with Armijo backtracking; pairs that would break positive definiteness are skipped. */
export function lbfgs(
	f: ObjectiveWithGradient,
	start: readonly number[],
	{ memory = 8, tolerance = 1e-7, maxIterations = 300 } = {},
): Minimum {
	let x = [...start];
	let { value, gradient } = f(x);
	const pairs: { s: number[]; y: number[]; rho: number }[] = [];
	for (let iteration = 0; iteration < maxIterations; iteration++) {
		if (Math.max(...gradient.map(Math.abs)) <= tolerance * Math.max(1, Math.abs(value)))
			return { x, value, converged: true };
		let direction = gradient.map((g) => -g);
		const alphas: number[] = [];
		for (let k = pairs.length - 1; k >= 0; k--) {
			const { s, y, rho } = pairs[k]!;
			alphas[k] = rho * dot(s, direction);
			direction = step(direction, -alphas[k]!, y);
		}
		const last = pairs.at(-1);
		const scale = last
			? 1 / (last.rho * dot(last.y, last.y))
			: 1 / Math.max(1, Math.sqrt(dot(gradient, gradient)));
		direction = direction.map((d) => d * scale);
		for (let k = 0; k < pairs.length; k++) {
			const { s, y, rho } = pairs[k]!;
			direction = step(direction, alphas[k]! - rho * dot(y, direction), s);
		}
		const slope = dot(direction, gradient);
		let length = 1;
		let next = step(x, length, direction);
		let trial = f(next);
		while (!(guard(trial.value) <= value + 1e-4 * length * slope) && length > 1e-14) {
			length /= 2;
			next = step(x, length, direction);
			trial = f(next);
		}
		// No step goes down any more: the floor of float64 is reached.
		if (!(guard(trial.value) < value)) return { x, value, converged: true };
		const s = step(next, -1, x);
		const y = step(trial.gradient, -1, gradient);
		const curvature = dot(s, y);
		if (curvature > 1e-12 * dot(y, y)) pairs.push({ s, y, rho: 1 / curvature });
		if (pairs.length > memory) pairs.shift();
		x = next;
		({ value, gradient } = trial);
	}
	return { x, value, converged: false };
}
