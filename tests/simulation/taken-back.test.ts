/** Drills: a device that takes back what it said leaves everybody with the same, whenever they heard of it and whenever their power failed. */
import { describe, expect, test } from 'vitest';
import {
	LATER,
	didOf,
	failing,
	hand,
	older,
	open,
	rest,
	said,
	shown,
	team,
	type Say,
} from '#tests/support/drill.ts';
import { joinInMemory, standing } from '#tests/support/memory.ts';
import { createMemoryTables } from '#tests/support/memory-tables.ts';

const PART = 'r-0-g9';

const ways: Readonly<Record<string, readonly [(id: string) => Say, unknown]>> = {
	'says something older': [older, 'first'],
	'replaces less': [(id) => (cells) => cells.set(`${id}:notes`, ['later', LATER + 1, 0]), 'later'],
	'says it twice': [(id) => (cells) => cells.set(`${id}:notes`, ['twice', LATER, LATER]), 'twice'],
	'says what nobody can read': [(id) => (cells) => cells.set(`${id}:notes`, 'rubbish'), 'first'],
	'says nothing': [(id) => (cells) => cells.delete(`${id}:notes`), 'first'],
};

describe.each(Object.entries(ways))('a device that %s', (_, [back, left]) => {
	test('leaves the same with those who heard it and those who come later', async () => {
		const { ann, bo, id, say } = await team();
		await say(PART, said(id), back(id));
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
			const { ann, bo, id, say } = await team();
			await say(PART, said(id), back(id));
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
	const { ann, bo, say } = await team();
	const id = 'contact:bosbosbosbosbosb';
	const base =
		(name: string, at: number): Say =>
		(cells) =>
			cells.set(id, [JSON.stringify({ firstName: name }), at]);
	await say(PART, base('First', 1000), base('Second', 2000));
	await hand(bo, ann, 1, 1);
	await hand(bo, ann, 2);
	expect(ann.rows.get(id)).toMatchObject({ v: { firstName: 'Second' }, s: [2000, didOf(bo)] });
	const before = standing(ann);
	await ann.store.rebuild();
	expect(standing(ann)).toBe(before);
});

describe('a device that says a field again elsewhere, and less', () => {
	const elsewhere: Readonly<Record<string, (id: string) => readonly [string, Say]>> = {
		'as a beginning': (id) => [
			PART,
			(cells) => cells.set(id, [JSON.stringify({ notes: 'again' }), LATER + 1]),
		],
		'in another document': (id) => [
			'r-1-g9',
			(cells) => cells.set(`${id}:notes`, ['again', LATER + 1, 0]),
		],
	};
	test.each(Object.entries(elsewhere))('%s', async (_, again) => {
		const { ann, bo, id, say } = await team();
		await say(PART, said(id));
		await say(...again(id));
		const cy = await joinInMemory(ann);
		await hand(bo, ann);
		await hand(bo, cy);
		await hand(ann, cy);
		expect(standing(cy)).toBe(standing(ann));
		expect(ann.rows.get(id)?.c.notes).toHaveLength(2);
		await ann.store.rebuild();
		expect(standing(cy)).toBe(standing(ann));
	});
});
