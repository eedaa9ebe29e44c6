/**
 * What others send: checked after R1, stored at the end of its chain, or put in the place of a body that is missing here. An
 * entry that says otherwise than the one in its place proves a fork (R5).
 */
import { equalBytes, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { isWhole } from './chain-head.ts';
import type { LogContext, OpenedEntry, Prepared } from './chains.ts';
import { NOTHING, isSigned, openBody, readEntry } from './check.ts';
import type { Documents } from './documents.ts';
import { NO_HASH, decodeDataHead, entryId, type DataHead, type SealedEntry } from './entry.ts';
import type { StoredEntry } from './log-store.ts';
import { endOf } from './membership.ts';
import type { Payload } from './payload.ts';
import { EMPTY, lostRow, toRow } from './rows.ts';

export interface Received {
	/** Entries that count, new here, in chain order. */
	readonly opened: readonly OpenedEntry[];
	/** Entries stored: also void ones and bodies that had been missing. */
	readonly stored: number;
	/** `did/part` of documents whose missing bodies came: they must be read again. */
	readonly healed: ReadonlySet<string>;
	/** Ask the sender for these: they prove or disprove a fork. */
	readonly ask: readonly (readonly [Did, number])[];
}

export interface Receiving {
	/**
	 * In chain order. Entries already held are checked against those held; a chain that cannot go on is `stalled`. `holes`: whoever
	 * wrote it down could not read some; their places are kept until somebody sends them.
	 */
	receive(
		entries: readonly SealedEntry[],
		leftOut?: boolean,
		holes?: boolean,
	): Promise<Result<Received>>;
	/** Why chains cannot go on here for now; forgotten when the membership or the keys change. */
	readonly stalled: Map<Did, Failure>;
	/** Devices that signed something this version cannot read, and what is wrong with it. */
	readonly unreadable: ReadonlyMap<Did, Failure>;
}

/** Rows that keep the place of one hole: more than a disk loses of a chain that can still be read. */
const LONGEST_HOLE = 100_000;
/** Void entries kept of one chain: more than anybody writes in a month offline. */
const MOST_VOID = 2000;

interface Mended {
	readonly row: StoredEntry;
	readonly payload: Payload;
}

/** What one batch has brought so far. */
interface Batch {
	/** The ends of the chains, with what the batch adds. */
	readonly ends: Map<Did, { readonly seq: number; readonly id: Bytes }>;
	readonly good: Prepared[];
	/** In the places before them that were empty. */
	readonly lost: StoredEntry[];
	readonly mended: StoredEntry[];
	/** Chains whose documents lacked what a mended body holds. */
	readonly late: Set<Did>;
	readonly ask: [Did, number][];
}

export function createReceiving(
	{ wid, device, keyring, members, store, chains, clock }: LogContext,
	documents: Documents,
): Receiving {
	const stalled = new Map<Did, Failure>();
	const unreadable = new Map<Did, Failure>();
	members.onChange(() => stalled.clear());

	async function receive(
		entries: readonly SealedEntry[],
		leftOut = false,
		holes = false,
	): Promise<Result<Received>> {
		const batch: Batch = {
			...{ ends: new Map(chains.heads), good: [], lost: [], mended: [], late: new Set(), ask: [] },
		};
		const { good, lost, mended, late, ask } = batch;
		let taken: Result<void> = ok(undefined);
		for (const entry of entries) {
			taken = await take(entry, batch, leftOut, holes ? LONGEST_HOLE : 0);
			if (!taken.ok) break;
		}
		const appended = good.length ? await chains.append(good, lost) : ok([]);
		if (!appended.ok) return appended;
		if (mended.length) {
			const written = await chains.commit({ entries: mended });
			if (!written.ok) return written;
			for (const did of late) await documents.align(did, true);
		}
		const stored = good.length + mended.length;
		if (!taken.ok && !stored) return taken;
		const healed = new Set(mended.flatMap(({ parts }) => parts));
		return ok({ opened: appended.value, stored, healed, ask });
	}

	/** A failure is the sender's: it ends the batch. What is wrong with a chain only stalls the chain. */
	async function take(
		entry: SealedEntry,
		batch: Batch,
		leftOut: boolean,
		longestHole: number,
	): Promise<Result<void>> {
		const read = await readEntry(entry, wid, members.state);
		if (!read.ok) return read;
		const head = read.value;
		const { did, seq } = head;
		if (seq <= (chains.heads.get(did)?.seq ?? 0)) {
			await compare(entry, head, batch);
			return ok(undefined);
		}
		const before = batch.ends.get(did) ?? { seq: 0, id: NO_HASH };
		if (seq <= before.seq || stalled.has(did)) return ok(undefined);
		const hole = seq - before.seq - 1;
		if (hole > longestHole) return fail('Damaged', 'This entry does not follow the one before it.');
		if (!(await isSigned(entry, head, members.state)))
			return fail('Damaged', 'The signature of this entry is wrong.');
		if (!hole && !equalBytes(head.prev, before.id)) {
			batch.ask.push([did, before.seq]);
			return stall(did, 'This device wrote two different entries in one place.');
		}
		const end = endOf(members.state, did);
		if (seq > end + MOST_VOID)
			return stall(did, 'This device goes on writing what does not count.');
		const body = await openBody(head, entry.ct, keyring);
		if (!body) return stall(did, 'This entry is sealed with a key that has not arrived here yet.');
		if (!body.ok) unreadable.set(did, body.error);
		const payload = body.ok ? body.value : NOTHING;
		const gap = entry.ct.length ? undefined : leftOut ? 2 : 1;
		const stored = await toRow(entry, head, payload, clock(), gap);
		for (let at = before.seq + 1; at < seq; at++) batch.lost.push(lostRow(did, at));
		batch.good.push({ stored, head, payload, counts: seq <= end });
		batch.ends.set(did, stored);
		return ok(undefined);
	}

	function stall(did: Did, message: string): Result<void> {
		stalled.set(did, { type: 'Damaged', message });
		return ok(undefined);
	}

	/** An entry in a place that is taken: the missing body, or another entry. */
	async function compare(
		entry: SealedEntry,
		head: DataHead,
		{ mended, late, ask }: Batch,
	): Promise<void> {
		const mend = await mendingOf(entry, head, ask);
		if (!mend) return;
		mended.push(mend.row);
		if (chains.progress.lacks(head.did, mend.payload)) late.add(head.did);
	}

	async function mendingOf(
		entry: SealedEntry,
		head: DataHead,
		ask: [Did, number][],
	): Promise<Mended | undefined> {
		const held = await store.get(head.did, head.seq);
		const id = await entryId(entry.head);
		const sound = held && (await isWhole(held));
		if (sound && equalBytes(held.id, id)) {
			if (!held.gap || !entry.ct.length) return undefined;
			// A wrong signature beside the right body would take the place of the good one.
			const signed = await isSigned(entry, head, members.state);
			return signed ? mend(entry, head, held.receivedAt) : undefined;
		}
		if (!(await isSigned(entry, head, members.state))) return undefined;
		if (!sound) {
			// The row was lost or spoilt here: what the chain names in its place is the entry.
			return (await leadsTo(head, id)) ? mend(entry, head, clock()) : undefined;
		}
		await proveFork(held, entry, head, ask);
		return undefined;
	}

	/** The chain ends before the first place where it forked: told at once of this one, then of the first, which is looked for. */
	async function proveFork(
		held: StoredEntry,
		entry: SealedEntry,
		{ did, seq, prev }: DataHead,
		ask: [Did, number][],
	): Promise<void> {
		const end = endOf(members.state, did);
		if (seq > end) {
			// That it forked is known; what counts must agree, too.
			if (end > 0) ask.push([did, end]);
			return;
		}
		const before = decodeDataHead(held.head);
		const isFirst = seq === 1 || (before.ok && equalBytes(before.value.prev, prev));
		if (!isFirst) ask.push([did, seq - 1]);
		if (!isFirst && members.state.devices.get(did)?.ended === 'forked') return;
		const [a, b] = [held, entry].map((one) => ({ head: one.head, sig: one.sig }));
		await members.sign(device, { type: 'fork', a: a!, b: b! }, clock());
	}

	/** The chain names this entry: the row after it, or its end; while those are lost, too, the row before is its witness. */
	async function leadsTo({ did, seq, prev }: DataHead, id: Bytes): Promise<boolean> {
		const end = chains.heads.get(did)!;
		if (seq === end.seq) return equalBytes(end.id, id);
		const after = await store.get(did, seq + 1);
		const next = after && (await isWhole(after)) && decodeDataHead(after.head);
		if (next && next.ok) return equalBytes(next.value.prev, id);
		const before = seq > 1 ? await store.get(did, seq - 1) : undefined;
		return equalBytes(prev, seq > 1 ? (before?.id ?? EMPTY) : NO_HASH);
	}

	async function mend(
		entry: SealedEntry,
		head: DataHead,
		receivedAt: number,
	): Promise<Mended | undefined> {
		const body = await openBody(head, entry.ct, keyring);
		if (!body) return undefined;
		const payload = body.ok ? body.value : NOTHING;
		const gap = entry.ct.length ? undefined : 1;
		return { row: await toRow(entry, head, payload, receivedAt, gap), payload };
	}

	return { receive, stalled, unreadable };
}
