/** A cell's text -> the value of a field, by its kind. What cannot be read gets a sentence; the caller keeps the text. */
import { fail, ok, type Result } from '#core/result.ts';
import { toMinor } from '#core/money.ts';
import { validateField } from '#schema/derive/validate.ts';
import type { Entity } from '#schema/entity.ts';
import type { Field, Kind } from '#schema/field.ts';
import { parseDate, type DateOrder } from '../reading/dates.ts';
import { parseNumber, type DecimalSign } from '../reading/numbers.ts';

export interface Reading {
	readonly currency: string;
	readonly decimal: DecimalSign;
	readonly dateOrder: DateOrder;
}

const YES = new Set(['yes', 'y', 'true', '1', 'x', 'on', '是', '有', '真']);
const NO = new Set(['no', 'n', 'false', '0', 'off', '否', '无', '假']);
const SEPARATOR = / ::: |[;,，；、|\n]/;

export const splitTags = (text: string): string[] => [
	...new Set(
		text
			.split(SEPARATOR)
			.map((tag) => tag.trim())
			.filter(Boolean),
	),
];

function choiceOf(field: Field, text: string): string {
	const wanted = text.toLowerCase();
	const found = field.choices?.find(
		({ value, label }) =>
			value.toLowerCase() === wanted ||
			Object.values(label).some((word) => word.toLowerCase() === wanted),
	);
	return found?.value ?? text;
}

type Reader = (text: string, field: Field, reading: Reading) => unknown;
/** `Ann <ann@example.com>` and `mailto:ann@example.com` are the address. */
const emailIn = (text: string) =>
	/<([^<>]+@[^<>]+)>/.exec(text)?.[1] ?? text.replace(/^mailto:/i, '');

const asIs: Reader = (text) => text;

/** Undefined when the text is no value of the kind; whether the value may stand is the validator's to say. */
const readers: Record<Kind, Reader> = {
	text: asIs,
	longText: asIs,
	email: (text) => (text.length > 500 ? text : emailIn(text)),
	phone: (text) => text.replace(/^tel:/i, ''),
	url: asIs,
	number: (text, _, { decimal }) => parseNumber(text, decimal),
	money: (text, _, { decimal, currency }) => {
		const amount = parseNumber(text, decimal);
		return amount === undefined ? undefined : toMinor(amount, currency);
	},
	date: (text, _, { dateOrder }) => {
		const moment = parseDate(text, dateOrder);
		return moment && new Date(moment.at).toISOString().slice(0, 10);
	},
	dateTime: (text, _, { dateOrder }) => {
		const moment = parseDate(text, dateOrder);
		return moment && new Date(moment.at).toISOString();
	},
	flag: (text) =>
		YES.has(text.toLowerCase()) ? true : NO.has(text.toLowerCase()) ? false : undefined,
	choice: (text, field) => choiceOf(field, text),
	tags: splitTags,
	reference: asIs,
	labelled: (text) => [{ value: text }],
	addresses: (text) => [{ street: text }],
	lines: () => undefined,
	extra: () => undefined,
};

export function coerce(
	entity: Entity,
	name: string,
	text: string,
	reading: Reading,
): Result<unknown> {
	const field = entity.fields[name];
	if (!field) return fail('Invalid', `${entity.label.en} has no field "${name}".`);
	const value = readers[field.kind](text, field, reading);
	if (value === undefined)
		return fail('Invalid', `${field.label.en}: "${text}" is not understood.`);
	const checked = validateField(entity, name, value);
	return checked.ok ? ok(checked.value) : checked;
}
