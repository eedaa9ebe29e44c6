/**
 * Seeded randomness for simulations and models: the same seed gives the same numbers in every browser.
 * Never for secrets: those come from `crypto.getRandomValues`.
 */
export interface Random {
	/** Uniform in [0, 1), 32 bits of resolution. */
	next(): number;
	/** Uniform integer in [0, n). */
	below(n: number): number;
	/** Standard normal (Box and Muller 1958). */
	normal(): number;
}

/** sfc32 (Doty-Humphrey, PractRand), seeded from one integer by splitmix32. */
export function createRandom(seed: number): Random {
	let state = seed | 0;
	const mix = () => {
		state = (state + 0x9e3779b9) | 0;
		let z = state ^ (state >>> 16);
		z = Math.imul(z, 0x21f0aaad);
		z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
		return z ^ (z >>> 15);
	};
	let a = mix();
	let b = mix();
	let c = mix();
	let counter = 1;
	const next = () => {
		const t = (((a + b) | 0) + counter) | 0;
		counter = (counter + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = ((c << 21) | (c >>> 11)) + t;
		return (t >>> 0) / 4294967296;
	};
	for (let i = 0; i < 12; i++) next();
	return {
		next,
		below: (n) => Math.floor(next() * n),
		normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
	};
}
