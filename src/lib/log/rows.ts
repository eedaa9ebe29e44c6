/** Stored entries: how a row is made, read in order, and what it says when its body is not here. */
import type { Bytes } from '#core/bytes.ts';
import type { Did } from '#crypto/device.ts';
import { entryId, type DataHead, type SealedEntry } from './entry.ts';
import type { Gap, LogStore, StoredEntry } from './log-store.ts';
import type { Payload } from './payload.ts';

export const EMPTY: Bytes = new Uint8Array(0);

const PAGE = 64;

/** `from` to `to`, both included, in pages, so that a long chain never stands in memory at once. */
export async function* readRows(
	store: LogStore,
	did: Did,
	from: number,
	to: number,
): AsyncGenerator<StoredEntry> {
	for (let next = from; next <= to;) {
		const page = await store.page(did, next, PAGE);
		for (const row of page) if (row.seq <= to) yield row;
		if (page.length < PAGE) return;
		next = page.at(-1)!.seq + 1;
	}
}

/** Filed under every document it names; the chain's progress says which of them it continues. */
export async function toRow(
	entry: SealedEntry,
	head: DataHead,
	payload: Payload,
	receivedAt: number,
	gap?: Gap,
): Promise<StoredEntry> {
	const parts = payload.updates.map(({ part }) => `${head.did}/${part}`);
	const { did, seq } = head;
	const row = { ...entry, did, seq, id: await entryId(entry.head), receivedAt, parts };
	return withGap(row, gap);
}

export const withGap = (row: StoredEntry, gap: Gap | undefined): StoredEntry => {
	const { gap: _gap, ...rest } = row;
	return gap ? { ...rest, gap } : rest;
};

/** The body is gone for good, and nobody wants it. */
export const withoutBody = (row: StoredEntry): StoredEntry =>
	withGap({ ...row, ct: EMPTY }, undefined);

/** Holds the place of a row that is gone, until somebody sends it again. */
export const lostRow = (did: Did, seq: number): StoredEntry => ({
	...{ did, seq, id: EMPTY, head: EMPTY, sig: EMPTY, ct: EMPTY },
	...{ receivedAt: 0, parts: [], gap: 1 },
});
