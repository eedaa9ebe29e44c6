/** Draws from the distributions behind the purchase models, seeded. Gamma: Marsaglia and Tsang 2000. */
import type { Random } from '#core/random.ts';

/** Gamma with the given shape and rate 1. */
export function drawGamma(random: Random, shape: number): number {
	if (shape < 1) return drawGamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
	const d = shape - 1 / 3;
	const c = 1 / Math.sqrt(9 * d);
	for (;;) {
		const z = random.normal();
		const v = (1 + c * z) ** 3;
		if (v > 0 && Math.log(1 - random.next()) < 0.5 * z * z + d - d * v + d * Math.log(v))
			return d * v;
	}
}

export function drawBeta(random: Random, a: number, b: number): number {
	const x = drawGamma(random, a);
	return x / (x + drawGamma(random, b));
}
