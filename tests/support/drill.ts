/** For drills: what a device says word by word, and machines whose power fails or whose disk is full at a chosen moment. */
import * as Y from 'yjs';
import type { Bytes } from '#core/bytes.ts';
import { createRecord } from '#commands/records.ts';
import { systemClock, type Clock } from '#core/clock.ts';
import { unwrap } from '#core/result.ts';
import type { DocumentCache } from '#replica/document.ts';
import type { Tables } from '#workspace/projecting.ts';
import { foundInMemory, joinInMemory, openInMemory, type MemoryDevice } from './memory.ts';
import { type MemoryTables } from './memory-tables.ts';

export type Say = (cells: Y.Map<unknown>) => unknown;

export const intent = { verb: 'update', entity: 'contact', count: 1 };
/** Later than all that is written in a drill. */
export const LATER = Date.now() + 60_000;

/** Bo's word on a record's notes, and one that takes it back. */
export const said =
	(id: string): Say =>
	(cells) =>
		cells.set(`${id}:notes`, ['said', LATER, LATER]);
export const older =
	(id: string): Say =>
	(cells) =>
		cells.set(`${id}:notes`, ['older', 1, 0]);

export const didOf = ({ store }: MemoryDevice) => store.log.device.did;
export const shown = ({ rows }: MemoryDevice, id: string) => rows.get(id)?.v;
export const rest = (ms = 50) => new Promise((resolve) => setTimeout(resolve, ms));

/** Says in a document, one entry for each step. */
export type Voice = (part: string, ...steps: readonly Say[]) => Promise<void>;

export function voiceOf({ store: { log } }: MemoryDevice, as = () => intent): Voice {
	const docs = new Map<string, Y.Doc>();
	return async (part, ...steps) => {
		const doc = docs.get(part) ?? new Y.Doc();
		docs.set(part, doc);
		for (const step of steps) {
			doc.clientID = 1;
			const [from, before] = [Y.getState(doc.store, 1), Y.encodeStateVector(doc)];
			step(doc.getMap('c'));
			const update = Y.encodeStateAsUpdate(doc, before) as Bytes;
			const updates = [{ part, from, clock: Y.getState(doc.store, 1), update }];
			unwrap(await log.write('edit', Date.now(), { intent: as(), updates }));
		}
	};
}

/** Ends documents without saying anew what they say. */
export const retire = async ({ store: { log } }: MemoryDevice, part: string) =>
	unwrap(await log.write('base', Date.now(), { intent, updates: [], retires: [part] }));

/** What one knows of people, and a piece of its own chain. */
export async function hand(from: MemoryDevice, to: MemoryDevice, first = 1, last?: number) {
	const { log } = from.store;
	unwrap(await to.store.log.receiveMembership(log.membershipEntries()));
	const end = last ?? log.chain(didOf(from))?.seq ?? 0;
	unwrap(await to.store.receive(await log.entries(didOf(from), first, end, 1 << 20)));
}

/** Ann has written a record with the notes 'first', which Bo has seen. */
export async function team() {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const fields = { firstName: 'Ann’s', notes: 'first' };
	const id = unwrap(await createRecord(ann.store.context, 'contact', fields));
	await hand(ann, bo);
	return { ann, bo, id, say: voiceOf(bo) };
}

/** The same disk with these tables and caches, as after a restart. */
export const open = (
	{ store, disk }: MemoryDevice,
	memory: MemoryTables,
	caches?: DocumentCache,
	clock: Clock = systemClock,
) => openInMemory(store.log.wid, disk, clock, memory, caches);

type Call = (...args: unknown[]) => unknown;

/** Tables of which each call goes through `guard` first. */
export const guarded = (
	memory: MemoryTables,
	guard: (name: string, args: readonly unknown[]) => unknown,
): MemoryTables => ({
	rows: memory.rows,
	open: () =>
		Object.fromEntries(
			Object.entries(memory.open()).map(([name, call]) => [
				name,
				async (...args: unknown[]) => {
					await guard(name, args);
					return (call as Call)(...args);
				},
			]),
		) as unknown as Tables,
});

/** Tables whose machine loses power at the first call of which this holds: from then on nothing answers. */
export function failing(memory: MemoryTables, dies: (call: string) => boolean): MemoryTables {
	let dead = false;
	return guarded(memory, (name) => {
		dead ||= dies(name);
		return dead ? new Promise(() => {}) : undefined;
	});
}

/** The tables' power fails as soon as this holds. */
export async function openUntil(
	one: MemoryDevice,
	memory: MemoryTables,
	holds: (one: MemoryDevice) => boolean,
) {
	const opened: MemoryDevice[] = [];
	opened.push(
		await open(
			one,
			failing(memory, () => opened.some(holds)),
		),
	);
	return opened[0]!;
}

/** Caches that survive a restart, as those in a browser do. */
export function createMemoryCaches(): DocumentCache {
	const all = new Map<string, Bytes[]>();
	return {
		async open(name) {
			const kept = all.get(name) ?? [];
			all.set(name, kept);
			const doc = new Y.Doc({ guid: 'part' });
			for (const update of kept) Y.applyUpdate(doc, update);
			const keep = async (updates: readonly Bytes[]) => void kept.push(...updates);
			return [doc, { origin: all, keep, async close() {} }];
		},
		clear: async (name) => void all.delete(name),
	};
}
