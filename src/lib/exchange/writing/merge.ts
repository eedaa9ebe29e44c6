/**
 * What a row changes about a record that is there already. Nothing is ever emptied and lists only grow. `change` takes the
 * file's word over the record's; `fill` (a further row of one person, a customer named in an order) only adds what is missing.
 */
import { normalise, phoneKey } from '#schema/derive/index-keys.ts';
import type { Entity } from '#schema/entity.ts';
import type { Address, Fields, Labelled } from '#schema/values.ts';
import { addressParts } from '#schema/values.ts';

export type Mode = 'change' | 'fill';

const isEmpty = (value: unknown) =>
	value === undefined ||
	value === null ||
	value === '' ||
	(Array.isArray(value) && value.length === 0);

/** Equal values, whatever order their names stand in; a name without a value counts as absent. */
export function same(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	if (Array.isArray(a) !== Array.isArray(b)) return false;
	const [x, y] = [a, b] as Record<string, unknown>[];
	for (const name in x) if (!same(x[name], y![name])) return false;
	for (const name in y) if (y[name] !== undefined && x![name] === undefined) return false;
	return true;
}

/** The changed fields only; empty when the record says it all. Derived fields follow from them wherever rows are built. */
export function patchFor(entity: Entity, record: Fields, row: Fields, mode: Mode): Fields {
	const patch: Record<string, unknown> = {};
	const spare: Record<string, string> = {};
	const kindOf = (name: string) => entity.fields[name]?.kind;
	const now = (name: string) => (name in patch ? patch[name] : record[name]);

	for (const [name, value] of Object.entries(row)) {
		const field = entity.fields[name];
		if (!field || field.computed || isEmpty(value) || same(value, record[name])) continue;
		if (isEmpty(record[name])) patch[name] = value;
		else if (field.kind === 'tags') patch[name] = union(record[name], value, String);
		else if (field.kind === 'labelled') continue;
		else if (field.kind === 'addresses')
			patch[name] = union(record[name] as Address[], value as Address[], addressKey, contains);
		else if (field.kind === 'extra') patch[name] = mergeExtra(record[name], value, mode);
		else if (name === 'email' || name === 'phone') {
			const list = name === 'email' ? 'otherEmails' : 'otherPhones';
			const spared = mode === 'fill' ? value : name === 'email' ? record[name] : undefined;
			if (mode === 'change') patch[name] = value;
			if (spared !== undefined && list in entity.fields)
				patch[list] = union(now(list), [{ value: spared }], labelledKey);
		} else if (mode === 'change' && !field.identifies) patch[name] = value;
		// Another outside number, or another row's word for the same person: kept beside the record's own.
		else if (canKeep(field.kind)) spare[field.label.en] = String(value);
	}
	for (const [name, value] of Object.entries(row)) {
		if (kindOf(name) !== 'labelled' || isEmpty(value) || isEmpty(record[name])) continue;
		const single = name === 'otherEmails' ? 'email' : name === 'otherPhones' ? 'phone' : '';
		const added = (value as Labelled[]).filter(
			(one) => !single || labelledKey(one) !== labelledKey({ value: String(now(single) ?? '') }),
		);
		patch[name] = union(now(name), added, labelledKey);
	}
	if ('extra' in entity.fields && Object.keys(spare).length > 0)
		patch.extra = mergeExtra(now('extra') ?? {}, spare, 'fill');
	for (const name of Object.keys(patch)) if (same(patch[name], record[name])) delete patch[name];
	return patch;
}

const canKeep = (kind: string) => kind === 'text' || kind === 'reference' || kind === 'longText';

/** Whether two labelled values are one: phones by digits, all else by letters. */
const labelledKey = ({ value }: Labelled): string =>
	/^[+\d\s().-]+$/.test(value) ? phoneKey(value) : normalise(value);

const addressKey = (address: Address) =>
	addressParts.map((part) => normalise(address[part] ?? '')).join('\n');

/** An address that says no more than one that is there. */
const contains = (there: Address, added: Address) =>
	addressParts.every(
		(part) => !added[part] || normalise(added[part]) === normalise(there[part] ?? ''),
	);

function union<T>(
	there: unknown,
	added: unknown,
	keyOf: (one: T) => string,
	covers: (there: T, added: T) => boolean = (a, b) => keyOf(a) === keyOf(b),
): T[] {
	const all = [...((there as T[] | undefined) ?? [])];
	for (const one of added as T[]) if (!all.some((known) => covers(known, one))) all.push(one);
	return all;
}

function mergeExtra(there: unknown, added: unknown, mode: Mode): Record<string, string> {
	const all = { ...(there as Record<string, string>) };
	for (const [name, value] of Object.entries(added as Record<string, string>)) {
		const known = Object.hasOwn(all, name) ? all[name]! : undefined;
		if (known === undefined) all[name] = value;
		// Several rows of one person leave their words as lines of one text.
		else if (known !== value && !known.split('\n').includes(value))
			all[name] = mode === 'change' ? value : `${known}\n${value}`;
	}
	return all;
}
