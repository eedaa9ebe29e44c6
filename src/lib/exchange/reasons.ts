/** Many rows fail for few reasons: the reasons, each with how many rows it is about. */
import type { FailedRow } from './contract.ts';

export interface Reason {
	/** What the rows share; a value of their own stands in it as `"…"`. */
	readonly reason: string;
	readonly count: number;
}

export const sharedReason = (reason: string): string => reason.replace(/"[^"]*"/g, '"…"');

/** The most frequent first. */
export function groupReasons(rows: readonly FailedRow[]): Reason[] {
	const counts = new Map<string, number>();
	for (const row of rows) {
		const reason = sharedReason(row.reason);
		counts.set(reason, (counts.get(reason) ?? 0) + 1);
	}
	return [...counts]
		.map(([reason, count]) => ({ reason, count }))
		.sort((a, b) => b.count - a.count);
}
