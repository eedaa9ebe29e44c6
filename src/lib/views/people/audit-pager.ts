/**
 * Page after page of the audit trail. Several entries may bear the same millisecond, so each page begins with the last moment
 * of the one before, and what was had already is left out.
 */
import type { AuditLine } from '#workspace/workspace.ts';

type Read = (page: { before?: number; limit?: number }) => Promise<readonly AuditLine[]>;

export interface Pager {
	/** False after the last page. */
	readonly more: boolean;
	next(): Promise<readonly AuditLine[]>;
}

export function createPager(read: Read, limit = 200): Pager {
	const had = new Set<string>();
	const keyOf = ({ did, seq, id }: AuditLine) => id ?? `${did} ${seq}`;
	let before: number | undefined;
	let more = true;
	return {
		get more() {
			return more;
		},
		async next() {
			const page = await read(before === undefined ? { limit } : { before, limit });
			const fresh = page.filter((line) => !had.has(keyOf(line)));
			for (const line of fresh) had.add(keyOf(line));
			more = page.length === limit;
			const last = page.at(-1)?.at ?? 0;
			// A whole page of one millisecond: go past it, or the same page would come for ever.
			before = fresh.length ? last + 1 : last;
			return fresh;
		},
	};
}
