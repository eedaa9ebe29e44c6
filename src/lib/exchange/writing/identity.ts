/**
 * Who a row is. Keys, strongest first, find an existing record; a record made from a key has an id derived from it, so two
 * devices that import one file make the same records. A row without any key is known by all of its content, which lets the
 * same file come in twice as well.
 */
import { derivedId } from '#core/id.ts';
import { keyOf } from '#schema/derive/index-keys.ts';
import { spelling } from '#schema/derive/import-aliases.ts';
import type { Entity } from '#schema/entity.ts';
import type { Field } from '#schema/field.ts';
import type { Fields, Labelled } from '#schema/values.ts';

export interface IdentityKey {
	readonly field: string;
	readonly key: string;
	/** From a list of further e-mails or phones: finds a record, never makes an id. */
	readonly further?: boolean;
}

/** Shorter ones are extensions and placeholders that many people share. */
const PHONE_DIGITS = 6;

/** An outside number or code names one record, an e-mail nearly always, a phone is shared by families and offices. */
const strength = (name: string, field: Field): number =>
	field.kind === 'email' ? 1 : field.kind === 'phone' ? 3 : name === 'name' ? 2 : 0;

const identifying = new WeakMap<Entity, readonly string[]>();

function identifyingFields(entity: Entity): readonly string[] {
	let names = identifying.get(entity);
	if (!names) {
		names = Object.entries(entity.fields)
			.filter(([, field]) => field.identifies)
			.sort(([a, x], [b, y]) => strength(a, x) - strength(b, y))
			.map(([name]) => name);
		identifying.set(entity, names);
	}
	return names;
}

const FURTHER: Readonly<Record<string, string>> = { email: 'otherEmails', phone: 'otherPhones' };

export function identityKeys(entity: Entity, fields: Fields): IdentityKey[] {
	const keys: IdentityKey[] = [];
	for (const field of identifyingFields(entity)) {
		const phone = entity.fields[field]!.kind === 'phone';
		const add = (value: unknown, further?: boolean) => {
			const key = String(keyOf(entity, field, value) ?? '');
			if (key && (!phone || key.length >= PHONE_DIGITS))
				keys.push({ field, key, ...(further && { further }) });
		};
		add(fields[field]);
		for (const { value } of (fields[FURTHER[field] ?? ''] as Labelled[] | undefined) ?? [])
			add(value, true);
	}
	return keys;
}

const text = (fields: Fields, name: string) =>
	typeof fields[name] === 'string' ? (fields[name] as string) : '';

const differ = (a: Fields, b: Fields, ...names: string[]) => {
	const [x, y] = [a, b].map((fields) =>
		spelling(names.map((name) => text(fields, name)).join(' ')),
	);
	return x !== '' && y !== '' && x !== y;
};

/** The given names say the same person: one begins with the other (`Jo`, `J.`), or one is missing. */
function namesAgree(a: Fields, b: Fields): boolean {
	if (differ(a, b, 'lastName')) return false;
	const [x, y] = [a, b].map((fields) => spelling(text(fields, 'firstName')));
	return !x || !y || x.startsWith(y) || y.startsWith(x);
}

const isNamed = (fields: Fields) => Boolean(text(fields, 'firstName') || text(fields, 'lastName'));

/** Whether a record found by `field` may be the row's: a weak key does not outvote what the two say otherwise. */
export function agrees(entity: Entity, field: string, row: Fields, record: Fields): boolean {
	if (entity.name === 'contact') {
		if (field === 'phone')
			return isNamed(row) && isNamed(record)
				? namesAgree(row, record)
				: !differ(row, record, 'email');
		if (field === 'externalId')
			// Small numbers mean different people in different systems.
			return !differ(row, record, 'email') || !differ(row, record, 'firstName', 'lastName');
	}
	if (entity.name === 'product' && field === 'name') return !differ(row, record, 'sku');
	return true;
}

/** Same text for equal values, whatever order their names stand in. */
export function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (value && typeof value === 'object')
		return `{${Object.entries(value)
			.filter(([, one]) => one !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`)
			.join(',')}}`;
	return JSON.stringify(value) ?? 'null';
}

export const recordId = async (workspaceId: string, entity: string, key: string): Promise<string> =>
	`${entity}:${await derivedId(`${workspaceId}:${entity}`, key)}`;

/** `chosen` is the dialect's own key for records that no field identifies. */
export function ownKey(keys: readonly IdentityKey[], fields: Fields, chosen?: string): string {
	if (chosen !== undefined) return chosen;
	const own = keys.find(({ further }) => !further);
	return own ? `${own.field}=${own.key}` : `row=${canonical(fields)}`;
}
