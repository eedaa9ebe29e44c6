/** Entries as they are handed on, sealed, and as they are read here, opened. */
import type { Did } from '#crypto/device.ts';
import { isWhole } from './chain-head.ts';
import type { LogContext, OpenedEntry } from './chains.ts';
import { openBody } from './check.ts';
import { decodeDataHead, type SealedEntry } from './entry.ts';
import type { StoredEntry } from './log-store.ts';
import type { PartUpdate } from './payload.ts';
import { EMPTY, readRows } from './rows.ts';

export interface Reading {
	/** `from` to `to`, both included, at most about `bytes` of bodies; without the bodies of months before `since`. */
	entries(
		did: Did,
		from: number,
		to: number,
		bytes: number,
		since?: string,
	): Promise<readonly SealedEntry[]>;
	/** Entries that can be read, void ones too. */
	opened(did: Did, from: number, to?: number): AsyncGenerator<OpenedEntry>;
	/** The updates of one device document that lie beyond `clock`, in order. */
	partUpdates(did: Did, part: string, clock: number): Promise<readonly PartUpdate[]>;
	/** The entries that change a document, in order. */
	partEntries(did: Did, part: string): Promise<readonly OpenedEntry[]>;
}

/** Undefined while the key or the body is not here. */
export type OpenRow = (row: StoredEntry) => Promise<OpenedEntry | undefined>;

export function createReading({
	keyring,
	store,
	chains,
}: LogContext): Reading & { readonly open: OpenRow } {
	async function open(row: StoredEntry): Promise<OpenedEntry | undefined> {
		const head = decodeDataHead(row.head);
		if (!head.ok || !row.ct.length) return undefined;
		const payload = await openBody(head.value, row.ct, keyring);
		if (!payload?.ok) return undefined;
		const { did, seq, receivedAt } = row;
		return { did, seq, hlc: head.value.hlc, receivedAt, payload: payload.value };
	}

	/** Sequence numbers of the entries that change the document and count. */
	async function seqsOf(did: Did, part: string): Promise<readonly number[]> {
		const applied = chains.heads.get(did)?.applied ?? 0;
		return (await store.seqsOfPart(did, part)).filter((seq) => seq <= applied);
	}

	return {
		open,
		async entries(did, from, to, bytes, since = '') {
			const out: SealedEntry[] = [];
			let size = 0;
			for await (const row of readRows(store, did, from, to)) {
				const { head, sig } = row;
				const ct = since && row.parts.length && row.parts.every(isBefore(since)) ? EMPTY : row.ct;
				// A row that is lost or damaged is not handed on, nor what comes after it; whoever wants it asks somebody else.
				if (row.seq !== from + out.length || !(await isWhole(row))) break;
				if (row.gap === 1 && row.ct.length) break;
				out.push({ head, sig, ct });
				if ((size += ct.length + head.length) >= bytes) break;
			}
			return out;
		},
		async *opened(did, from, to = Infinity) {
			for await (const row of readRows(store, did, from, to)) {
				const entry = await open(row);
				if (entry) yield entry;
			}
		},
		async partUpdates(did, part, at) {
			const updates: PartUpdate[] = [];
			// Backwards, because a cached document usually lacks only the last few.
			for (const seq of (await seqsOf(did, part)).toReversed()) {
				const entry = await open((await store.get(did, seq))!);
				const own = entry?.payload.updates.filter((update) => update.part === part) ?? [];
				if (own.length && own.at(-1)!.clock <= at) break;
				updates.push(...own.toReversed());
			}
			return updates.reverse();
		},
		async partEntries(did, part) {
			const entries: OpenedEntry[] = [];
			for (const seq of await seqsOf(did, part)) {
				const row = await store.get(did, seq);
				const entry = row && (await open(row));
				if (entry) entries.push(entry);
			}
			return entries;
		},
	};
}

/** Events are filed by month: `did/e-2026-11`, with a generation behind. */
const isBefore = (since: string) => (key: string) => {
	const month = /\/e-(\d{4}-\d{2})/.exec(key)?.[1];
	return month !== undefined && month < since;
};
