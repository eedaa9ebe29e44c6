/** Sets of sequence numbers as sorted, disjoint, closed ranges: what a mailbox is known to hold of a chain. */
export type Range = readonly [from: number, to: number];
export type Ranges = readonly Range[];

export function addRange(ranges: Ranges, [from, to]: Range): Ranges {
	const before = ranges.filter(([, end]) => end < from - 1);
	const after = ranges.filter(([start]) => start > to + 1);
	const touched = ranges.slice(before.length, ranges.length - after.length);
	const joined: Range = [
		Math.min(from, ...touched.map(([start]) => start)),
		Math.max(to, ...touched.map(([, end]) => end)),
	];
	return [...before, joined, ...after];
}

export const union = (...all: readonly Ranges[]): Ranges =>
	all.flat().reduce<Ranges>((sum, range) => addRange(sum, range), []);

export const covers = (ranges: Ranges, [from, to]: Range): boolean =>
	ranges.some(([start, end]) => start <= from && to <= end);

/** What of 1 … `to` is not in them. */
export function missing(ranges: Ranges, to: number): Ranges {
	const out: Range[] = [];
	let next = 1;
	for (const [start, end] of ranges) {
		if (start > to) break;
		if (start > next) out.push([next, start - 1]);
		next = Math.max(next, end + 1);
	}
	if (next <= to) out.push([next, to]);
	return out;
}

export const count = (ranges: Ranges): number =>
	ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
