/** Drills: the tables follow the log, whenever power fails or the disk refuses between the two. */
import { describe, expect, test, vi } from 'vitest';
import { createRecord } from '#commands/records.ts';
import { fail, unwrap } from '#core/result.ts';
import { encodeMembershipHead } from '#log/entry.ts';
import { cutsOf } from '#log/cuts.ts';
import { openLog } from '#log/log.ts';
import { sign } from '#crypto/device.ts';
import {
	LATER,
	createMemoryCaches,
	didOf,
	failing,
	guarded,
	hand,
	older,
	open,
	openUntil,
	rest,
	retire,
	said,
	shown,
	team,
	voiceOf,
	type Say,
} from '#tests/support/drill.ts';
import { foundInMemory, type MemoryDevice } from '#tests/support/memory.ts';
import { createMemoryTables } from '#tests/support/memory-tables.ts';

const PART = 'r-0-g9';

const begins =
	(id: string): Say =>
	(cells) =>
		cells.set(id, [JSON.stringify({ firstName: id }), LATER]);

const full = () => new DOMException('The disk is full', 'QuotaExceededError');

test('a cut is followed although the power fails after the log has carried it out', async () => {
	const { ann, bo, id, say } = await team();
	await say(PART, said(id));
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

test('a rewriting that says less is followed although the power fails after the log has carried it out', async () => {
	const { ann, bo, id, say } = await team();
	await say(PART, said(id));
	await hand(bo, ann);
	const memory = createMemoryTables();
	const isEnded = (one: MemoryDevice) => one.store.log.retiredPartsOf(didOf(bo)).includes(PART);
	const before = await openUntil(ann, memory, isEnded);
	await retire(bo, PART);
	void hand(bo, before, 2);
	await rest();
	expect(isEnded(before)).toBe(true);
	expect(shown(before, id)?.notes).toBe('said');
	const after = await open(ann, memory);
	expect(shown(after, id)?.notes).toBe('first');
});

test('what was stored and not shown when the power failed is shown, also where a cut takes away some of it', async () => {
	const { ann, bo, say } = await team();
	const ids = ['a', 'b', 'c'].map((letter) => `contact:${letter.repeat(16)}`);
	await say(PART, ...ids.map(begins));
	const memory = createMemoryTables();
	await hand(bo, await open(ann, memory), 1, 1);
	const cut = { yes: false };
	const before = await open(
		ann,
		failing(memory, () => cut.yes),
	);
	cut.yes = true;
	void hand(bo, before, 2);
	await rest();
	expect(before.store.log.chain(didOf(bo))?.applied).toBe(3);
	const log = unwrap(await openLog(ann.store.log.wid, ann.disk));
	const { id: head } = (await log.store.get(didOf(bo), 2))!;
	const cuts = { [didOf(bo)]: { seq: 2, head } };
	unwrap(await log.sign({ type: 'revoke', cuts }, Date.now()));
	const after = await open(ann, memory);
	expect(ids.map((id) => shown(after, id)?.firstName)).toEqual([ids[0], ids[1], undefined]);
});

test('what the tables did not take once is not passed over by a rewriting', async () => {
	const ann = await foundInMemory();
	const memory = createMemoryTables();
	let refuses = false;
	const one = await open(
		ann,
		guarded(memory, (name, [cells]) => {
			if (!refuses || name !== 'project' || !(cells as unknown[]).length) return;
			refuses = false;
			throw new Error('Not this time.');
		}),
	);
	const said = vi.spyOn(console, 'error').mockImplementation(() => {});
	refuses = true;
	const { context, log } = one.store;
	const id = unwrap(await createRecord(context, 'contact', { firstName: 'A' }));
	expect([shown(one, id), said.mock.calls.length]).toEqual([undefined, 1]);
	said.mockRestore();
	unwrap(await one.store.rewrite(log.partsOf(didOf(one))));
	await vi.waitFor(() => expect(shown(one, id)?.firstName).toBe('A'), 10_000);
});

test('a full disk keeps nobody from opening what waits for a rewriting to be carried out', async () => {
	const { ann, bo, id, say } = await team();
	await say(PART, said(id));
	const memory = createMemoryTables();
	const one = await open(ann, memory);
	await hand(bo, one);
	await retire(bo, PART);
	vi.spyOn(one.store.log, 'retire').mockResolvedValue(fail('Storage', 'The disk is full.'));
	await hand(bo, one, 2);
	let isFull = true;
	const write: typeof ann.disk.write = async (change) => {
		if (isFull) throw full();
		return ann.disk.write(change);
	};
	const tables = guarded(memory, (name) => {
		if (isFull && (name === 'project' || name === 'remake')) throw full();
	});
	const after = await open({ ...ann, disk: { ...ann.disk, write } }, tables);
	expect(after.store.unsaved.state()?.failure.storage).toBe('full');
	isFull = false;
	unwrap(await after.store.unsaved.retry());
	expect(after.store.log.retiredPartsOf(didOf(bo))).toContain(PART);
	await after.store.settled(async () => {});
	expect(shown(after, id)?.notes).toBe('first');
});

describe('caches are never ahead of what the tables know to be taken back', () => {
	test('when rows are made again at a start', async () => {
		const { ann, bo, id, say } = await team();
		await say(PART, said(id), older(id));
		const memory = createMemoryTables();
		const caches = createMemoryCaches();
		const one = await open(ann, memory, caches);
		await hand(bo, one, 1, 1);
		// One without effect makes the rows of its records be made again.
		const { device, membership } = bo.store.log;
		const head = encodeMembershipHead({
			...{ wid: membership.wid, did: device.did, publicKeys: device.publicKeys },
			...{ prevs: membership.heads, hlc: Date.now() },
			op: { type: 'erase', ids: ['contact:zzzzzzzzzzzzzzzz'] },
		});
		const erasure = { head, sig: await sign(device, head) };
		unwrap(await one.store.log.receiveMembership([erasure]));
		await one.store.settled(async () => {});
		expect(shown(one, id)?.notes).toBe('said');
		await one.store.close();
		const cut = { yes: false };
		const two = await open(
			ann,
			failing(memory, () => cut.yes),
			caches,
		);
		cut.yes = true;
		void hand(bo, two, 2);
		await rest();
		void open(
			ann,
			failing(memory, (call) => call === 'project'),
			caches,
		);
		await rest(200);
		expect(shown(await open(ann, memory, caches), id)?.notes).toBe('first');
	});

	test('when the tables refuse something and rows are made again before they are asked once more', async () => {
		const { ann, bo, id, say } = await team();
		const other = 'contact:bbbbbbbbbbbbbbbb';
		await say(PART, said(id), older(id));
		await say('r-2-g9', (cells) => cells.set(`${other}:notes`, ['x', LATER, LATER]));
		await retire(bo, 'r-2-g9');
		const memory = createMemoryTables();
		const caches = createMemoryCaches();
		const state = { refuses: false, dead: false };
		const tables = guarded(memory, (name) => {
			if (state.dead) return new Promise(() => {});
			if (name === 'remake') setTimeout(() => (state.dead = true));
			if (!state.refuses || name !== 'project') return undefined;
			state.refuses = false;
			throw full();
		});
		const one = await open(ann, tables, caches);
		await hand(bo, one, 1, 1);
		expect(shown(one, id)?.notes).toBe('said');
		state.refuses = true;
		void hand(bo, one, 2);
		await rest(200);
		expect(shown(await open(ann, memory, caches), id)?.notes).toBe('first');
	});
});

describe('rows that are put in doubt again and again', () => {
	async function doubted() {
		const { ann, bo, id, say } = await team();
		const time = { now: Date.now(), step: 0 };
		const clock = () => (time.now += time.step);
		const one = await open(ann, createMemoryTables(), undefined, clock);
		const repeated = [said(id), older(id), said(id), older(id)];
		await say(PART, ...repeated);
		await hand(bo, one, 1, 1);
		// Making them again has cost something.
		time.step = 20;
		await hand(bo, one, 2, 2);
		time.step = 0;
		expect(shown(one, id)?.notes).toBe('first');
		await hand(bo, one, 3, 3);
		await hand(bo, one, 4, 4);
		expect(shown(one, id)?.notes).toBe('said');
		return { one, id, time };
	}

	test('rest, and are made again in the end, however the clock goes', async () => {
		const { one, id, time } = await doubted();
		let changes = 0;
		one.store.onChange(() => changes++);
		await rest(1500);
		// The timer is over, and by the clock the rest is not.
		expect(shown(one, id)?.notes).toBe('said');
		time.now += 60_000;
		await vi.waitFor(() => expect(shown(one, id)?.notes).toBe('first'), 10_000);
		expect(changes).toBeGreaterThan(0);
	});

	test('are true for whoever looks at all of them', async () => {
		const { one, id } = await doubted();
		const { remade } = one.store;
		expect(await one.store.settled(async () => shown(one, id)?.notes)).toBe('first');
		expect(one.store.remade).toBeGreaterThan(remade);
	});

	test('are made again once for many rewritings that say less', async () => {
		const { ann, bo, id } = await team();
		const say = voiceOf(bo);
		const parts = Array.from({ length: 20 }, (_, i) => `r-${i % 16}-g${10 + i}`);
		for (const [i, part] of parts.entries())
			await say(part, (cells) => cells.set(`${id}:notes`, [`said ${i}`, LATER + i, LATER]));
		await hand(bo, ann);
		for (const part of parts) await retire(bo, part);
		const { remade } = ann.store;
		await hand(bo, ann, parts.length + 1);
		expect(ann.store.remade - remade).toBeLessThan(3);
		expect(shown(ann, id)?.notes).toBe('first');
	});
});
