/** Drills: a device that takes back what it said leaves everybody with the same, whenever they heard of it and whenever their power failed. */
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { createRecord } from '#commands/records.ts';
import type { Bytes } from '#core/bytes.ts';
import { systemClock } from '#core/clock.ts';
import { unwrap } from '#core/result.ts';
import { cutsOf } from '#log/cuts.ts';
import type { Tables } from '#workspace/projecting.ts';
import {
	foundInMemory,
	joinInMemory,
	openInMemory,
	standing,
	type MemoryDevice,
} from '#tests/support/memory.ts';
import { createMemoryTables, type MemoryTables } from '#tests/support/memory-tables.ts';

type Cells = Y.Map<unknown>;

const intent = { verb: 'update', entity: 'contact', count: 1 };
const PART = 'r-0-g9';

/** Bo's entries, each saying one thing more in the same document. */
async function say(bo: MemoryDevice, ...steps: readonly ((cells: Cells) => void)[]): Promise<void> {
	const doc = new Y.Doc();
	doc.clientID = 1;
	for (const step of steps) {
		const [from, before] = [Y.getState(doc.store, 1), Y.encodeStateVector(doc)];
		step(doc.getMap('c'));
		const update = Y.encodeStateAsUpdate(doc, before) as Bytes;
		const updates = [{ part: PART, from, clock: Y.getState(doc.store, 1), update }];
		unwrap(await bo.store.log.write('edit', Date.now(), { intent, updates }));
	}
}

const didOf = ({ store }: MemoryDevice) => store.log.device.did;

async function hand(from: MemoryDevice, to: MemoryDevice, first = 1, last?: number) {
	unwrap(await to.store.log.receiveMembership(from.store.log.membershipEntries()));
	const { log } = from.store;
	const end = last ?? log.chain(didOf(from))?.seq ?? 0;
	unwrap(await to.store.receive(await log.entries(didOf(from), first, end, 1 << 20)));
}

const shown = ({ rows }: MemoryDevice, id: string) => rows.get(id)?.v;

/** Ann wrote a record with notes at 1000, which Bo has seen. */
async function team() {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const id = unwrap(
		await createRecord(ann.store.context, 'contact', { firstName: 'Ann’s', notes: 'first' }),
	);
	await hand(ann, bo);
	return { ann, bo, id };
}

const now = Date.now() + 60_000;
const ways: Readonly<Record<string, readonly [(id: string) => (cells: Cells) => void, unknown]>> = {
	'says something older': [(id) => (cells) => cells.set(`${id}:notes`, ['older', 1, 0]), 'first'],
	'replaces less': [(id) => (cells) => cells.set(`${id}:notes`, ['later', now + 1, 0]), 'later'],
	'says it twice': [(id) => (cells) => cells.set(`${id}:notes`, ['twice', now, now]), 'twice'],
	'says what nobody can read': [(id) => (cells) => cells.set(`${id}:notes`, 'rubbish'), 'first'],
	'says nothing': [(id) => (cells) => cells.delete(`${id}:notes`), 'first'],
};

describe.each(Object.entries(ways))('a device that %s', (_, [back, left]) => {
	const said = (id: string) => (cells: Cells) => cells.set(`${id}:notes`, ['said', now, now]);

	test('leaves the same with those who heard it and those who come later', async () => {
		const { ann, bo, id } = await team();
		await say(bo, said(id), back(id));
		const cy = await joinInMemory(ann);
		await hand(ann, cy);
		await hand(bo, ann, 1, 1);
		expect(shown(ann, id)?.notes).toBe('said');
		await hand(bo, ann, 2);
		await hand(bo, cy);
		for (const one of [ann, cy]) expect(shown(one, id)?.notes).toBe(left);
		await hand(ann, cy);
		expect(standing(cy)).toBe(standing(ann));
		await ann.store.rebuild();
		expect(standing(cy)).toBe(standing(ann));
	});

	test.each(['project', 'remake'] as const)(
		'leaves the same with whose power fails at the tables’ %s',
		async (call) => {
			const { ann, bo, id } = await team();
			await say(bo, said(id), back(id));
			await hand(bo, ann, 1, 1);
			const memory = createMemoryTables();
			const cut = { yes: false };
			const before = await open(
				ann,
				failing(memory, (name) => cut.yes && name === call),
			);
			expect(shown(before, id)?.notes).toBe('said');
			cut.yes = true;
			void hand(bo, before, 2);
			await rest();
			const after = await open(ann, memory);
			expect(shown(after, id)?.notes).toBe(left);
		},
	);
});

