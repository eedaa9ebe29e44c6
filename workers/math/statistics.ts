/**
 * How good a prediction was, and the few summaries the model cards quote. Plain functions of arrays, no state.
 */
export function mean(values: ArrayLike<number>): number {
	let sum = 0;
	for (let i = 0; i < values.length; i++) sum += values[i]!;
	return sum / values.length;
}

/** Linear interpolation between order statistics (Hyndman and Fan's type 7). `sorted` is ascending. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
	const at = (sorted.length - 1) * p;
	const low = Math.floor(at);
	const a = sorted[low]!;
	return a + (at - low) * ((sorted[low + 1] ?? a) - a);
}

/** Pearson's r; NaN when one side does not vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
	const mx = mean(x);
	const my = mean(y);
	let xy = 0;
	let xx = 0;
	let yy = 0;
	for (let i = 0; i < x.length; i++) {
		const dx = x[i]! - mx;
		const dy = y[i]! - my;
		xy += dx * dy;
		xx += dx * dx;
		yy += dy * dy;
	}
	return xy / Math.sqrt(xx * yy);
}

/** Ranks from 1, ties share their middle rank. */
export function midranks(values: ArrayLike<number>): Float64Array {
	const order = Array.from({ length: values.length }, (_, i) => i).sort(
		(a, b) => values[a]! - values[b]!,
	);
	const ranks = new Float64Array(values.length);
	for (let i = 0; i < order.length;) {
		let end = i + 1;
		while (end < order.length && values[order[end]!] === values[order[i]!]) end++;
		for (let k = i; k < end; k++) ranks[order[k]!] = (i + 1 + end) / 2;
		i = end;
	}
	return ranks;
}

/** Area under the ROC curve (Mann and Whitney's U); NaN without both classes. */
export function auc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
	const ranks = midranks(scores);
	let positives = 0;
	let sum = 0;
	for (let i = 0; i < ranks.length; i++)
		if (labels[i]) {
			positives++;
			sum += ranks[i]!;
		}
	return (sum - (positives * (positives + 1)) / 2) / (positives * (ranks.length - positives));
}

/** Mean squared error of probabilities (Brier 1950). */
export function brier(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
	let sum = 0;
	for (let i = 0; i < labels.length; i++) sum += (probabilities[i]! - labels[i]!) ** 2;
	return sum / labels.length;
}

/** The 95 % interval of a share (Wilson 1927). */
export function wilson(successes: number, n: number): [number, number] {
	if (n === 0) return [0, 1];
	const z = 1.959963984540054;
	const p = successes / n;
	const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
	const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
	return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
