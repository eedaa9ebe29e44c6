/** Devices on disks in memory: the real log, documents, merge and data path, with tables in a map. Cheap enough for a million cases. */
import { systemClock } from '#core/clock.ts';
import { unwrap, type Result } from '#core/result.ts';
import { createDeviceKeys, type DeviceKeys } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import { foundWorkspace } from '#log/found.ts';
import { openLog, type Log } from '#log/log.ts';
import type { LogStore } from '#log/log-store.ts';
import { createMemoryStore } from '#log/memory-store.ts';
import type { MergedRow } from '#readmodel/merge.ts';
import { noCache, type DocumentCache } from '#replica/document.ts';
import { createReplica } from '#replica/replica.ts';
import { askToJoin, receiveNewcomer } from '#sync/admission.ts';
import { SEED_LENGTH, inviteKeys } from '#sync/invite.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { createStore, type Store } from '#workspace/store.ts';
import { createMemoryTables, type MemoryTables } from './memory-tables.ts';

const DAY = 86_400_000;

export interface MemoryDevice {
	readonly disk: LogStore;
	readonly store: Store;
	/** What its tables show. */
	readonly rows: ReadonlyMap<string, MergedRow>;
}

export async function foundInMemory(disk = createMemoryStore()): Promise<MemoryDevice> {
	const genesis = {
		...{ name: 'Test', language: 'en', currency: 'EUR', timeZone: 'UTC' },
		userName: 'Ann',
	};
	const wid = unwrap(await foundWorkspace(genesis, Date.now(), () => disk));
	return openInMemory(wid, disk);
}

export async function openInMemory(
	wid: string,
	disk: LogStore,
	clock = systemClock,
	{ rows, open }: MemoryTables = createMemoryTables(),
	caches: DocumentCache = noCache,
): Promise<MemoryDevice> {
	const log = unwrap(await openLog(wid, disk, clock));
	const source = { clock: log.partClock, updates: log.partUpdates };
	const replica = createReplica(wid, source, caches);
	const store = await createStore({ log, replica, clock, tables: open() });
	return { disk, store, rows };
}

export interface Wish {
	readonly uses?: number;
	readonly expiresAt?: number;
	readonly role?: 'editor' | 'viewer';
}

export interface NewInvite {
	readonly id: string;
	readonly seed: Uint8Array<ArrayBuffer>;
}

export async function inviteTo(log: Log, wish: Wish = {}): Promise<NewInvite> {
	const { uses = 1, expiresAt = Date.now() + 7 * DAY, role = 'editor' } = wish;
	const seed = randomBytes(SEED_LENGTH);
	const { publicKey } = await inviteKeys(seed);
	const op = { type: 'invite', role, uses, expiresAt, publicKey } as const;
	return { id: unwrap(await log.sign(op, Date.now())), seed };
}

/** A newcomer with these words at a door whose owner admits whoever gets as far as asking. */
export function ask(
	log: Log,
	inviteId: string,
	invite: { readonly wid: string; readonly seed: Uint8Array<ArrayBuffer> },
	device: DeviceKeys,
	disk = createMemoryStore(),
): Promise<Result<string>> {
	const [mine, theirs] = createMemoryLinks();
	receiveNewcomer(theirs, {
		log,
		inviteId,
		now: Date.now,
		onRequest: (request) => void request.admit().then(unwrap),
		onGone() {},
	});
	return askToJoin(mine, {
		...{ invite, device, name: 'Bo', now: Date.now },
		storeOf: () => disk,
		onCode() {},
	});
}

/** A further device, admitted over a real invite. */
export async function joinInMemory(owner: MemoryDevice, wish: Wish = {}): Promise<MemoryDevice> {
	const { log } = owner.store;
	const { id, seed } = await inviteTo(log, wish);
	const disk = createMemoryStore();
	unwrap(await ask(log, id, { wid: log.wid, seed }, await createDeviceKeys(), disk));
	return openInMemory(log.wid, disk);
}

/** Everything that a device holds and shows, as text. */
export function standing({ store, rows }: MemoryDevice): string {
	const { log } = store;
	const chains = Object.entries(log.vector()).sort();
	const members = log.membership.heads.map((head) => Buffer.from(head).toString('hex')).sort();
	const sorted = [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
	const sort = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
	const shown = sorted.map(({ id, v, s, c }) => [id, sort(v), s ?? null, sort(c)]);
	return JSON.stringify([chains, members, log.membershipEntries().length, shown]);
}
