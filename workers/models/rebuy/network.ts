/**
 * The network in plain float64: d inputs, 64 rectified units, one sigmoid. It is the twin that checks what a GPU trained,
 * the fallback where no engine works, and the one place that fixes the seeds of weights and batches.
 * Sources: He et al. 2015 (initial weights), Kingma and Ba 2015 (Adam).
 */
import { createRandom, type Random } from '#core/random.ts';
import { sigmoid } from '../../math/logistic.ts';
import type { Pace } from '../support/pace.ts';

export const UNITS = 64;
export const training = { batch: 256, learningRate: 0.003, decay: 1e-3 } as const;

/** Few rows are seen more often, so that a small team's network is not left half trained. */
const epochs = (n: number) =>
	Math.min(40, Math.max(12, Math.ceil(400 / Math.ceil(n / training.batch))));

export interface Network {
	/** d rows of 64. */
	readonly w1: Float64Array;
	readonly b1: Float64Array;
	readonly w2: Float64Array;
	/** One number. */
	readonly b2: Float64Array;
}

export function initialNetwork(d: number, random: Random): Network {
	const draw = (n: number, spread: number) =>
		Float64Array.from({ length: n }, () => random.normal() * spread);
	return {
		w1: draw(d * UNITS, Math.sqrt(2 / d)),
		b1: new Float64Array(UNITS),
		w2: draw(UNITS, Math.sqrt(1 / UNITS)),
		b2: new Float64Array(1),
	};
}

/** Row numbers of every batch of every epoch, shuffled (Fisher and Yates), the same on every engine. */
export function* batches(n: number, random: Random): Generator<Int32Array> {
	const order = Int32Array.from({ length: n }, (_, i) => i);
	for (let epoch = 0; epoch < epochs(n); epoch++) {
		for (let i = n - 1; i > 0; i--) {
			const j = random.below(i + 1);
			[order[i], order[j]] = [order[j]!, order[i]!];
		}
		for (let at = 0; at < n; at += training.batch) yield order.slice(at, at + training.batch);
	}
}

export const batchCount = (n: number): number => epochs(n) * Math.ceil(n / training.batch);

function hidden(
	{ w1, b1 }: Network,
	x: Float64Array,
	row: number,
	d: number,
	out: Float64Array,
): void {
	out.set(b1);
	for (let f = 0; f < d; f++) {
		const value = x[row * d + f]!;
		for (let u = 0; u < UNITS; u++) out[u]! += value * w1[f * UNITS + u]!;
	}
	for (let u = 0; u < UNITS; u++) if (out[u]! < 0) out[u] = 0;
}

/** Probabilities of n rows. */
export function forward(network: Network, x: Float64Array, d: number): Float64Array {
	const units = new Float64Array(UNITS);
	return Float64Array.from({ length: x.length / d }, (_, i) => {
		hidden(network, x, i, d, units);
		let z = network.b2[0]!;
		for (let u = 0; u < UNITS; u++) z += units[u]! * network.w2[u]!;
		return sigmoid(z);
	});
}

/** Adam on one block of weights; `step` counts from 1. */
function createAdam(weights: Float64Array) {
	const first = new Float64Array(weights.length);
	const second = new Float64Array(weights.length);
	return (gradient: Float64Array, step: number) => {
		const [fade1, fade2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
		for (let i = 0; i < weights.length; i++) {
			const g = gradient[i]!;
			first[i] = 0.9 * first[i]! + 0.1 * g;
			second[i] = 0.999 * second[i]! + 0.001 * g * g;
			weights[i]! -=
				(training.learningRate * (first[i]! / fade1)) / (Math.sqrt(second[i]! / fade2) + 1e-7);
		}
	};
}

/** Cross-entropy with weight decay on w1 and w2. */
export async function trainPlain(
	x: Float64Array,
	y: Float64Array,
	d: number,
	seed: number,
	pace: Pace,
): Promise<Network> {
	const random = createRandom(seed);
	const network = initialNetwork(d, random);
	const { w1, b1, w2, b2 } = network;
	const adam = [w1, b1, w2, b2].map(createAdam);
	const units = new Float64Array(UNITS);
	let step = 0;
	for (const rows of batches(y.length, random)) {
		const g1 = w1.map((w) => w * training.decay);
		const h1 = new Float64Array(UNITS);
		const g2 = w2.map((w) => w * training.decay);
		const h2 = new Float64Array(1);
		for (const row of rows) {
			hidden(network, x, row, d, units);
			let z = b2[0]!;
			for (let u = 0; u < UNITS; u++) z += units[u]! * w2[u]!;
			const error = (sigmoid(z) - y[row]!) / rows.length;
			h2[0]! += error;
			for (let u = 0; u < UNITS; u++) {
				if (units[u] === 0) continue;
				g2[u]! += error * units[u]!;
				const back = error * w2[u]!;
				h1[u]! += back;
				for (let f = 0; f < d; f++) g1[f * UNITS + u]! += back * x[row * d + f]!;
			}
		}
		step++;
		[g1, h1, g2, h2].forEach((gradient, i) => adam[i]!(gradient, step));
		await pace();
	}
	return network;
}
