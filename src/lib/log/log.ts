/**
 * The append-only log of a workspace on this device: one hash chain per device, each entry signed and sealed. `write` adds to
 * this device's chain; `receive` adds what others sent, after the checks of R1. Both resolve when the bytes are on the disk.
 *
 * An entry is stored wherever its chain leads; whether it counts, the membership says (`endOf`). Entries beyond the end are
 * void: kept, in quarantine, and never applied. When the membership changes, `misaligned` names the chains whose documents
 * must be wound back or on, and `align` does it.
 */
import { fromBase64url } from '#core/bytes.ts';
import { systemClock, type Clock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { sign, type DeviceKeys, type Did } from '#crypto/device.ts';
import { sha256 } from '#crypto/hash.ts';
import { newIv, seal } from '#crypto/seal.ts';
import { openChains, type LogContext, type Missing, type OpenedEntry } from './chains.ts';
import { createDocuments, type Documents } from './documents.ts';
import {
	MAX_BODY,
	NO_HASH,
	dataPrefix,
	encodeDataHead,
	type DataHead,
	type DataKind,
	type SignedEntry,
} from './entry.ts';
import { createInspection, type Inspection } from './inspection.ts';
import { createKeyring, type EpochKey, type Keyring } from './keyring.ts';
import { notHere, type ChainHead, type LogStore, type StoredEntry } from './log-store.ts';
import { openMembers } from './members.ts';
import { endOf, type Membership, type StoredMembership } from './membership.ts';
import type { Operation } from './operations.ts';
import { encodePayload, type Payload } from './payload.ts';
import { createReading, type Reading } from './reading.ts';
import { createReceiving, type Receiving } from './receiving.ts';
import { toRow, withGap, withoutBody } from './rows.ts';
import { createVerification, type Verification } from './verification.ts';

export type { Missing, OpenedEntry } from './chains.ts';
export type { PartKey } from './documents.ts';
export type { Received } from './receiving.ts';
export type { Verified, Without } from './verification.ts';

export type Vector = Readonly<Record<Did, number>>;

export interface Log
	extends Reading, Documents, Inspection, Verification, Omit<Receiving, 'stalled'> {
	readonly wid: string;
	readonly device: DeviceKeys;
	readonly membership: Membership;
	readonly keyring: Keyring;
	readonly store: LogStore;
	/** Device -> highest sequence number stored here. */
	vector(): Vector;
	chain(did: Did): ChainHead | undefined;
	write(kind: DataKind, hlc: number, payload: Payload): Promise<Result<OpenedEntry>>;
	/** Why chains cannot go on here for now; forgotten when the membership or the keys change. */
	readonly stalled: ReadonlyMap<Did, Failure>;
	/** Bodies that are not here. Costs nothing while all are. */
	missing(): Promise<Missing>;
	/** Bodies of a chain, up to a place in it, are wanted here. */
	misses(did: Did, upTo?: number): Promise<boolean>;
	/** Or were left with the others. */
	lacks(did: Did, upTo?: number): Promise<boolean>;
	/** Bodies that were left with the others are wanted now; of one chain, or of all. */
	wantLeftOut(did?: Did): Promise<Result<void>>;
	/** The bodies of these entries go for good: what was erased must not wait anywhere. */
	dropBodies(did: Did, seqs: readonly number[]): Promise<Result<void>>;
	sign(op: Operation, hlc: number): Promise<Result<string>>;
	/** Epoch keys that came another way than in a box (a backup's); those that no owner committed to are left out. */
	learnKeys(keys: readonly EpochKey[]): Promise<Result<void>>;
	receiveMembership(entries: readonly SignedEntry[], from?: Did): Promise<Result<number>>;
	/** Parents first. */
	membershipEntries(): readonly StoredMembership[];
	/** Called after each change of the membership; returns unsubscribe. */
	onMembership(listener: () => void): () => void;
	close(): void;
}

const SCHEMA = 1;

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
	const members = opened.value;
	if (!copy) {
		const founding = members.entries()[0]!;
		await store.write({ founding }).catch(() => {
			// Only a copy, and a full disk is told of when something is written: the next opening tries again.
		});
	}
	const chains = await openChains(store, members.state.devices.keys());
	const context: LogContext = { wid: widBytes, device, keyring, members, store, chains, clock };
	const { open, ...reading } = createReading(context);
	const documents = createDocuments(context, open);
	const receiving = createReceiving(context, documents);

	/** The rows that are here, changed. */
	async function change(
		places: readonly (readonly [Did, number])[],
		next: (row: StoredEntry) => StoredEntry,
	): Promise<Result<void>> {
		const rows = await Promise.all(places.map(([did, seq]) => store.get(did, seq)));
		return chains.commit({ entries: rows.flatMap((row) => (row ? [next(row)] : [])) });
	}

	return ok({
		wid,
		device,
		keyring,
		store,
		get membership() {
			return members.state;
		},
		...reading,
		...documents,
		...createInspection(context, documents),
		...createVerification(context),
		...receiving,
		vector: () => Object.fromEntries([...chains.heads.values()].map(({ did, seq }) => [did, seq])),
		chain: (did) => chains.heads.get(did),
		write: (kind, hlc, payload) => write(context, kind, hlc, payload),
		missing: chains.missing,
		misses: chains.misses,
		lacks: chains.lacks,
		async wantLeftOut(did) {
			const out = (await store.gaps(2)).filter(([writer]) => did === undefined || writer === did);
			return out.length ? change(out, (row) => withGap(row, 1)) : ok(undefined);
		},
		dropBodies: (did, seqs) =>
			change(
				seqs.map((seq) => [did, seq]),
				withoutBody,
			),
		sign: (op, hlc) => members.sign(device, op, hlc),
		async learnKeys(keys) {
			if (!(await keyring.take(keys, members.state))) return ok(undefined);
			receiving.stalled.clear();
			return chains.commit({ secrets: { epochs: keyring.all() } });
		},
		receiveMembership: members.receive,
		membershipEntries: members.entries,
		onMembership: members.onChange,
		close: () => store.close(),
	});
}

/** Signed, sealed and on the disk when it resolves. */
async function write(
	{ wid, device, keyring, members, chains, clock }: LogContext,
	kind: DataKind,
	hlc: number,
	payload: Payload,
): Promise<Result<OpenedEntry>> {
	const { did } = device;
	const before = chains.heads.get(did);
	const seq = (before?.seq ?? 0) + 1;
	if (seq > endOf(members.state, did))
		return fail('Forbidden', 'What this device writes does not count any more.');
	const plain = encodePayload(payload);
	if (plain.length + 16 > MAX_BODY)
		return fail('Invalid', 'This change is too large for one entry; write it in smaller pieces.');
	const { kid } = keyring.newest();
	const prev = before?.id ?? NO_HASH;
	const base = { wid, did, seq, prev, kind, schema: SCHEMA, hlc, kid };
	const iv = newIv();
	const ct = await seal(await keyring.contentKey(kid, did)!, iv, plain, dataPrefix(base));
	const head: DataHead = { ...base, iv, ctLength: ct.length, ctHash: await sha256(ct) };
	const bytes = encodeDataHead(head);
	const entry = { head: bytes, sig: await sign(device, bytes), ct };
	const stored = await toRow(entry, head, payload, clock());
	const written = await chains.append([{ stored, head, payload, counts: true, isOwn: true }]);
	return written.ok ? ok(written.value[0]!) : written;
}
