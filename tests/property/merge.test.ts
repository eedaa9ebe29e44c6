/** The laws of the merge: any order, any duplication, and rebuilding from the current cells give the same row. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { emptyRow, mergeAll, mergeCell, seenOf, type MergedRow } from '#readmodel/merge.ts';
import { isBase, keyOfCell, type Cell } from '#replica/cell.ts';

const ID = 'contact:0123456789abcdef';
const DEVICES = ['ann', 'bo', 'chen'] as const;
const FIELDS = ['firstName', 'email', 'deleted', 'unknownToUs'] as const;

type Step =
	| { do: 'create'; device: number; fields: Record<string, string> }
	| { do: 'edit'; device: number; field: number; value: number }
	| { do: 'deliver'; from: number; to: number; count: number };

const device = fc.nat(DEVICES.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 1,
		arbitrary: fc.record({
			do: fc.constant('create' as const),
			device,
			fields: fc.dictionary(fc.constantFrom(...FIELDS), fc.constantFrom('x', 'y')),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constant('edit' as const),
			device,
			field: fc.nat(FIELDS.length - 1),
			value: fc.nat(3),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constant('deliver' as const),
			from: device,
			to: device,
			count: fc.integer({ min: 1, max: 5 }),
		}),
	},
);

/** What honest devices write when they see each other's cells in chain order, sometimes late. */
function history(steps: readonly Step[]): { cells: Cell[]; rows: MergedRow[] } {
	const chains: Cell[][] = DEVICES.map(() => []);
	const rows = DEVICES.map(() => emptyRow(ID));
	const got = DEVICES.map(() => DEVICES.map(() => 0));
	const latest = DEVICES.map(() => 0);
	const write = (who: number, cell: Cell) => {
		chains[who]!.push(cell);
		got[who]![who] = chains[who]!.length;
		mergeCell(rows[who]!, cell);
	};
	for (const one of steps) {
		if (one.do === 'deliver') {
			const start = got[one.to]![one.from]!;
			for (const cell of chains[one.from]!.slice(start, start + one.count)) {
				if (one.to !== one.from) mergeCell(rows[one.to]!, cell);
				latest[one.to] = Math.max(latest[one.to]!, cell.hlc);
				if (one.to !== one.from) got[one.to]![one.from]!++;
			}
			continue;
		}
		const who = one.device;
		const hlc = ++latest[who]!;
		const did = DEVICES[who]!;
		const created = chains[who]!.some(isBase);
		if (one.do === 'create' && !rows[who]!.s && !created)
			write(who, { id: ID, did, hlc, fields: one.fields });
		else if (one.do === 'edit' && rows[who]!.s) {
			const field = FIELDS[one.field]!;
			write(who, { id: ID, did, hlc, field, value: one.value, seen: seenOf(rows[who], field) });
		}
	}
	return { cells: chains.flat(), rows };
}

function merged(cells: readonly Cell[]): MergedRow {
	const row = emptyRow(ID);
	for (const cell of cells) mergeCell(row, cell);
	return row;
}

/** What the devices' documents hold in the end: one cell a key. */
const current = (cells: readonly Cell[]): Cell[] => [
	...new Map(cells.map((cell) => [`${cell.did} ${keyOfCell(cell)}`, cell])).values(),
];

const histories = fc.array(step, { minLength: 1, maxLength: 40 });

const stamp = fc.nat(5);
/** What a device may say that keeps no rule. */
const lie: fc.Arbitrary<Cell> = fc.oneof(
	fc.record({
		id: fc.constant(ID),
		did: fc.constantFrom(...DEVICES),
		hlc: stamp,
		fields: fc.dictionary(fc.constantFrom(...FIELDS), fc.constantFrom('x', 'y')),
	}),
	fc.record({
		id: fc.constant(ID),
		did: fc.constantFrom(...DEVICES),
		hlc: stamp,
		field: fc.constantFrom(...FIELDS),
		value: fc.nat(2),
		seen: stamp,
	}),
);

describe('the merge', () => {
	test.prop([histories, fc.array(fc.nat(), { maxLength: 80 })])(
		'any order and any duplication give the same row',
		(steps, picks) => {
			const { cells } = history(steps);
			const shuffled = picks.map((n) => cells[n % Math.max(1, cells.length)]!).filter(Boolean);
			expect(merged([...shuffled, ...cells.toReversed()])).toEqual(merged(cells));
		},
	);

	test.prop([histories])('rebuilding from the documents equals what came bit by bit', (steps) => {
		const { cells } = history(steps);
		expect(merged(current(cells))).toEqual(merged(cells));
	});

	test.prop([histories])('a device that has everything shows what every other shows', (steps) => {
		const all: Step[] = DEVICES.flatMap((_, from) =>
			DEVICES.map((_, to) => ({ do: 'deliver' as const, from, to, count: 1000 })),
		);
		const { cells, rows } = history([...steps, ...all]);
		for (const row of rows) expect(row).toEqual(merged(cells));
	});

	test.prop([histories])('nothing that honest devices write puts a row in doubt', (steps) => {
		const { cells } = history(steps);
		const row = emptyRow(ID);
		expect(cells.filter((cell) => mergeCell(row, cell))).toEqual([]);
		expect(mergeAll(ID, cells)).toEqual(row);
	});

	test.prop([fc.array(lie, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 16 })], {
		numRuns: 3000,
	})(
		'whatever devices say, in any order: a row is what its cells say together, or it is in doubt',
		(cells, picks) => {
			const shuffled = picks.map((n) => cells[n % Math.max(1, cells.length)]!).filter(Boolean);
			const row = emptyRow(ID);
			const doubts = [...shuffled, ...cells].filter((cell) => mergeCell(row, cell));
			expect(mergeAll(ID, cells.toReversed())).toEqual(mergeAll(ID, cells));
			if (!doubts.length) expect(row).toEqual(mergeAll(ID, cells));
		},
	);

	test('two edits that had not seen each other are both kept; one that had replaces', () => {
		const base: Cell = { id: ID, did: 'ann', hlc: 1, fields: { email: 'a' } };
		const bo: Cell = { id: ID, did: 'bo', hlc: 3, field: 'email', value: 'b', seen: 1 };
		const chen: Cell = { id: ID, did: 'chen', hlc: 2, field: 'email', value: 'c', seen: 1 };
		expect(merged([base, bo, chen]).c.email?.map(([value]) => value)).toEqual(['b', 'c']);
		const settled: Cell = { id: ID, did: 'ann', hlc: 4, field: 'email', value: 'b', seen: 3 };
		expect(merged([base, bo, chen, settled]).c.email?.map(([value]) => value)).toEqual(['b']);
	});
});
