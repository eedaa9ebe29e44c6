/**
 * The append-only log of a workspace on this device: one hash chain per device, each entry signed and sealed. `write` adds to
 * this device's chain; `receive` adds what others sent, after the checks of R1. Both resolve when the bytes are on the disk.
 */
import { Dexie } from 'dexie';
import { equalBytes, fromBase64url, toHex, type Bytes } from '#core/bytes.ts';
import { systemClock, type Clock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { sign, verify, type DeviceKeys, type Did } from '#crypto/device.ts';
import { sha256 } from '#crypto/hash.ts';
import { contentKey, newIv, open as unseal, seal } from '#crypto/seal.ts';
import { LogDatabase, type ChainHead, type StoredEntry } from './database.ts';
import {
	MAX_BODY,
	NO_HASH,
	bodyMatches,
	dataPrefix,
	decodeDataHead,
	encodeDataHead,
	encodeMembershipHead,
	entryId,
	verifyMembership,
	type DataHead,
	type DataKind,
	type MembershipHead,
	type SealedEntry,
	type SignedEntry,
} from './entry.ts';
import {
	mayWrite,
	replayMembership,
	type Membership,
	type StoredMembership,
} from './membership.ts';
import { decodePayload, encodePayload, type Payload } from './payload.ts';
import { readSecrets, type EpochKeys } from './secrets.ts';
import { storageFailure } from './storage.ts';
import type { Role } from './workspaces.ts';

/** An entry that is stored and readable. */
export interface OpenedEntry {
	readonly did: Did;
	readonly seq: number;
	readonly hlc: number;
	readonly payload: Payload;
}

export type Vector = Readonly<Record<Did, number>>;

export interface Log {
	readonly wid: string;
	readonly device: DeviceKeys;
	readonly membership: Membership;
	/** Device -> highest sequence number stored here. */
	vector(): Vector;
	chain(did: Did): ChainHead | undefined;
	write(kind: DataKind, hlc: number, payload: Payload): Promise<Result<OpenedEntry>>;
	/** In chain order; stops at the first bad one. Entries already held count as done, those of a frozen chain are left out. */
	receive(entries: readonly SealedEntry[]): Promise<Result<readonly OpenedEntry[]>>;
	/** Devices that signed an entry which breaks a rule, and which rule: their chains end there, nobody else's. */
	readonly frozen: ReadonlyMap<Did, Failure>;
	/** `from` to `to`, both included, at most about `bytes` of bodies. */
	entries(did: Did, from: number, to: number, bytes: number): Promise<readonly SealedEntry[]>;
	opened(did: Did, from: number): AsyncGenerator<OpenedEntry>;
	/** The updates of one device document that lie beyond `clock`, in order. */
	partUpdates(did: Did, part: string, clock: number): Promise<readonly Bytes[]>;
	partClock(did: Did, part: string): Promise<number>;
	partKeys(): Promise<readonly { did: Did; part: string }[]>;
	sign(op: MembershipHead['op'], hlc: number): Promise<Result<string>>;
	receiveMembership(entries: readonly SignedEntry[]): Promise<Result<number>>;
	membershipEntries(): Promise<readonly SignedEntry[]>;
	readonly epoch: number;
	readonly epochKey: Bytes;
	/** All that this device has: what a backup carries, and what opens an older one. */
	readonly epochs: EpochKeys;
	readonly database: LogDatabase;
	close(): void;
}

const SCHEMA = 1;

export async function openLog(
	wid: string,
	clock: Clock = systemClock,
	scope = '',
): Promise<Result<Log>> {
	const database = new LogDatabase(wid, scope);
	const widBytes = fromBase64url(wid);
	const secrets = await readSecrets(database, wid, scope);
	if (!secrets.ok || !widBytes) {
		database.close();
		return secrets.ok ? fail('BadLink', 'That is no workspace.') : secrets;
	}
	const { device, epochs: epochKeys } = secrets.value;
	const replayed = await replayMembership(widBytes, await database.membership.toArray());
	if (!replayed.ok) return replayed;
	let membership = replayed.value;
	const chains = new Map((await database.chains.toArray()).map((chain) => [chain.did, chain]));
	const epoch = Math.max(...Object.keys(epochKeys).map(Number));
	const keys = new Map<string, Promise<CryptoKey>>();
	const frozen = new Map<Did, Failure>();
	let storing: Promise<unknown> = Promise.resolve();

	const keyFor = (kid: number, did: Did): Promise<CryptoKey> | undefined => {
		const name = `${kid} ${did}`;
		let key = keys.get(name);
		if (!key && epochKeys[kid]) keys.set(name, (key = contentKey(epochKeys[kid], did)));
		return key;
	};

	/** Entries and the heads that follow from them, in one strict transaction. */
	async function append(entries: readonly Prepared[]): Promise<Result<void>> {
		const last = new Map<Did, ChainHead>();
		const parts = new Map<string, { key: string; seq: number; clock: number }>();
		for (const { stored, head, payload } of entries) {
			const before = last.get(stored.did) ?? chains.get(stored.did);
			const bytes = (before?.bytes ?? 0) + stored.ct.length + stored.head.length;
			last.set(stored.did, {
				did: stored.did,
				seq: stored.seq,
				id: stored.id,
				hlc: head.hlc,
				bytes,
			});
			for (const { part, clock } of payload.updates) {
				const key = `${stored.did}/${part}`;
				parts.set(key, { key, seq: stored.seq, clock });
			}
		}
		try {
			await database.transaction(
				'rw',
				[database.entries, database.chains, database.parts],
				async () => {
					// The stored head, not the remembered one: no second writer can ever fork the chain.
					const heads = await database.chains.bulkGet([...last.keys()]);
					[...last.keys()].forEach((did, i) => {
						const first = entries.find(({ stored }) => stored.did === did)!;
						if ((heads[i]?.seq ?? 0) !== first.stored.seq - 1)
							throw new Error('another tab has taken this workspace over; reload this page');
					});
					await database.entries.bulkAdd(entries.map(({ stored }) => stored));
					await database.chains.bulkPut([...last.values()]);
					await database.parts.bulkPut([...parts.values()]);
				},
			);
		} catch (error) {
			return storageFailure(error);
		}
		for (const chain of last.values()) chains.set(chain.did, chain);
		return ok(undefined);
	}

	async function write(
		kind: DataKind,
		hlc: number,
		payload: Payload,
	): Promise<Result<OpenedEntry>> {
		const { did } = device;
		const before = chains.get(did);
		const plain = encodePayload(payload);
		if (plain.length + 16 > MAX_BODY)
			return fail('Invalid', 'This change is too large for one entry; write it in smaller pieces.');
		const base = {
			wid: widBytes!,
			did,
			seq: (before?.seq ?? 0) + 1,
			prev: before?.id ?? NO_HASH,
			kind,
			schema: SCHEMA,
			hlc,
			kid: epoch,
		};
		const iv = newIv();
		const ct = await seal(await keyFor(epoch, did)!, iv, plain, dataPrefix(base));
		const head: DataHead = { ...base, iv, ctLength: ct.length, ctHash: await sha256(ct) };
		const bytes = encodeDataHead(head);
		const entry = { head: bytes, sig: await sign(device, bytes), ct };
		const written = await append([await prepare(entry, head, payload, clock())]);
		return written.ok ? ok({ did, seq: head.seq, hlc, payload }) : written;
	}

	async function check(
		entry: SealedEntry,
		previous: ReadonlyMap<Did, { seq: number; id: Bytes }>,
	): Promise<Result<Prepared | 'skip'>> {
		const decoded = decodeDataHead(entry.head);
		if (!decoded.ok) return decoded;
		const head = decoded.value;
		if (!equalBytes(head.wid, widBytes!))
			return fail('Damaged', 'This entry is of another workspace.');
		const author = membership.devices.get(head.did);
		if (!author) return fail('Forbidden', 'This entry is of a device that does not belong here.');
		const before = previous.get(head.did) ?? { seq: 0, id: NO_HASH };
		if (head.seq <= before.seq || frozen.has(head.did)) return ok('skip');
		if (head.seq !== before.seq + 1)
			return fail('Damaged', 'This entry does not follow the one before it.');
		if (!(await bodyMatches(head, entry.ct)))
			return fail('Damaged', 'The body of this entry is not the one it names.');
		if (!(await verify(author.publicKeys.sign, entry.sig, entry.head)))
			return fail('Damaged', 'The signature of this entry is wrong.');
		// So far the sender may be to blame; from here on the author is, whoever passes the entry on.
		const judged = await judge(entry, head, author.role, before.id);
		if (judged.ok) return judged;
		frozen.set(head.did, judged.error);
		return ok('skip');
	}

	async function judge(
		entry: SealedEntry,
		head: DataHead,
		role: Role,
		prev: Bytes,
	): Promise<Result<Prepared>> {
		if (!mayWrite(role))
			return fail('Forbidden', 'This device may read but not write, so its entry is refused.');
		if (!equalBytes(head.prev, prev))
			return fail('Damaged', 'This device wrote two different entries in one place.');
		const key = keyFor(head.kid, head.did);
		if (!key) return fail('Damaged', 'This entry is sealed with a key this device does not have.');
		const plain = await unseal(await key, head.iv, entry.ct, dataPrefix(head));
		if (!plain.ok) return plain;
		const payload = decodePayload(plain.value);
		if (!payload.ok) return payload;
		return ok(await prepare(entry, head, payload.value, clock()));
	}

	async function receive(entries: readonly SealedEntry[]): Promise<Result<readonly OpenedEntry[]>> {
		const previous = new Map<Did, { seq: number; id: Bytes }>(chains);
		const good: Prepared[] = [];
		let failure: Failure | undefined;
		for (const entry of entries) {
			const checked = await check(entry, previous);
			if (!checked.ok) {
				failure = checked.error;
				break;
			}
			if (checked.value === 'skip') continue;
			good.push(checked.value);
			previous.set(checked.value.stored.did, checked.value.stored);
		}
		if (good.length) {
			const appended = await append(good);
			if (!appended.ok) return appended;
		}
		if (failure && !good.length) return { ok: false, error: failure };
		return ok(
			good.map(({ stored, head, payload }) => ({
				did: stored.did,
				seq: stored.seq,
				hlc: head.hlc,
				payload,
			})),
		);
	}

	async function openStored(stored: StoredEntry): Promise<OpenedEntry | undefined> {
		const head = decodeDataHead(stored.head);
		if (!head.ok) return undefined;
		const key = keyFor(head.value.kid, stored.did);
		if (!key) return undefined;
		const plain = await unseal(await key, head.value.iv, stored.ct, dataPrefix(head.value));
		const payload = plain.ok ? decodePayload(plain.value) : plain;
		if (!payload.ok) return undefined;
		return { did: stored.did, seq: stored.seq, hlc: head.value.hlc, payload: payload.value };
	}

	/** In pages, so that a long chain never stands in memory at once. */
	async function* storedFrom(did: Did, from: number, at = 64): AsyncGenerator<StoredEntry> {
		for (let next = from; ;) {
			const page = await database.entries
				.where('[did+seq]')
				.between([did, next], [did, Dexie.maxKey])
				.limit(at)
				.toArray();
			yield* page;
			if (page.length < at) return;
			next = page.at(-1)!.seq + 1;
		}
	}

	async function storeMembership(entries: readonly SignedEntry[]): Promise<Result<number>> {
		const held = new Set((await database.membership.toCollection().primaryKeys()).map(String));
		const fresh: StoredMembership[] = [];
		for (const entry of entries) {
			const id = toHex(await entryId(entry.head));
			if (!held.has(id) && (await verifyMembership(entry)).ok)
				fresh.push({ ...entry, id, receivedAt: clock() });
		}
		if (!fresh.length) return ok(0);
		const all = [...(await database.membership.toArray()), ...fresh];
		const next = await replayMembership(widBytes!, all);
		if (!next.ok) return next;
		try {
			await database.transaction('rw', database.membership, () =>
				database.membership.bulkPut(fresh),
			);
		} catch (error) {
			return storageFailure(error);
		}
		membership = next.value;
		frozen.clear();
		return ok(fresh.length);
	}

	/** One at a time, or the later of two would forget what the earlier brought. */
	function receiveMembership(entries: readonly SignedEntry[]): Promise<Result<number>> {
		const stored = storing.then(() => storeMembership(entries));
		storing = stored.catch(() => {});
		return stored;
	}

	return ok({
		wid,
		device,
		get membership() {
			return membership;
		},
		vector: () => Object.fromEntries([...chains.values()].map(({ did, seq }) => [did, seq])),
		chain: (did) => chains.get(did),
		write,
		receive,
		frozen,
		async entries(did, from, to, bytes) {
			const out: SealedEntry[] = [];
			let size = 0;
			for await (const { head, sig, ct, seq } of storedFrom(did, from, 8)) {
				if (seq > to) break;
				out.push({ head, sig, ct });
				if ((size += ct.length) >= bytes) break;
			}
			return out;
		},
		async *opened(did, from) {
			for await (const stored of storedFrom(did, from)) {
				const entry = await openStored(stored);
				if (entry) yield entry;
			}
		},
		async partUpdates(did, part, clock) {
			const keys = await database.entries.where('parts').equals(`${did}/${part}`).primaryKeys();
			const updates: Bytes[] = [];
			// Backwards, because a cached document usually lacks only the last few.
			for (const key of keys.sort((a, b) => b[1] - a[1])) {
				const entry = await openStored((await database.entries.get(key))!);
				const own = entry?.payload.updates.filter((update) => update.part === part) ?? [];
				if (own.length && own.at(-1)!.clock <= clock) break;
				updates.push(...own.map(({ update }) => update).reverse());
			}
			return updates.reverse();
		},
		partClock: async (did, part) => (await database.parts.get(`${did}/${part}`))?.clock ?? 0,
		partKeys: async () =>
			(await database.parts.toCollection().primaryKeys()).map((key) => {
				const [did, part] = key.split('/') as [string, string];
				return { did, part };
			}),
		async sign(op, hlc) {
			const head: MembershipHead = {
				wid: widBytes,
				did: device.did,
				publicKeys: device.publicKeys,
				prevs: membership.heads,
				hlc,
				op,
			};
			const bytes = encodeMembershipHead(head);
			const stored = await receiveMembership([{ head: bytes, sig: await sign(device, bytes) }]);
			return stored.ok ? ok(toHex(await entryId(bytes))) : stored;
		},
		receiveMembership,
		membershipEntries: async () =>
			(await database.membership.toArray()).map(({ head, sig }) => ({ head, sig })),
		epoch,
		epochKey: epochKeys[epoch]!,
		epochs: epochKeys,
		database,
		close: () => database.close(),
	});
}

interface Prepared {
	readonly stored: StoredEntry;
	readonly head: DataHead;
	readonly payload: Payload;
}

async function prepare(
	entry: SealedEntry,
	head: DataHead,
	payload: Payload,
	receivedAt: number,
): Promise<Prepared> {
	const parts = [...new Set(payload.updates.map(({ part }) => `${head.did}/${part}`))];
	const stored = {
		...entry,
		did: head.did,
		seq: head.seq,
		id: await entryId(entry.head),
		receivedAt,
		parts,
	};
	return { stored, head, payload };
}