test('another beginning of a record takes the place of the first one with all', async () => {
	const { ann, bo } = await team();
	const id = 'contact:bosbosbosbosbosb';
	const base = (name: string, at: number) => (cells: Cells) =>
		cells.set(id, [JSON.stringify({ firstName: name }), at]);
	await say(bo, base('First', 1000), base('Second', 2000));
	await hand(bo, ann, 1, 1);
	await hand(bo, ann, 2);
	expect(ann.rows.get(id)).toMatchObject({ v: { firstName: 'Second' }, s: [2000, didOf(bo)] });
	const before = standing(ann);
	await ann.store.rebuild();
	expect(standing(ann)).toBe(before);
});

test('rows follow a cut although the power fails after the log has carried it out', async () => {
	const { ann, bo, id } = await team();
	await say(bo, (cells) => cells.set(`${id}:notes`, ['said', now, now]));
	const cuts = cutsOf(ann.store.log, [didOf(bo)]);
	await hand(bo, ann);
	const memory = createMemoryTables();
	const { log } = ann.store;
	const isCut = (one: MemoryDevice) => one.store.log.chain(didOf(bo))?.applied === 0;
	const before = await openUntil(ann, memory, isCut);
	expect(shown(before, id)?.notes).toBe('said');
	unwrap(await log.sign({ type: 'revoke', cuts }, Date.now()));
	unwrap(await before.store.log.receiveMembership(log.membershipEntries()));
	await rest();
	expect(isCut(before)).toBe(true);
	expect(shown(before, id)?.notes).toBe('said');
	const after = await open(ann, memory);
	expect(shown(after, id)?.notes).toBe('first');
});

test('rows follow a rewriting that says less although the power fails after the log has carried it out', async () => {
	const { ann, bo, id } = await team();
	await say(bo, (cells) => cells.set(`${id}:notes`, ['said', now, now]));
	await hand(bo, ann);
	const memory = createMemoryTables();
	const isEnded = (one: MemoryDevice) => one.store.log.retiredPartsOf(didOf(bo)).includes(PART);
	const before = await openUntil(ann, memory, isEnded);
	const lie = { intent, updates: [], retires: [PART], obsolete: [] };
	unwrap(await bo.store.log.write('base', Date.now(), lie));
	void hand(bo, before, 2);
	await rest();
	expect(isEnded(before)).toBe(true);
	expect(shown(before, id)?.notes).toBe('said');
	const after = await open(ann, memory);
	expect(shown(after, id)?.notes).toBe('first');
});

/** The same disk with these tables, as after a restart. */
const open = ({ store, disk }: MemoryDevice, memory: MemoryTables) =>
	openInMemory(store.log.wid, disk, systemClock, memory);

/** The tables' power fails as soon as this holds. */
async function openUntil(
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

/** Tables whose machine loses power at the first call of which this holds: from then on nothing answers. */
function failing(memory: MemoryTables, dies: (call: string) => boolean): MemoryTables {
	let dead = false;
	const guarded = (tables: Tables) =>
		Object.fromEntries(
			Object.entries(tables).map(([name, call]) => [
				name,
				async (...args: unknown[]) => {
					dead ||= dies(name);
					return dead ? new Promise(() => {}) : (call as (...all: unknown[]) => unknown)(...args);
				},
			]),
		) as unknown as Tables;
	return { rows: memory.rows, open: () => guarded(memory.open()) };
}

const rest = () => new Promise((resolve) => setTimeout(resolve, 50));
