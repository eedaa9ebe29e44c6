/**
 * The stored head of a chain, held against its rows at opening: a device that believed a wrong one would write in a place that is
 * taken, or leave a hole before it, and nobody could follow its chain any more.
 */
import { equalBytes } from '#core/bytes.ts';
import type { Did } from '#crypto/device.ts';
import { decodeDataHead, entryId } from './entry.ts';
import type { ChainHead, LogStore, StoredEntry } from './log-store.ts';

const PAGE = 256;

/** The row still has the bytes that it was named by. */
export const isWhole = async (row: StoredEntry): Promise<boolean> =>
	row.head.length > 0 && equalBytes(await entryId(row.head), row.id);

/**
 * The head that the rows bear out; undefined when the stored one is right, or when rows at the end are lost: then the head is
 * what is left of them. Its documents must be followed again.
 */
export async function headFromRows(
	store: LogStore,
	did: Did,
	stored: ChainHead | undefined,
): Promise<ChainHead | undefined> {
	const at = stored?.seq ?? 0;
	const [row, next] = Number.isSafeInteger(at) && at >= 0 ? await store.page(did, at || 1, 2) : [];
	if (stored && row && !next && row.seq === at) {
		const head = decodeDataHead(row.head);
		if (!(await isWhole(row)) || !head.ok) return undefined;
		if (equalBytes(row.id, stored.id) && head.value.hlc === stored.hlc) return undefined;
	} else if (!stored && !row) return undefined;
	const last = await lastWhole(store, did);
	// The end is missing, and the head does not name what is left: it is right, the rows are gaps.
	if (stored && !row && at > 0 && !(last && equalBytes(last.id, stored.id))) return undefined;
	return last;
}

async function lastWhole(store: LogStore, did: Did): Promise<ChainHead | undefined> {
	let last: ChainHead | undefined;
	let bytes = 0;
	for (let from = 1; ;) {
		const page = await store.page(did, from, PAGE);
		for (const row of page) {
			const head = decodeDataHead(row.head);
			bytes += row.ct.length + row.head.length;
			if (!head.ok || head.value.seq !== row.seq || !(await isWhole(row))) continue;
			const { seq, id } = row;
			last = { did, seq, id, hlc: head.value.hlc, bytes, applied: 0 };
		}
		if (page.length < PAGE) return last;
		from = page.at(-1)!.seq + 1;
	}
}
