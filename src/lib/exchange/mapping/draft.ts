/**
 * One record in the making: dialects put values in by what they are, `finish` gives the fields an entity can hold. A value
 * that does not fit its field moves to `extra` under its column's name with a warning, so a bad e-mail never costs the row.
 */
import { spelling } from '#schema/derive/import-aliases.ts';
import { normalise, phoneKey } from '#schema/derive/index-keys.ts';
import { validateField } from '#schema/derive/validate.ts';
import type { Entity } from '#schema/entity.ts';
import { addressParts, type Fields } from '#schema/values.ts';
import { coerce, splitTags, type Reading } from './coerce.ts';
import { splitName } from './names.ts';

interface Contactable {
	readonly value: string;
	readonly label: string;
	readonly rank: number;
	readonly column: string;
}

export interface Draft {
	/** Places a cell by its column's target (`mapping/columns.ts`). */
	put(target: string, value: string, column: string): void;
	email(value: string, label: string, column: string, rank?: number): void;
	phone(value: string, label: string, column: string, rank?: number): void;
	website(value: string, label: string, column: string): void;
	/** `group` parts two addresses with the same label. */
	address(group: string, label: string, part: string, value: string): void;
	tags(values: readonly string[]): void;
	extra(column: string, value: string): void;
	finish(): { readonly fields: Fields; readonly warnings: readonly string[] };
}

/** Which of several becomes the phone, or the e-mail: the lowest. From NEVER on, none: nobody is reached by fax. */
const RANKS = ['', 'Mobile', 'Primary', 'Work', 'Home'];
const NEVER = 9;
const rankOf = (label: string): number => {
	if (/fax|pager|telex|isdn|tty|assistant|助理|callback|radio/i.test(label)) return NEVER;
	const rank = RANKS.findIndex((known) => known.toLowerCase() === label.toLowerCase());
	return rank < 0 ? RANKS.length : rank;
};

/** Names that mean something to every object, and that the ledger refuses. */
const UNSAFE = new Set(['__proto__', 'prototype', 'constructor']);

export function createDraft(entity: Entity, reading: Reading): Draft {
	const fields: Record<string, unknown> = {};
	const extra: Record<string, string> = Object.create(null) as Record<string, string>;
	const warnings: string[] = [];
	const emails: Contactable[] = [];
	const phones: Contactable[] = [];
	const websites: { label?: string; value: string }[] = [];
	const addresses = new Map<string, Record<string, string>>();
	let fullName: { value: string; column: string } | undefined;
	const has = (field: string) => Object.hasOwn(entity.fields, field);

	const keep = (name: string, value: string) => {
		const column = UNSAFE.has(name) ? `Column ${name}` : name;
		const before = extra[column];
		extra[column] = before === undefined || before === value ? value : `${before}\n${value}`;
	};

	function scalar(field: string, value: string, column: string) {
		const result = coerce(entity, field, value, reading);
		// The first word stands: a second company or birthday is kept aside.
		if (result.ok && field in fields && fields[field] !== result.value) return keep(column, value);
		if (result.ok) {
			if (result.value !== null) fields[field] = result.value;
			return;
		}
		if (has('extra')) keep(column, value);
		// Another system's stages are no mistake of the row: kept aside without a word.
		if (entity.fields[field]?.kind !== 'choice') warnings.push(result.error.message);
	}

	const draft: Draft = {
		put(target, value, column) {
			if (value === '') return;
			const [field = '', label = '', part = ''] = target.split('.');
			if (target === 'extra' || !has(field)) keep(column, value);
			else if (field === 'otherEmails' || field === 'email')
				for (const one of splitEmails(value)) draft.email(one, label, column);
			else if (field === 'otherPhones' || field === 'phone') draft.phone(value, label, column);
			else if (field === 'websites') draft.website(value, label, column);
			else if (field === 'addresses') draft.address(label, label, part || 'street', value);
			else if (entity.fields[field]!.kind === 'tags') draft.tags(splitTags(value));
			else if (field === 'name' && entity.fields.name?.computed) fullName = { value, column };
			else scalar(field, value, column);
		},
		email: (value, label, column, rank = rankOf(label)) =>
			void emails.push({ value, label, rank, column }),
		phone: (value, label, column, rank = rankOf(label)) =>
			void phones.push({ value, label, rank, column }),
		website(value, label, column) {
			if (has('websites')) websites.push({ ...(label && { label }), value: value.slice(0, 500) });
			else if (has('website') && !fields.website) scalar('website', value, column);
			else keep(column, value);
		},
		address(group, label, part, value) {
			const address = addresses.get(group) ?? (label ? { label } : {});
			addresses.set(group, address);
			address[part] = address[part] ? `${address[part]}, ${value}` : value;
		},
		tags: (values) =>
			void (fields.tags = [...new Set([...((fields.tags as string[]) ?? []), ...values])].slice(
				0,
				200,
			)),
		extra: keep,
		finish() {
			reach('email', 'otherEmails', emails, normalise);
			reach('phone', 'otherPhones', phones, phoneKey);
			if (websites.length > 0) fields.websites = websites;
			list(
				'addresses',
				[...addresses.values()].filter((one) => addressParts.some((part) => one[part])),
			);
			if (fullName) nameFrom(fullName.value, fullName.column);
			if (has('extra') && Object.keys(extra).length > 0) fields.extra = { ...extra };
			return { fields, warnings };
		},
	};

	/** The best-ranked valid value into the single field, the others into the list. */
	function reach(
		single: string,
		many: string,
		values: readonly Contactable[],
		keyOf: (text: string) => string,
	) {
		const seen = new Set<string>();
		const others: { label?: string; value: string }[] = [];
		for (const { value, label, rank, column } of [...values].sort((a, b) => a.rank - b.rank)) {
			const checked = coerce(entity, single, value, reading);
			if (!checked.ok || typeof checked.value !== 'string') {
				keep(column, value);
				if (!checked.ok) warnings.push(`${checked.error.message} "${value}" is kept aside.`);
				continue;
			}
			const key = keyOf(checked.value);
			if (seen.has(key)) continue;
			seen.add(key);
			if (!(single in fields) && rank < NEVER) fields[single] = checked.value;
			else if (has(many))
				others.push({ ...(label && !/^\d$/.test(label) && { label }), value: checked.value });
			else keep(column, checked.value);
		}
		if (others.length > 0) list(many, others);
	}

	function list(field: string, values: readonly object[]) {
		if (values.length === 0) return;
		const checked = has(field) ? validateField(entity, field, values) : undefined;
		if (checked?.ok) fields[field] = checked.value;
		else for (const value of values) keep(field, Object.values(value).join(', '));
	}

	function nameFrom(value: string, column: string) {
		const stands = [fields.firstName, fields.lastName].filter(Boolean) as string[];
		if (stands.length === 0) {
			for (const [field, part] of Object.entries(splitName(value))) scalar(field, part, column);
			return;
		}
		const said = spelling(value);
		const [a, b] = [spelling(stands.join('')), spelling([...stands].reverse().join(''))];
		if (said !== a && said !== b) keep(column, value);
	}

	return draft;
}

const splitEmails = (text: string): string[] =>
	text.indexOf('@') === text.lastIndexOf('@') || text.length > 2000
		? [text]
		: text
				.split(/[;,\n]| ::: |\s+(?=[^\s<>]+@)/)
				.map((one) => one.trim())
				.filter(Boolean);
