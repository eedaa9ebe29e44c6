/**
 * One device in the simulation: the real log, documents, merge, data path and engine, on a disk in memory that a kill can
 * interrupt. Its tables are a map of rows, merged by the real merge.
 */
import { unwrap } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { succeedDevice } from '#log/found.ts';
import { openLog } from '#log/log.ts';
import type { LogStore } from '#log/log-store.ts';
import { isSpent } from '#log/membership.ts';
import { createMemoryStore } from '#log/memory-store.ts';
import type { MergedRow } from '#readmodel/merge.ts';
import { noCache } from '#replica/document.ts';
import { createReplica } from '#replica/replica.ts';
import { createEngine, type Engine } from '#sync/engine.ts';
import { createStore, type Store } from '#workspace/store.ts';
import { createMemoryTables } from '#tests/support/memory-tables.ts';
import type { World } from './world.ts';

export interface SimDevice {
	readonly name: string;
	readonly wid: string;
	readonly did: Did;
	readonly disk: LogStore;
	readonly running: boolean;
	readonly store: Store;
	readonly engine: Engine;
	readonly rows: ReadonlyMap<string, MergedRow>;
	/** Everything in memory is gone; what the disk was about to write is written or not. */
	kill(): void;
	/** Power fails at so many calls of the disk from now. */
	killIn(calls: number): void;
	/** Power has failed. */
	readonly dead: boolean;
	start(): Promise<void>;
}

export interface SimOptions {
	readonly name: string;
	readonly wid: string;
	readonly disk: LogStore;
	/** Milliseconds that its clock is off. */
	readonly skew: number;
}

export function createSimDevice(world: World, { name, wid, disk, skew }: SimOptions): SimDevice {
	const clock = () => world.now() + skew;
	const memory = createMemoryTables();
	let running: { store: Store; engine: Engine; killed: Fate } | undefined;

	const need = () => {
		if (!running) throw new Error(`${name} is switched off`);
		return running;
	};

	return {
		name,
		wid,
		disk,
		rows: memory.rows,
		get did() {
			return need().store.log.device.did;
		},
		get running() {
			return running !== undefined;
		},
		get store() {
			return need().store;
		},
		get engine() {
			return need().engine;
		},
		kill() {
			if (!running) return;
			running.killed.yes = true;
			running.engine.close();
			running = undefined;
		},
		killIn(calls) {
			need().killed.left = calls;
		},
		get dead() {
			return running?.killed.yes ?? true;
		},
		async start() {
			const killed: Fate = { yes: false, left: Infinity };
			const own = mortal(disk, killed, world);
			let log = unwrap(await openLog(wid, own, clock));
			if (isSpent(log.membership, log.device.did)) {
				unwrap(await succeedDevice(wid, own, clock()));
				log = unwrap(await openLog(wid, own, clock));
			}
			const replica = createReplica(
				wid,
				{ clock: log.partClock, updates: log.partUpdates },
				noCache,
			);
			const tables = memory.open(() => (killed.yes ? new Promise(() => {}) : undefined));
			const store = await createStore({ log, replica, clock, tables });
			const engine = await createEngine(store, { clock });
			store.onChange(engine.announce);
			store.holdWhile(() => engine.catchingUpWithItself);
			running = { store, engine, killed };
		},
	};
}

interface Fate {
	yes: boolean;
	/** Calls of the disk until power fails. */
	left: number;
}

/** A disk whose machine can lose power: from then on nothing answers, and a write that was under way is on it or is not. */
function mortal(disk: LogStore, killed: Fate, world: World): LogStore {
	const never = new Promise<never>(() => {});
	const guarded = Object.fromEntries(
		Object.entries(disk).map(([name, call]) => [
			name,
			async (...args: unknown[]) => {
				if (--killed.left <= 0) killed.yes = true;
				if (killed.yes && name !== 'close') {
					if (name === 'write' && world.random.next() < 0.5) await call(...(args as []));
					return never;
				}
				return call(...(args as [])) as unknown;
			},
		]),
	);
	return guarded as unknown as LogStore;
}

export const newDisk = createMemoryStore;

/** What a device holds, as text: equal on devices that hold the same. */
export function fingerprint(device: SimDevice): string {
	const live = [...device.rows.values()].filter((row) => row.s || Object.keys(row.c).length);
	live.sort((a, b) => (a.id < b.id ? -1 : 1));
	return JSON.stringify(live.map(({ id, v, s, c }) => [id, sorted(v), s ?? null, sorted(c)]));
}

const sorted = (object: Record<string, unknown>) =>
	Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));

/** Where a device holds it: in the tables, or in bodies of chains but these. */
export async function placesOf(
	device: SimDevice,
	text: string,
	except: ReadonlySet<Did>,
): Promise<readonly string[]> {
	const { log } = device.store;
	const places = fingerprint(device).includes(text) ? ['tables'] : [];
	for (const did of Object.keys(log.vector()).filter((one) => !except.has(one)))
		for await (const entry of log.opened(did, 1))
			for (const { part, update } of entry.payload.updates)
				if (Buffer.from(update).includes(text)) places.push(`${did} ${entry.seq} ${part}`);
	return places;
}
