/**
 * The merge, cell by cell: what a row becomes when a cell arrives. The outcome depends only on the set of cells, never on
 * their order or number. For each field the row keeps the cells that no other cell meant to replace: the greatest
 * (hlc, device) is shown, any others are a conflict that a person can settle.
 */
import type { Hlc } from '#core/hlc.ts';
import { isBase, replacedBy, type Cell } from '#replica/cell.ts';

/** [value, hlc, device, seen] */
export type FieldState = readonly [unknown, Hlc, string, Hlc];

export interface MergedRow {
	readonly id: string;
	/** Winning values. */
	v: Record<string, unknown>;
	/** Stamp of the record as first written; its fields without an entry in `c` are just as written then. */
	s?: readonly [Hlc, string];
	/** The cells of fields that are more than the base's, winner first. */
	c: Record<string, readonly FieldState[]>;
}

export const emptyRow = (id: string): MergedRow => ({ id, v: {}, c: {} });

/** True when `a` is shown over `b`. */
const wins = (a: FieldState, b: FieldState) => a[1] > b[1] || (a[1] === b[1] && a[2] > b[2]);

/** `a` replaces `b` when its writer had seen `b`, or is the same device later. Two that claim to have seen each other lie. */
const replaces = (a: FieldState, b: FieldState) =>
	a[2] === b[2] ? order(a, b) >= 0 : a[3] >= b[1] && b[3] < a[1];

/** Of one device's cells. No honest one says two things in one moment; of another's, the one that replaces more is the later. */
function order(a: FieldState, b: FieldState): number {
	const known = a[1] - b[1] || a[3] - b[3];
	if (known) return known;
	const [one, other] = [JSON.stringify(a[0]), JSON.stringify(b[0])];
	return one === other ? 0 : one < other ? -1 : 1;
}

/** True when a device has said something that replaces less than what it takes the place of: what that had replaced may be missing here. */
export function mergeCell(row: MergedRow, cell: Cell): boolean {
	if (!isBase(cell))
		return mergeField(row, cell.field, [cell.value, cell.hlc, cell.did, replacedBy(cell)]);
	const before = row.s;
	const stamp = [cell.hlc, cell.did] as const;
	if (!before || earlier(stamp, before)) {
		// What only the former base said becomes explicit before the earlier base takes its place.
		const implied = before ? Object.keys(row.v).filter((name) => !row.c[name]) : [];
		for (const name of implied) row.c[name] = [[row.v[name], before![0], before![1], 0]];
		row.s = stamp;
		for (const [name, states] of Object.entries(row.c))
			if (states.length === 1 && isImplied(row, states[0]!)) delete row.c[name];
	}
	let doubtful = false;
	for (const [name, value] of Object.entries(cell.fields))
		if (mergeField(row, name, [value, cell.hlc, cell.did, 0])) doubtful = true;
	return doubtful;
}

/**
 * A row from all cells of its record. The latest first: what a device said before it said something else counts for nothing, so
 * neither does what that had replaced.
 */
export function mergeAll(id: string, cells: readonly Cell[]): MergedRow {
	const row = emptyRow(id);
	for (const cell of cells.toSorted(latestFirst)) mergeCell(row, cell);
	return row;
}

const latestFirst = (a: Cell, b: Cell): number =>
	b.hlc - a.hlc || (isBase(b) ? 0 : replacedBy(b)) - (isBase(a) ? 0 : replacedBy(a));

const earlier = (a: readonly [Hlc, string], b: readonly [Hlc, string]) =>
	a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

function mergeField(row: MergedRow, name: string, state: FieldState): boolean {
	const known = statesOf(row, name);
	const kept = known.some((other) => replaces(other, state) && !same(other, state))
		? known
		: [...known.filter((other) => !replaces(state, other)), state].sort((a, b) =>
				wins(a, b) ? -1 : 1,
			);
	row.v[name] = kept[0]![0];
	if (kept.length === 1 && isImplied(row, kept[0]!)) delete row.c[name];
	else row.c[name] = kept;
	return kept !== known && known.some((other) => other[2] === state[2] && other[3] > state[3]);
}

const same = (a: FieldState, b: FieldState) => a[2] === b[2] && order(a, b) === 0;

/** The cells of a field, winner first. */
export function statesOf(row: MergedRow, name: string): readonly FieldState[] {
	const explicit = row.c[name];
	if (explicit) return explicit;
	return row.s && name in row.v ? [[row.v[name], row.s[0], row.s[1], 0]] : [];
}

const isImplied = (row: MergedRow, [, hlc, did, seen]: FieldState) =>
	seen === 0 && row.s !== undefined && row.s[0] === hlc && row.s[1] === did;

/** What a writer has seen of a field: what its next cell replaces. */
export const seenOf = (row: MergedRow | undefined, name: string): Hlc =>
	Math.max(0, ...(row ? statesOf(row, name) : []).map((state) => state[1]));

export function updatedAt(row: MergedRow): Hlc {
	let latest = row.s?.[0] ?? 0;
	for (const states of Object.values(row.c)) latest = Math.max(latest, states[0]![1]);
	return latest;
}
