/** One colour for each kind of segment, wherever it is shown. */
import type { SegmentKey } from '#analysis/contract.ts';

export const segmentColors: Readonly<Record<SegmentKey, string>> = {
	highValue: 'var(--chart-1)',
	active: 'var(--chart-2)',
	potential: 'var(--chart-3)',
	silent: 'var(--chart-4)',
	new: 'var(--chart-5)',
};
