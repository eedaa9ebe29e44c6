/** What a member can sign and seal correctly and still mean as harm: nobody else's workspace may stop for it. */
import * as Y from 'yjs';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '#core/bytes.ts';
import { createHybridClock } from '#core/hlc.ts';
import { unwrap } from '#core/result.ts';
import { createRecord, updateRecord } from '#commands/records.ts';
import { entities } from '#entities/registry.ts';
import { emptyRow, mergeCell } from '#readmodel/merge.ts';
import { createView } from '#readmodel/open-view.ts';
import { fingerprintView } from '#readmodel/fingerprint.ts';
import { decodeCell } from '#replica/cell.ts';
import { isOwnUpdate } from '#replica/check.ts';
import type { PartChange } from '#replica/replica.ts';
import { openStore, type BrowserStore as Store } from '#workspace/open-store.ts';
import { newStore, nextScope } from '#tests/support/store.ts';

const intent = { verb: 'update', entity: 'contact', count: 1 };

/** A document of the harmful device, written without the checks of the real one. */
function harmful(cells: Readonly<Record<string, unknown>>): Omit<PartChange, 'part'> {
	const doc = new Y.Doc();
	doc.clientID = 1;
	for (const [key, cell] of Object.entries(cells)) doc.getMap('c').set(key, cell);
	const update = Y.encodeStateAsUpdate(doc) as Bytes;
	return { from: 0, clock: Y.getState(doc.store, 1), update };
}

/** Stored as `receive` would have stored it, then opened as after a restart. */
async function reopenedWith(updates: readonly PartChange[], hlc = Date.now()): Promise<Store> {
	const scope = nextScope();
	const store = await newStore(scope);
	unwrap(await store.log.write('edit', hlc, { intent, updates }));
	await store.close();
	return unwrap(await openStore(store.log.wid, { scope }));
}

async function works(store: Store): Promise<void> {
	const id = unwrap(await createRecord(store.context, 'contact', { firstName: 'Li' }));
	unwrap(await updateRecord(store.context, id, { jobTitle: 'Engineer' }));
	await store.rebuild();
	const view = createView(store.view, store.search.find);
	expect((await view.get(id))?.fields).toMatchObject({ firstName: 'Li', jobTitle: 'Engineer' });
	for (const { name } of entities) {
		await view.query(name);
		await view.query(name, { deleted: true });
	}
	expect(await fingerprintView(store.view)).toMatch(/^[0-9a-f]{16}$/);
	await store.close();
}

describe('what a harmful member signs', () => {
	test('values of every wrong kind in every field of every entity', async () => {
		const wrong: unknown[] = [
			null,
			7,
			-1e308,
			true,
			{},
			{ toString: 5, length: 3 },
			[],
			[null],
			[{}],
			[[[]]],
			'\u0000\ud800',
			5n,
			Uint8Array.of(1),
			undefined,
		];
		const cells: Record<string, unknown> = {};
		for (const entity of entities)
			wrong.forEach((value, i) => {
				const id = `${entity.name}:wrong${String(i).padStart(11, '0')}`;
				cells[id] = ['{}', 1];
				for (const field of [...Object.keys(entity.fields), 'deleted', 'unknown'])
					cells[`${id}:${field}`] = [value, 2, 1];
			});
		await works(await reopenedWith([{ part: 'r-0', ...harmful(cells) }]));
	});

	test('fields named like what every object has', async () => {
		const id = 'contact:aaaaaaaaaaaaaaaa';
		const names = [
			'toString',
			'valueOf',
			'hasOwnProperty',
			'__proto__',
			'constructor',
			'__defineGetter__',
		];
		const base = `{${names.map((name) => `"${name}":"x"`).join(',')},"firstName":"A"}`;
		const cells = Object.fromEntries(names.map((name) => [`${id}:${name}`, ['x', 2, 1]]));
		await works(await reopenedWith([{ part: 'r-0', ...harmful({ [id]: [base, 1], ...cells }) }]));
	});

	test('bytes that are no update of a document, and a clock that lies', async () => {
		const update = Uint8Array.of(255, 255, 255, 255, 255, 255, 1);
		await works(await reopenedWith([{ part: 'r-1', from: 0, update, clock: 5 }]));
		const lie = {
			...harmful({ 'contact:bbbbbbbbbbbbbbbb': ['{"firstName":"B"}', 1] }),
			clock: 900,
		};
		await works(await reopenedWith([{ part: 'r-1', ...lie }]));
	});

	test('a value that follows one to come, stands in a place that is none, or nests without end', async () => {
		const ids = { follows: [1, 5], before: [1, 0] } as const;
		/** One item for the map, written byte by byte: flags, then what they announce. */
		const update = (info: number, place: readonly number[], value: readonly number[]) =>
			Uint8Array.from([1, 1, 1, 0, info, ...place, 1, ...value, 0]);
		const key = [1, 1, 99, 1, 120];
		const deep = [...Array.from({ length: 5000 }, () => [117, 1]).flat(), 126];
		const bad = [
			update(0x88, ids.follows, [126]),
			update(0x48, ids.before, [126]),
			update(0x28, [0, 1, 0, 1, 120], [126]),
			update(0x28, key, deep),
		];
		const updates = bad.map((bytes, i) => ({ part: `r-${i}`, from: 0, clock: 1, update: bytes }));
		await works(await reopenedWith(updates));
	});

	test('values that follow none of the former ones are refused: Yjs would walk over all of them, each time', async () => {
		const one = [0x28, 1, 1, 99, 1, 120, 1, 126];
		const update = (items: number) =>
			Uint8Array.from([1, items, 1, 0, ...Array(items).fill(one).flat(), 0]);
		const never = () => false;
		expect(isOwnUpdate(update(1), 0, 1, never)).toBe(true);
		expect(isOwnUpdate(update(2), 0, 2, never)).toBe(false);
		expect(isOwnUpdate(update(1), 0, 1, (key) => key === 'x')).toBe(false);
	});

	test('a stamp at the end of all numbers moves nobody else there', async () => {
		const clock = createHybridClock(() => 1000);
		clock.observe(Number.MAX_SAFE_INTEGER);
		expect(clock.next()).toBe(1000);
		clock.observe(5000);
		expect(clock.next()).toBe(5001);
	});

	test('cells that claim to have seen what comes after them: the order still decides nothing', () => {
		const id = 'contact:cccccccccccccccc';
		const cell = (did: string, hlc: number, seen: number) => ({
			...{ id, did, hlc, field: 'notes', value: did, seen },
		});
		const cells = [cell('ann', 5, 9), cell('bo', 7, 9), cell('eve', 6, 1e15)];
		const rows = [cells, [...cells].reverse()].map((order) => {
			const row = emptyRow(id);
			for (const one of order) mergeCell(row, one);
			return row;
		});
		expect(rows[0]).toEqual(rows[1]);
		expect(decodeCell(`${id}:toString`, ['x', 2, 1], 'eve')).toBeUndefined();
	});
});
