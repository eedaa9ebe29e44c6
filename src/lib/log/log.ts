/**
 * The append-only log of a workspace on this device: one hash chain per device, each entry signed and sealed. `write` adds to
 * this device's chain; `receive` adds what others sent, after the checks of R1. Both resolve when the bytes are on the disk.
 *
 * An entry is stored wherever its chain leads; whether it counts, the membership says (`endOf`). Entries beyond the end are
 * void: kept, in quarantine, and never applied. When the membership changes, `misaligned` names the chains whose documents
 * must be wound back or on, and `align` does it.
 */
import { equalBytes, fromBase64url, type Bytes } from '#core/bytes.ts';
import { systemClock, type Clock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { sign, type DeviceKeys, type Did } from '#crypto/device.ts';
import { sha256 } from '#crypto/hash.ts';
import { newIv, seal } from '#crypto/seal.ts';
import { headFromRows, isWhole } from './chain-head.ts';
import { NOTHING, isSigned, openBody, readEntry } from './check.ts';
import {
	MAX_BODY,
	NO_HASH,
	bodyMatches,
	dataPrefix,
	decodeDataHead,
	encodeDataHead,
	entryId,
	type DataHead,
	type DataKind,
	type SealedEntry,
	type SignedEntry,
} from './entry.ts';
import { createKeyring, type EpochKey, type Keyring } from './keyring.ts';
import {
	StaleChain,
	notHere,
	type ChainHead,
	type Gap,
	type LogChange,
	type LogStore,
	type StoredEntry,
} from './log-store.ts';
import { openMembers, type Members } from './members.ts';
import { endOf, type Membership, type StoredMembership } from './membership.ts';
import type { Operation } from './operations.ts';
import { encodePayload, type PartUpdate, type Payload, type Range } from './payload.ts';
import { RETIRED, followProgress, inRanges } from './progress.ts';
import { storageFailure } from './storage.ts';

/** An entry that is stored and readable. */
export interface OpenedEntry {
	readonly did: Did;
	readonly seq: number;
	readonly hlc: number;
	/** When this device got it. */
	readonly receivedAt: number;
	readonly payload: Payload;
}

export type Vector = Readonly<Record<Did, number>>;

export interface Verified {
	readonly seq: number;
	/** Why the row is not genuine. */
	readonly why?: string;
	readonly bodiless: boolean;
}

export interface Missing {
	/** Never came, or damaged here. */
	readonly wanted: readonly (readonly [Did, number])[];
	/** Some were left with the others on purpose. */
	readonly leftOut: boolean;
}

export interface PartKey {
	readonly did: Did;
	readonly part: string;
}

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

export interface Log {
	readonly wid: string;
	readonly device: DeviceKeys;
	readonly membership: Membership;
	readonly keyring: Keyring;
	/** Device -> highest sequence number stored here. */
	vector(): Vector;
	chain(did: Did): ChainHead | undefined;
	write(kind: DataKind, hlc: number, payload: Payload): Promise<Result<OpenedEntry>>;
	/** In chain order. Entries already held are checked against those held; a chain that cannot go on is `stalled`. */
	receive(entries: readonly SealedEntry[], leftOut?: boolean): Promise<Result<Received>>;
	/** Why chains cannot go on here for now; forgotten when the membership changes. */
	readonly stalled: ReadonlyMap<Did, Failure>;
	/** Devices that signed something this version cannot read, and what is wrong with it. */
	readonly unreadable: ReadonlyMap<Did, Failure>;
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
	partClock(did: Did, part: string): number;
	/** The entries that change a document, in order. */
	partEntries(did: Did, part: string): Promise<readonly OpenedEntry[]>;
	/** Checks every row of a chain again: hash, link to the one before, signature, body. */
	verify(did: Did): AsyncGenerator<Verified>;
	/** The documents that live. */
	partKeys(): readonly PartKey[];
	/** A device's documents that live. */
	partsOf(did: Did): readonly string[];
	/** Those that it has finished with. */
	retiredPartsOf(did: Did): readonly string[];
	/** Own entries that touch no document which lives once `retired` are gone; those dropped already, too. */
	obsolete(retired: readonly string[]): Promise<readonly number[]>;
	/** Own documents that share an entry with one of `parts`, directly or through others. */
	entangled(parts: readonly string[]): Promise<readonly string[]>;
	/** Entries of chains that retire documents, and are not carried out yet. */
	retirements(): readonly { readonly did: Did; readonly seq: number }[];
	retire(did: Did, seq: number): Promise<Result<void>>;
	/** Bodies that are not here. Costs nothing while all are. */
	missing(): Promise<Missing>;
	/** Chains whose documents do not stand where the membership says. */
	misaligned(): readonly Did[];
	/** Winds a chain's documents to where they must stand. */
	align(did: Did): Promise<void>;
	/** Bodies that were left with the others are wanted now. */
	wantLeftOut(): Promise<Result<void>>;
	/** The bodies of these entries go for good: what was erased must not wait anywhere. */
	dropBodies(did: Did, seqs: readonly number[]): Promise<Result<void>>;
	/** Every row of a chain is there and genuine, and the documents stand where its entries lead. Changes nothing. */
	isSound(did: Did): Promise<boolean>;
	/** Mends what can be mended here; the rest become gaps. Resolves to how much was damaged. */
	scrub(did: Did): Promise<number>;
	sign(op: Operation, hlc: number): Promise<Result<string>>;
	/** Epoch keys that came another way than in a box (a backup's); those that no owner committed to are left out. */
	learnKeys(keys: readonly EpochKey[]): Promise<Result<void>>;
	receiveMembership(entries: readonly SignedEntry[], from?: Did): Promise<Result<number>>;
	/** Parents first. */
	membershipEntries(): readonly StoredMembership[];
	/** Called after each change of the membership with the entries that are new; returns unsubscribe. */
	onMembership(listener: (fresh: readonly SignedEntry[]) => void): () => void;
	readonly store: LogStore;
	close(): void;
}

const SCHEMA = 1;
/** Void entries kept of one chain: more than anybody writes in a month offline. */
const MOST_VOID = 2000;
const PAGE = 64;

interface Mended {
	readonly row: StoredEntry;
	readonly payload: Payload;
}

interface Prepared {
	readonly stored: StoredEntry;
	readonly head: DataHead;
	readonly payload: Payload;
	readonly counts: boolean;
}

export async function openLog(
	wid: string,
	store: LogStore,
	clock: Clock = systemClock,
): Promise<Result<Log>> {
	const widBytes = fromBase64url(wid);
	const secrets = await store.secrets();
	if (!secrets.ok || !widBytes) return secrets.ok ? notHere() : secrets;
	const { device, epochs } = secrets.value;
	const keyring = createKeyring(wid, device, epochs);
	const copy = await store.founding();
	const opened = await openMembers(widBytes, store, keyring, clock, copy);
	if (!opened.ok) return opened;
	const members: Members = opened.value;
	if (!copy) {
		const founding = members.entries()[0]!;
		await store.write({ founding }).catch(() => {
			// Only a copy, and a full disk is told of when something is written: the next opening tries again.
		});
	}
	const chains = new Map((await store.chains()).map((chain) => [chain.did, chain]));
	let progress = followProgress((await store.parts()).map(({ key, clock: at }) => [key, at]));
	for (const did of members.state.devices.keys()) {
		const right = await headFromRows(store, did, chains.get(did));
		if (!right) continue;
		await store.write({ chains: [right] });
		chains.set(did, right);
	}
	const stalled = new Map<Did, Failure>();
	const unreadable = new Map<Did, Failure>();
	members.onChange(() => stalled.clear());

	/** Entries, and the heads and documents that follow from them, in one strict transaction. */
	async function append(prepared: readonly Prepared[]): Promise<Result<readonly OpenedEntry[]>> {
		const next = new Map<Did, ChainHead>();
		const after = followProgress(progress.clocks);
		const changed = new Set<string>();
		const opened: OpenedEntry[] = [];
		const entries: StoredEntry[] = [];
		for (const { stored, head, payload, counts } of prepared) {
			const { did, seq, id } = stored;
			const before = next.get(did) ?? chains.get(did);
			const bytes = (before?.bytes ?? 0) + stored.ct.length + stored.head.length;
			const applied = counts ? seq : (before?.applied ?? 0);
			const retires = counts && (payload.retires ?? payload.obsolete);
			const retiring = [...(before?.retiring ?? []), ...(retires ? [seq] : [])];
			next.set(did, {
				...{ did, seq, id, hlc: head.hlc, bytes, applied },
				...(retiring.length && { retiring }),
			});
			const parts = counts ? after.follow(did, payload) : [];
			entries.push({ ...stored, parts });
			if (!counts) continue;
			for (const { part } of payload.updates) changed.add(`${did}/${part}`);
			const updates = payload.updates.filter(({ part }) => parts.includes(`${did}/${part}`));
			const { receivedAt } = stored;
			opened.push({ did, seq, hlc: head.hlc, receivedAt, payload: { ...payload, updates } });
		}
		const written = await commit({
			expect: Object.fromEntries([...next.keys()].map((did) => [did, chains.get(did)?.seq ?? 0])),
			entries,
			chains: [...next.values()],
			parts: [...changed].map((key) => ({ key, clock: after.clocks.get(key)! })),
		});
		if (!written.ok) return written;
		for (const chain of next.values()) chains.set(chain.did, chain);
		progress = after;
		return ok(opened);
	}

	/** Gaps committed since the opening; what was asked of the store before the last of them says nothing. */
	let gapsMade = 0;
	let complete = false;

	async function missing(): Promise<Missing> {
		if (complete) return { wanted: [], leftOut: false };
		const asked = gapsMade;
		const wanted = await store.gaps(1);
		const leftOut = (await store.gaps(2)).length > 0;
		complete = !wanted.length && !leftOut && asked === gapsMade;
		return { wanted, leftOut };
	}

	async function commit(change: LogChange): Promise<Result<void>> {
		if (change.entries?.some(({ gap }) => gap)) {
			gapsMade++;
			complete = false;
		}
		try {
			await store.write(change);
			return ok(undefined);
		} catch (error) {
			if (!(error instanceof StaleChain)) return storageFailure(error);
			// Another tab wrote last, before this one took over: go on from what it wrote.
			for (const chain of await store.chains()) chains.set(chain.did, chain);
			progress = followProgress((await store.parts()).map(({ key, clock: at }) => [key, at]));
			return fail('Busy', 'Another tab has written to this workspace. Make the change again.');
		}
	}

	/**
	 * Carries out what an entry retires: the documents end, and bodies that its writer lists and that touch no living document
	 * are dropped. The chain still verifies without them.
	 */
	async function retire(did: Did, seq: number): Promise<Result<void>> {
		const chain = chains.get(did)!;
		const row = await store.get(did, seq);
		const entry = row && (await openStored(row));
		const { retires = [], obsolete = [] } = entry?.payload ?? {};
		const after = followProgress(progress.clocks);
		after.retire(did, retires);
		const dropped: StoredEntry[] = [];
		for (const [first, last] of obsolete)
			for await (const old of rows(did, first, Math.min(last, seq - 1)))
				if ((old.ct.length || old.gap) && !old.parts.some(after.isLiving))
					dropped.push(withoutBody(old));
		const { retiring = [], ...rest } = chain;
		const left = retiring.filter((one) => one !== seq);
		const next = { ...rest, ...(left.length && { retiring: left }) };
		const ended = [...after.clocks].filter(([key, at]) => at !== progress.clocks.get(key));
		const written = await commit({
			entries: dropped,
			chains: [next],
			parts: ended.map(([key, at]) => ({ key, clock: at })),
		});
		if (!written.ok) return written;
		chains.set(did, next);
		progress = after;
		return written;
	}

	async function write(
		kind: DataKind,
		hlc: number,
		payload: Payload,
	): Promise<Result<OpenedEntry>> {
		const { did } = device;
		const before = chains.get(did);
		const seq = (before?.seq ?? 0) + 1;
		if (seq > endOf(members.state, did))
			return fail('Forbidden', 'What this device writes does not count any more.');
		const plain = encodePayload(payload);
		if (plain.length + 16 > MAX_BODY)
			return fail('Invalid', 'This change is too large for one entry; write it in smaller pieces.');
		const { kid } = keyring.newest();
		const prev = before?.id ?? NO_HASH;
		const base = { wid: widBytes!, did, seq, prev, kind, schema: SCHEMA, hlc, kid };
		const iv = newIv();
		const ct = await seal(await keyring.contentKey(kid, did)!, iv, plain, dataPrefix(base));
		const head: DataHead = { ...base, iv, ctLength: ct.length, ctHash: await sha256(ct) };
		const bytes = encodeDataHead(head);
		const entry = { head: bytes, sig: await sign(device, bytes), ct };
		const stored = await toStored(entry, head, payload, clock());
		const written = await append([{ stored, head, payload, counts: true }]);
		return written.ok ? ok(written.value[0]!) : written;
	}

	async function receive(
		entries: readonly SealedEntry[],
		leftOut = false,
	): Promise<Result<Received>> {
		const previous = new Map<Did, { seq: number; id: Bytes }>(chains);
		const good: Prepared[] = [];
		const mended: StoredEntry[] = [];
		/** Chains whose documents lacked what a mended body holds. */
		const late: Did[] = [];
		const ask: [Did, number][] = [];
		let failure: Failure | undefined;
		for (const entry of entries) {
			const read = await readEntry(entry, widBytes!, members.state);
			if (!read.ok) {
				failure = read.error;
				break;
			}
			const head = read.value;
			const { did, seq } = head;
			const before = previous.get(did) ?? { seq: 0, id: NO_HASH };
			if (seq <= (chains.get(did)?.seq ?? 0)) {
				const mend = await compare(entry, head);
				if (mend) {
					mended.push(mend.row);
					if (lacks(mend.row.did, mend.payload)) late.push(mend.row.did);
				}
				continue;
			}
			if (seq <= before.seq || stalled.has(did)) continue;
			if (seq !== before.seq + 1) {
				failure = toFailure('This entry does not follow the one before it.');
				break;
			}
			if (!(await isSigned(entry, head, members.state))) {
				failure = toFailure('The signature of this entry is wrong.');
				break;
			}
			const stall = (message: string) => stalled.set(did, toFailure(message));
			if (!equalBytes(head.prev, before.id)) {
				stall('This device wrote two different entries in one place.');
				ask.push([did, before.seq]);
				continue;
			}
			const end = endOf(members.state, did);
			if (seq > end + MOST_VOID) {
				stall('This device goes on writing what does not count.');
				continue;
			}
			const body = await openBody(head, entry.ct, keyring);
			if (!body) {
				stall('This entry is sealed with a key that has not arrived here yet.');
				continue;
			}
			if (!body.ok) unreadable.set(did, body.error);
			const payload = body.ok ? body.value : NOTHING;
			const gap = entry.ct.length ? undefined : leftOut ? 2 : 1;
			const stored = await toStored(entry, head, payload, clock(), gap);
			good.push({ stored, head, payload, counts: seq <= end });
			previous.set(did, stored);
		}
		const appended = good.length ? await append(good) : ok([]);
		if (!appended.ok) return appended;
		if (mended.length) {
			const written = await commit({ entries: mended });
			if (!written.ok) return written;
			for (const did of new Set(late)) await align(did, true);
		}
		if (failure && !good.length && !mended.length) return { ok: false, error: failure };
		return ok({
			opened: appended.value,
			stored: good.length + mended.length,
			healed: new Set(mended.flatMap(({ parts }) => parts)),
			ask,
		});
	}

	/** An entry in a place that is taken: the missing body, or another entry, which proves a fork (R5). */
	async function compare(entry: SealedEntry, head: DataHead): Promise<Mended | undefined> {
		const held = await store.get(head.did, head.seq);
		const id = await entryId(entry.head);
		const sound = held && equalBytes(await entryId(held.head), held.id);
		if (held && sound && equalBytes(held.id, id)) {
			if (!held.gap || !entry.ct.length) return undefined;
			// A wrong signature beside the right body would take the place of the good one.
			const signed = await isSigned(entry, head, members.state);
			return signed ? mend(entry, head, held.receivedAt) : undefined;
		}
		if (!(await isSigned(entry, head, members.state))) return undefined;
		if (!held || !sound) {
			// The row was lost or spoilt here: what the chain names in its place is the entry.
			return (await leadsTo(head, id)) ? mend(entry, head, clock()) : undefined;
		}
		if (endOf(members.state, head.did) < head.seq) return undefined;
		const [a, b] = [held, entry].map((one) => ({ head: one.head, sig: one.sig }));
		await members.sign(device, { type: 'fork', a: a!, b: b! }, clock());
		return undefined;
	}

	/** The chain names this entry: the row after it, or its end; while those are lost, too, the row before is its witness. */
	async function leadsTo({ did, seq, prev }: DataHead, id: Bytes): Promise<boolean> {
		if (seq === chains.get(did)!.seq) return equalBytes(chains.get(did)!.id, id);
		const after = await store.get(did, seq + 1);
		const next = after && (await isWhole(after)) && decodeDataHead(after.head);
		if (next && next.ok) return equalBytes(next.value.prev, id);
		const before = seq > 1 ? await store.get(did, seq - 1) : undefined;
		return equalBytes(prev, seq > 1 ? (before?.id ?? EMPTY) : NO_HASH);
	}

	async function mend(entry: SealedEntry, head: DataHead, receivedAt: number) {
		const body = await openBody(head, entry.ct, keyring);
		if (!body) return undefined;
		const payload = body.ok ? body.value : NOTHING;
		const gap = entry.ct.length ? undefined : 1;
		return { row: await toStored(entry, head, payload, receivedAt, gap), payload };
	}

	/** Documents that do not reach as far as these updates. */
	const lacks = (did: Did, { updates, retires }: Payload): boolean =>
		retires !== undefined ||
		updates.some(({ part, clock: at }) => (progress.clocks.get(`${did}/${part}`) ?? 0) < at);

	async function openStored(stored: StoredEntry): Promise<OpenedEntry | undefined> {
		const head = decodeDataHead(stored.head);
		if (!head.ok || !stored.ct.length) return undefined;
		const payload = await openBody(head.value, stored.ct, keyring);
		if (!payload?.ok) return undefined;
		const { did, seq, receivedAt } = stored;
		return { did, seq, hlc: head.value.hlc, receivedAt, payload: payload.value };
	}

	/** In pages, so that a long chain never stands in memory at once. */
	async function* rows(did: Did, from: number, to: number): AsyncGenerator<StoredEntry> {
		for (let next = from; next <= to;) {
			const page = await store.page(did, next, PAGE);
			for (const row of page) if (row.seq <= to) yield row;
			if (page.length < PAGE) return;
			next = page.at(-1)!.seq + 1;
		}
	}

	const ownKeys = (did: Did): readonly string[] =>
		[...progress.clocks.keys()].filter((key) => key.startsWith(`${did}/`));

	async function troubleOf(row: StoredEntry, before: { seq: number; id: Bytes }) {
		const read = await readEntry(row, widBytes!, members.state);
		if (!read.ok) return read.error.message;
		const head = read.value;
		if (!equalBytes(await entryId(row.head), row.id))
			return 'Its bytes are not those it was named by.';
		if (head.seq !== before.seq + 1 || !equalBytes(head.prev, before.id))
			return 'It does not follow the one before it.';
		if (!(await isSigned(row, head, members.state))) return 'Its signature is wrong.';
		const body = await openBody(head, row.ct, keyring);
		if (!body) return 'The key that opens it is not here.';
		return body.ok ? undefined : body.error.message;
	}

	/** What is wrong with the rows of a chain, as the rows that should stand there, and with the documents' reach. */
	async function inspect(did: Did): Promise<{ spoilt: StoredEntry[]; astray: boolean }> {
		const last = chains.get(did)?.seq ?? 0;
		const applied = Math.min(last, endOf(members.state, did));
		const spoilt: StoredEntry[] = [];
		const bodiless: StoredEntry[] = [];
		const obsolete: Range[] = [];
		const followed = followProgress();
		let missing = false;
		let misfiled = false;
		let seq = 0;
		const lost = (until: number) => {
			while (++seq < until) spoilt.push(lostRow(did, seq));
		};
		for await (const row of rows(did, 1, last)) {
			lost(row.seq);
			const checked = await checkRow(row);
			if (checked.row !== row) spoilt.push(checked.row);
			if (checked.row.gap === 1) missing = true;
			if (seq > applied) continue;
			if (!row.ct.length && !row.gap) bodiless.push(row);
			const parts = followed.follow(did, checked.payload);
			if (checked.row.ct.length && parts.join() !== row.parts.join()) misfiled = true;
			followed.retire(did, checked.payload.retires ?? []);
			obsolete.push(...(checked.payload.obsolete ?? []));
		}
		lost(last + 1);
		for (const row of bodiless) if (!inRanges(obsolete, row.seq)) spoilt.push(withGap(row, 1));
		const own = [...progress.clocks].filter(([key]) => key.startsWith(`${did}/`));
		const differs =
			misfiled ||
			own.length !== followed.clocks.size ||
			own.some(([key, at]) => followed.clocks.get(key) !== at);
		return { spoilt, astray: differs && !missing && !spoilt.some(({ gap }) => gap === 1) };
	}

	/** The row as it should stand, the same object when it does; and what its body says. */
	async function checkRow(row: StoredEntry): Promise<{ row: StoredEntry; payload: Payload }> {
		const head = decodeDataHead(row.head);
		const gone = (ct: Bytes) => ({ row: withGap({ ...row, ct }, 1), payload: NOTHING });
		const isGap = row.gap === 1 && !row.ct.length;
		const placed = head.ok && head.value.did === row.did && head.value.seq === row.seq;
		if (!placed || !(await isWhole(row))) return isGap ? { row, payload: NOTHING } : gone(EMPTY);
		if (!row.ct.length) return { row, payload: NOTHING };
		if (!(await bodyMatches(head.value, row.ct))) return gone(EMPTY);
		const known = members.state.devices.has(row.did);
		let right = row;
		if (known && !(await isSigned(row, head.value, members.state))) {
			if (row.did !== device.did) return row.gap ? { row, payload: NOTHING } : gone(row.ct);
			right = { ...row, sig: await sign(device, row.head) };
		}
		const opened = await openBody(head.value, row.ct, keyring);
		const payload = opened?.ok ? opened.value : NOTHING;
		if (row.gap) right = withGap(right, undefined);
		return { row: right, payload };
	}

	/**
	 * Follows a whole chain again, up to where it counts. `mending`: bodies came back, so no document falls behind where it was,
	 * even if other bodies are still missing.
	 */
	async function align(did: Did, mending = false): Promise<void> {
		const chain = chains.get(did);
		if (!chain) return;
		const applied = Math.min(chain.seq, endOf(members.state, did));
		const followed = followProgress();
		const obsolete: Range[] = [];
		const bodiless: StoredEntry[] = [];
		const misfiled: StoredEntry[] = [];
		for await (const row of rows(did, 1, applied)) {
			if (!row.ct.length) bodiless.push(row);
			const entry = await openStored(row);
			if (!entry) continue;
			const parts = followed.follow(did, entry.payload);
			if (parts.join() !== row.parts.join()) misfiled.push({ ...row, parts });
			followed.retire(did, entry.payload.retires ?? []);
			obsolete.push(...(entry.payload.obsolete ?? []));
		}
		// A body was dropped because of an entry that does not count any more: wanted again.
		const wanted = bodiless.flatMap((row) => {
			const gap = inRanges(obsolete, row.seq) ? undefined : (row.gap ?? 1);
			return gap === row.gap ? [] : [withGap(row, gap)];
		});
		const before = ownKeys(did);
		const clocks = new Map(followed.clocks);
		if (mending)
			for (const key of before) {
				const reached = progress.clocks.get(key)!;
				if (clocks.get(key) !== RETIRED) clocks.set(key, Math.max(reached, clocks.get(key) ?? 0));
			}
		const { retiring: _done, ...rest } = chain;
		const next = { ...rest, applied };
		const written = await commit({
			entries: [...wanted, ...misfiled],
			chains: [next],
			removeParts: before.filter((key) => !clocks.has(key)),
			parts: [...clocks].map(([key, at]) => ({ key, clock: at })),
		});
		if (!written.ok) throw new Error(written.error.message);
		chains.set(did, next);
		const others = [...progress.clocks].filter(([key]) => !key.startsWith(`${did}/`));
		progress = followProgress([...others, ...clocks]);
	}

	return ok({
		wid,
		device,
		get membership() {
			return members.state;
		},
		keyring,
		vector: () => Object.fromEntries([...chains.values()].map(({ did, seq }) => [did, seq])),
		chain: (did) => chains.get(did),
		write,
		receive,
		stalled,
		unreadable,
		async entries(did, from, to, bytes, since = '') {
			const out: SealedEntry[] = [];
			let size = 0;
			for await (const row of rows(did, from, to)) {
				const { head, sig } = row;
				const ct = since && row.parts.length && row.parts.every(isBefore(since)) ? EMPTY : row.ct;
				// A damaged row is not handed on; whoever wants it asks somebody else.
				if (!(await isWhole(row)) || (row.gap === 1 && row.ct.length)) break;
				out.push({ head, sig, ct });
				if ((size += ct.length + head.length) >= bytes) break;
			}
			return out;
		},
		async *opened(did, from, to = Infinity) {
			for await (const row of rows(did, from, to)) {
				const entry = await openStored(row);
				if (entry) yield entry;
			}
		},
		async partUpdates(did, part, at) {
			const seqs = await store.seqsOfPart(did, part);
			const applied = chains.get(did)?.applied ?? 0;
			const updates: PartUpdate[] = [];
			// Backwards, because a cached document usually lacks only the last few.
			for (const seq of seqs.filter((one) => one <= applied).reverse()) {
				const entry = await openStored((await store.get(did, seq))!);
				const own = entry?.payload.updates.filter((update) => update.part === part) ?? [];
				if (own.length && own.at(-1)!.clock <= at) break;
				updates.push(...own.toReversed());
			}
			return updates.reverse();
		},
		async partEntries(did, part) {
			const applied = chains.get(did)?.applied ?? 0;
			const entries: OpenedEntry[] = [];
			for (const seq of await store.seqsOfPart(did, part)) {
				const row = seq <= applied ? await store.get(did, seq) : undefined;
				const entry = row && (await openStored(row));
				if (entry) entries.push(entry);
			}
			return entries;
		},
		async *verify(did) {
			let before = { seq: 0, id: NO_HASH };
			for await (const row of rows(did, 1, chains.get(did)?.seq ?? 0)) {
				const why = await troubleOf(row, before);
				yield { seq: row.seq, bodiless: !row.ct.length, ...(why && { why }) };
				before = row;
			}
		},
		partClock: (did, part) => Math.max(0, progress.clocks.get(`${did}/${part}`) ?? 0),
		partKeys: () => [...progress.clocks.keys()].filter(progress.isLiving).map(toPartKey),
		partsOf: (did) => ownKeys(did).filter(progress.isLiving).map(partIn),
		retiredPartsOf: (did) =>
			ownKeys(did)
				.filter((key) => !progress.isLiving(key))
				.map(partIn),
		async obsolete(retired) {
			const own = device.did;
			const gone = new Set(retired.map((part) => `${own}/${part}`));
			const seqs: number[] = [];
			for await (const row of rows(own, 1, chains.get(own)?.seq ?? 0))
				if (!row.parts.some((key) => progress.isLiving(key) && !gone.has(key))) seqs.push(row.seq);
			return seqs;
		},
		async entangled(parts) {
			const own = device.did;
			const found = new Set(parts.map((part) => `${own}/${part}`));
			const groups: (readonly string[])[] = [];
			for await (const row of rows(own, 1, chains.get(own)?.seq ?? 0))
				if (row.ct.length && row.parts.length > 1) groups.push(row.parts);
			for (let grown = -1; grown !== found.size;) {
				grown = found.size;
				for (const group of groups)
					if (group.some((key) => found.has(key))) for (const key of group) found.add(key);
			}
			return [...found].filter(progress.isLiving).map(partIn);
		},
		retirements: () =>
			[...chains.values()].flatMap(({ did, retiring = [] }) =>
				retiring.map((seq) => ({ did, seq })),
			),
		retire,
		missing,
		misaligned: () =>
			[...chains.values()]
				.filter(({ did, seq, applied }) => applied !== Math.min(seq, endOf(members.state, did)))
				.map(({ did }) => did),
		align: (did) => align(did),
		async wantLeftOut() {
			const found = await Promise.all(
				(await store.gaps(2)).map(([did, seq]) => store.get(did, seq)),
			);
			return commit({ entries: found.flatMap((row) => (row ? [withGap(row, 1)] : [])) });
		},
		async dropBodies(did, seqs) {
			const found = await Promise.all(seqs.map((seq) => store.get(did, seq)));
			return commit({ entries: found.flatMap((row) => (row ? [withoutBody(row)] : [])) });
		},
		isSound: async (did) => {
			const { spoilt, astray } = await inspect(did);
			return !spoilt.length && !astray;
		},
		async scrub(did) {
			const { spoilt, astray } = await inspect(did);
			// While bodies are missing the documents stay: what they hold was right when it was read.
			if (spoilt.length) await commit({ entries: spoilt });
			if (astray) await align(did);
			return spoilt.length + Number(astray);
		},
		sign: (op, hlc) => members.sign(device, op, hlc),
		async learnKeys(keys) {
			if (!(await keyring.take(keys, members.state))) return ok(undefined);
			stalled.clear();
			return commit({ secrets: { epochs: keyring.all() } });
		},
		receiveMembership: members.receive,
		membershipEntries: members.entries,
		onMembership: members.onChange,
		store,
		close: () => store.close(),
	});
}

const EMPTY: Bytes = new Uint8Array(0);

const partIn = (key: string): string => toPartKey(key).part;

function toPartKey(key: string): PartKey {
	const [did, part] = key.split('/') as [string, string];
	return { did, part };
}

const toFailure = (message: string): Failure => ({ type: 'Damaged', message });

/** Events are filed by month: `did/e-2026-11`, with a generation behind. */
const isBefore = (since: string) => (key: string) => {
	const month = /\/e-(\d{4}-\d{2})/.exec(key)?.[1];
	return month !== undefined && month < since;
};

const withGap = (row: StoredEntry, gap: Gap | undefined): StoredEntry => {
	const { gap: _gap, ...rest } = row;
	return gap ? { ...rest, gap } : rest;
};

/** Holds the place of a row that is gone, until somebody sends it again. */
const lostRow = (did: Did, seq: number): StoredEntry => ({
	...{ did, seq, id: EMPTY, head: EMPTY, sig: EMPTY, ct: EMPTY },
	...{ receivedAt: 0, parts: [], gap: 1 },
});

const withoutBody = (row: StoredEntry): StoredEntry => withGap({ ...row, ct: EMPTY }, undefined);

async function toStored(
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
