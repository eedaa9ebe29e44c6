/**
 * K-means (Lloyd 1957) from k-means++ seeds (Arthur and Vassilvitskii 2007), the best of several starts. Seeded, so that
 * the same points in the same order give the same clusters everywhere. `points` holds n rows of d numbers, one after another.
 */
import type { Random } from '#core/random.ts';

export interface Clustering {
	/** Sum of squared distances to the own centre. */
	readonly inertia: number;
	/** k rows of d numbers. */
	readonly centres: Float64Array;
	readonly labels: Int32Array;
}

export interface KMeansOptions {
	readonly k: number;
	readonly random: Random;
	readonly starts?: number;
	readonly maxIterations?: number;
	/** A start ends when its centres move less than this times the mean variance of a column, squared and summed. */
	readonly tolerance?: number;
	/** Called between starts; the place to report and to yield. */
	readonly pace?: (done: number, of: number) => Promise<void>;
}

export function squaredDistance(
	a: Float64Array,
	i: number,
	b: Float64Array,
	j: number,
	d: number,
): number {
	let sum = 0;
	for (let f = 0; f < d; f++) {
		const difference = a[i * d + f]! - b[j * d + f]!;
		sum += difference * difference;
	}
	return sum;
}

/** Greedy k-means++: of a few candidates drawn by squared distance, the one that lowers the total most. */
function seedCentres(points: Float64Array, d: number, k: number, random: Random): Float64Array {
	const n = points.length / d;
	const candidates = 2 + Math.floor(Math.log(k));
	const centres = new Float64Array(k * d);
	const first = random.below(n);
	centres.set(points.subarray(first * d, first * d + d));
	let nearest = Float64Array.from({ length: n }, (_, i) =>
		squaredDistance(points, i, points, first, d),
	);
	for (let c = 1; c < k; c++) {
		const total = nearest.reduce((sum, v) => sum + v, 0);
		let best: { at: number; total: number; nearest: Float64Array<ArrayBuffer> } | undefined;
		for (let t = 0; t < candidates; t++) {
			let left = random.next() * total;
			let at = 0;
			while (at < n - 1 && (left -= nearest[at]!) > 0) at++;
			const trial = new Float64Array(n);
			let sum = 0;
			for (let i = 0; i < n; i++)
				sum += trial[i] = Math.min(nearest[i]!, squaredDistance(points, i, points, at, d));
			if (!best || sum < best.total) best = { at, total: sum, nearest: trial };
		}
		nearest = best!.nearest;
		centres.set(points.subarray(best!.at * d, best!.at * d + d), c * d);
	}
	return centres;
}

/** Writes each point's nearest centre into `labels`; returns the inertia. Equal distances go to the lower index. */
export function assign(
	points: Float64Array,
	d: number,
	centres: Float64Array,
	labels: Int32Array,
): number {
	const k = centres.length / d;
	let inertia = 0;
	for (let i = 0; i < labels.length; i++) {
		let best = Infinity;
		for (let c = 0; c < k; c++) {
			const distance = squaredDistance(points, i, centres, c, d);
			if (distance < best) {
				best = distance;
				labels[i] = c;
			}
		}
		inertia += best;
	}
	return inertia;
}

function lloyd(
	points: Float64Array,
	d: number,
	centres: Float64Array,
	maxIterations: number,
	smallShift: number,
): Clustering {
	const n = points.length / d;
	const k = centres.length / d;
	const labels = new Int32Array(n);
	let inertia = assign(points, d, centres, labels);
	for (let iteration = 0; iteration < maxIterations; iteration++) {
		const sums = new Float64Array(k * d);
		const counts = new Int32Array(k);
		for (let i = 0; i < n; i++) {
			const c = labels[i]!;
			counts[c]!++;
			for (let f = 0; f < d; f++) sums[c * d + f]! += points[i * d + f]!;
		}
		let shift = 0;
		for (let at = 0; at < sums.length; at++) {
			const count = counts[Math.floor(at / d)]!;
			// A centre that lost all its points stays where it is.
			if (count === 0) continue;
			shift += (sums[at]! / count - centres[at]!) ** 2;
			centres[at] = sums[at]! / count;
		}
		inertia = assign(points, d, centres, labels);
		if (shift <= smallShift) break;
	}
	return { inertia, centres, labels };
}

function meanVariance(points: Float64Array, d: number): number {
	const n = points.length / d;
	let total = 0;
	for (let f = 0; f < d; f++) {
		let sum = 0;
		for (let i = 0; i < n; i++) sum += points[i * d + f]!;
		for (let i = 0; i < n; i++) total += (points[i * d + f]! - sum / n) ** 2;
	}
	return total / points.length;
}

export async function kmeans(
	points: Float64Array,
	d: number,
	{ k, random, starts = 10, maxIterations = 300, tolerance = 1e-4, pace }: KMeansOptions,
): Promise<Clustering> {
	const smallShift = tolerance * meanVariance(points, d);
	let best: Clustering | undefined;
	for (let start = 0; start < starts; start++) {
		const found = lloyd(points, d, seedCentres(points, d, k, random), maxIterations, smallShift);
		if (!best || found.inertia < best.inertia) best = found;
		await pace?.(start + 1, starts);
	}
	return best!;
}

/** Mean silhouette (Rousseeuw 1987), exact: n² distances, so hand in a sample when n is large. */
export function silhouette(points: Float64Array, d: number, labels: Int32Array, k: number): number {
	const n = labels.length;
	const counts = new Int32Array(k);
	for (const label of labels) counts[label]!++;
	let total = 0;
	const sums = new Float64Array(k);
	for (let i = 0; i < n; i++) {
		sums.fill(0);
		for (let j = 0; j < n; j++)
			sums[labels[j]!]! += Math.sqrt(squaredDistance(points, i, points, j, d));
		const own = labels[i]!;
		if (counts[own] === 1) continue;
		const inside = sums[own]! / (counts[own]! - 1);
		let outside = Infinity;
		for (let c = 0; c < k; c++)
			if (c !== own && counts[c]! > 0) outside = Math.min(outside, sums[c]! / counts[c]!);
		if (outside < Infinity) total += (outside - inside) / Math.max(inside, outside);
	}
	return total / n;
}

/** Columns to mean 0 and population deviation 1, in a new array. A column that does not vary becomes 0. */
export function standardise(points: Float64Array, d: number): Float64Array {
	const n = points.length / d;
	const out = new Float64Array(points.length);
	for (let f = 0; f < d; f++) {
		let sum = 0;
		for (let i = 0; i < n; i++) sum += points[i * d + f]!;
		const mean = sum / n;
		let squares = 0;
		for (let i = 0; i < n; i++) squares += (points[i * d + f]! - mean) ** 2;
		const deviation = Math.sqrt(squares / n);
		for (let i = 0; i < n; i++)
			out[i * d + f] = deviation > 0 ? (points[i * d + f]! - mean) / deviation : 0;
	}
	return out;
}
