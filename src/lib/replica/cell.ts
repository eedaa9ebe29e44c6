/**
 * A cell is one device's latest word on one field. A record as first written is one cell that holds all its fields in one
 * compact string (measured: a third of the memory of a map per record); each later edit of a field is a cell of its own.
 */
import { entityOf } from '#core/id.ts';
import type { Hlc } from '#core/hlc.ts';
import { entityNamed } from '#entities/registry.ts';
import type { Fields, OrderLine } from '#schema/values.ts';

export interface BaseCell {
	readonly id: string;
	readonly did: string;
	readonly hlc: Hlc;
	readonly fields: Fields;
}

export interface FieldCell {
	readonly id: string;
	readonly did: string;
	readonly hlc: Hlc;
	readonly field: string;
	readonly value: unknown;
	/** Greatest stamp of this field that the writer had seen: what it meant to replace. */
	readonly seen: Hlc;
}

export type Cell = BaseCell | FieldCell;

export const isBase = (cell: Cell): cell is BaseCell => 'fields' in cell;

const KEY = /^([a-z]{1,24}:[\w-]{8,36})(?::(\w{1,40}))?$/;
/** Rows are plain objects: a field called `toString` would be found on every one of them. */
const isForbidden = (name: string) => name in Object.prototype || name === 'prototype';

export const keyOfCell = (cell: Cell): string =>
	isBase(cell) ? cell.id : `${cell.id}:${cell.field}`;

/** Key -> stamp of the latest of these cells under it. */
export function latestStamps(cells: Iterable<Cell>): Map<string, Hlc> {
	const stamps = new Map<string, Hlc>();
	for (const cell of cells) {
		const key = keyOfCell(cell);
		stamps.set(key, Math.max(stamps.get(key) ?? 0, cell.hlc));
	}
	return stamps;
}

/**
 * Whoever has merged `before` needs not unlearn it when its writer says `after` in its place: it is later, or the same. Rows made from
 * all that was ever said and rows made from what is left are then equal, unless it replaces less; that the merge sees by itself.
 */
export function goesOn(before: Cell, after: Cell | undefined): boolean {
	if (!after) return false;
	if (isBase(before) || isBase(after)) return isSame(before, after);
	return after.hlc > before.hlc || isSame(before, after);
}

/**
 * What a cell replaces. Nobody has seen what comes later: else the order of arrival would decide between lies. At the last moment
 * that there is (somebody dates a cell there), who writes next has seen it all the same.
 */
export const replacedBy = ({ seen, hlc }: FieldCell): Hlc => Math.min(seen, hlc);

export const isSame = (a: Cell, b: Cell): boolean =>
	a.hlc === b.hlc && JSON.stringify(encodeCell(a)) === JSON.stringify(encodeCell(b));

/** The value under the key in the document's map. */
export const encodeCell = (cell: Cell): unknown[] =>
	isBase(cell)
		? [JSON.stringify(pack(cell.id, cell.fields)), cell.hlc]
		: [cell.value, cell.hlc, cell.seen];

/** Undefined for what this version cannot read: it stays in the document, hidden, never dropped. */
export function decodeCell(key: string, stored: unknown, did: string): Cell | undefined {
	const match = KEY.exec(key);
	if (!match || !Array.isArray(stored)) return undefined;
	const id = match[1]!;
	const field = match[2];
	const [value, hlc, seen] = stored as unknown[];
	if (!isStamp(hlc)) return undefined;
	if (field === undefined) {
		const fields = typeof value === 'string' ? unpack(id, value) : undefined;
		return fields && { id, did, hlc, fields };
	}
	if (isForbidden(field) || !isStamp(seen) || !isPlain(value)) return undefined;
	return { id, did, hlc, field, value, seen };
}

/**
 * Ids of the records that the bytes of an update speak of, whether a document takes it or not. Where a record as first written
 * names another one in its fields, that is not meant.
 */
export function* idsIn(update: Uint8Array): Generator<string> {
	for (const [id] of new TextDecoder().decode(update).matchAll(ANYWHERE)) yield id;
}

const ANYWHERE = /(?<![:[,]")[a-z]{1,24}:[\w-]{16}/g;

const isStamp = (value: unknown): value is number =>
	Number.isSafeInteger(value) && Number(value) >= 0;

/** What JSON can say. Yjs can carry more (big integers, bytes, undefined), which no field means. */
function isPlain(value: unknown): boolean {
	if (value === null) return true;
	if (typeof value === 'number') return Number.isFinite(value);
	if (Array.isArray(value)) return value.every(isPlain);
	if (typeof value === 'object')
		return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
	return typeof value === 'string' || typeof value === 'boolean';
}

/** Order lines as tuples: half a million of them are the bulk of a shop's data. */
function pack(id: string, fields: Fields): Fields {
	const lines = fields.lines;
	if (!Array.isArray(lines) || entityNamed(entityOf(id))?.fields.lines?.kind !== 'lines')
		return fields;
	const tuples = (lines as OrderLine[]).map((line) => [line.product, line.quantity, line.price]);
	return { ...fields, lines: tuples };
}

function unpack(id: string, text: string): Fields | undefined {
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (!parsed || typeof parsed !== 'object' || Array.isArray(parsed)) return undefined;
	const fields: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(parsed))
		if (/^\w{1,40}$/.test(name) && !isForbidden(name)) fields[name] = value;
	if (Array.isArray(fields.lines) && entityNamed(entityOf(id))?.fields.lines?.kind === 'lines')
		fields.lines = fields.lines.map((line: unknown) =>
			Array.isArray(line) ? { product: line[0], quantity: line[1], price: line[2] } : line,
		);
	return fields;
}
