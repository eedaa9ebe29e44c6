/** What a segment is, for a person: its size, its middle in real units, its share of revenue, and what to do. */
import type { Profile, RfmRow, Segment } from '#analysis/contract.ts';
import { logRfm } from './features.ts';

/** Segments by descending size (empty ones left out), and each row with the index of its segment. */
export function summarise(
	rows: readonly RfmRow[],
	labels: ArrayLike<number>,
	profiles: readonly Profile[],
): { segments: Segment[]; rows: (RfmRow & { readonly segment: number })[] } {
	const logs = logRfm(rows);
	const total = rows.reduce((sum, row) => sum + row.monetary, 0);
	const found = profiles
		.map((profile, label) => {
			const members = rows.flatMap((_, i) => (labels[i] === label ? [i] : []));
			const middle = (f: number) =>
				Math.expm1(members.reduce((sum, i) => sum + logs[i * 3 + f]!, 0) / members.length);
			const revenue = members.reduce((sum, i) => sum + rows[i]!.monetary, 0);
			return {
				label,
				segment: {
					...profile,
					size: members.length,
					share: members.length / rows.length,
					centre: { recency: middle(0), frequency: middle(1), monetary: middle(2) },
					revenue,
					revenueShare: total > 0 ? revenue / total : 0,
				},
			};
		})
		.filter(({ segment }) => segment.size > 0)
		.sort((a, b) => b.segment.size - a.segment.size || a.label - b.label);
	const index = new Map(found.map(({ label }, i) => [label, i]));
	return {
		segments: found.map(({ segment }) => segment),
		rows: rows.map((row, i) => ({ ...row, segment: index.get(labels[i]!)! })),
	};
}
