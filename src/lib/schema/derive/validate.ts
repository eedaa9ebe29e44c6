/**
 * Entity -> validator. Cleans what a person or file typed (outer spaces, e-mail case) and answers with a sentence when a
 * value cannot be kept. Only writing validates; reading keeps whatever an older or newer version wrote.
 */
import * as v from 'valibot';
import type { Bilingual } from '#core/bilingual.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Entity } from '../entity.ts';
import type { Field, Kind } from '../field.ts';
import type { Fields } from '../values.ts';

type Schema = v.GenericSchema<unknown, unknown>;

const line = (max: number) => v.pipe(v.string(), v.trim(), v.maxLength(max));
const short = line(500);
const wholeMinor = v.pipe(v.number(), v.safeInteger());
const finite = v.pipe(v.number(), v.finite());
const moment = v.pipe(
	v.union([v.string(), v.date()]),
	v.transform((value) => new Date(value)),
	v.check((value) => !Number.isNaN(value.getTime())),
	v.transform((value) => value.toISOString()),
);
const WEB = /^(https?:\/\/)?[^\s/]+\.[^\s]+$/i;

const schemas: Record<Kind, (field: Field) => Schema> = {
	text: () => short,
	longText: () => v.pipe(v.string(), v.maxLength(50_000)),
	email: () => v.pipe(line(254), v.toLowerCase(), v.regex(/^[^\s@<>]+@[^\s@<>]+$/)),
	phone: () => v.pipe(line(60), v.regex(/\d/)),
	url: () => v.pipe(line(2000), v.regex(WEB)),
	number: () => finite,
	money: () => wholeMinor,
	date: () =>
		v.pipe(
			v.string(),
			v.regex(/^\d{4}-\d{2}-\d{2}$/),
			v.check((day) => !Number.isNaN(Date.parse(day))),
		),
	dateTime: () => moment,
	flag: () => v.boolean(),
	choice: (field) => v.picklist((field.choices ?? []).map((choice) => choice.value)),
	tags: () => v.pipe(v.array(v.pipe(short, v.nonEmpty())), v.maxLength(200)),
	reference: () => v.pipe(short, v.nonEmpty()),
	labelled: () =>
		v.pipe(v.array(v.object({ label: v.optional(short), value: short })), v.maxLength(200)),
	addresses: () =>
		v.pipe(
			v.array(
				v.object({
					label: v.optional(short),
					street: v.optional(short),
					city: v.optional(short),
					region: v.optional(short),
					postcode: v.optional(short),
					country: v.optional(short),
				}),
			),
			v.maxLength(50),
		),
	lines: () =>
		v.pipe(
			v.array(v.object({ product: v.pipe(short, v.nonEmpty()), quantity: finite, price: finite })),
			v.minLength(1),
			v.maxLength(2000),
		),
	extra: () => v.record(v.string(), v.string()),
};

const needs: Record<Kind, Bilingual> = {
	text: { en: 'up to 500 characters', zh: '不超过 500 个字符' },
	longText: { en: 'up to 50,000 characters', zh: '不超过 50,000 个字符' },
	email: { en: 'an address like li@example.com', zh: '形如 li@example.com 的地址' },
	phone: { en: 'a number with at least one digit', zh: '至少含一个数字的号码' },
	url: { en: 'a web address like example.com', zh: '形如 example.com 的网址' },
	number: { en: 'a number', zh: '数字' },
	money: { en: 'an amount in whole minor units', zh: '以最小货币单位计的整数金额' },
	date: { en: 'a day like 2026-05-31', zh: '形如 2026-05-31 的日期' },
	dateTime: { en: 'a moment like 2026-05-31T14:00Z', zh: '形如 2026-05-31T14:00Z 的时间' },
	flag: { en: 'yes or no', zh: '是或否' },
	choice: { en: 'one of the offered choices', zh: '所列选项之一' },
	tags: { en: 'a list of words', zh: '若干词语' },
	reference: { en: 'a record or a name', zh: '一条记录或一个名称' },
	labelled: { en: 'a list of labelled values', zh: '带标签的值列表' },
	addresses: { en: 'a list of addresses', zh: '地址列表' },
	lines: {
		en: 'at least one line of product, quantity and price',
		zh: '至少一行：产品、数量、单价',
	},
	extra: { en: 'named texts', zh: '带名称的文本' },
};

const schemaByField = new WeakMap<Field, Schema>();

function schemaOf(field: Field): Schema {
	let schema = schemaByField.get(field);
	if (!schema) schemaByField.set(field, (schema = schemas[field.kind](field)));
	return schema;
}

/** Undefined and null and '' mean "empty", kept as null so that emptying a field is itself an edit. */
const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

/** One field's value, cleaned. The failure's message is in English; `needs` words are shown by the form in its language. */
export function validateField(entity: Entity, name: string, value: unknown): Result<unknown> {
	const field = entity.fields[name];
	if (!field) {
		const known = Object.keys(entity.fields).join(', ');
		return fail('Invalid', `${entity.label.en} has no field "${name}". It has: ${known}.`, {
			field: name,
		});
	}
	if (isEmpty(value))
		return field.required
			? fail('Invalid', `${field.label.en} must be filled in.`, { field: name })
			: ok(null);
	const parsed = v.safeParse(schemaOf(field), value);
	if (parsed.success) return ok(isEmpty(parsed.output) ? null : parsed.output);
	const choices = field.choices?.map((choice) => choice.value).join(', ');
	return fail('Invalid', `${field.label.en} needs ${choices ?? needs[field.kind].en}.`, {
		field: name,
	});
}

/** A new record's fields: initial values laid under, empty and computed ones left out. */
export function validateNew(entity: Entity, input: Fields): Result<Fields> {
	const fields: Record<string, unknown> = {};
	for (const [name, field] of Object.entries(entity.fields)) {
		if (field.computed || (name in input && !isEmpty(input[name]))) continue;
		if (field.initial !== undefined) fields[name] = field.initial;
		else if (field.required)
			return fail('Invalid', `${field.label.en} must be filled in.`, { field: name });
	}
	for (const [name, value] of Object.entries(input)) {
		if (entity.fields[name]?.computed) continue;
		const checked = validateField(entity, name, value);
		if (!checked.ok) return checked;
		if (checked.value !== null) fields[name] = checked.value;
	}
	return ok(fields);
}

/** A change to a record: only the named fields. */
export function validatePatch(entity: Entity, patch: Fields): Result<Fields> {
	const changed: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(patch)) {
		if (entity.fields[name]?.computed) continue;
		const checked = validateField(entity, name, value);
		if (!checked.ok) return checked;
		changed[name] = checked.value;
	}
	return ok(changed);
}

/** What a value of this field must look like, in the reader's language. */
export const needOf = (field: Field): Bilingual => needs[field.kind];
