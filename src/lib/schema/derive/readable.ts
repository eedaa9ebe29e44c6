/**
 * Entity -> what may be shown. Reading never refuses a record, but a value of the wrong shape (a newer version's, or a
 * spoilt one) is hidden from the screens; it stays in the row and in the documents.
 */
import type { Entity } from '../entity.ts';
import type { Kind } from '../field.ts';
import type { Fields } from '../values.ts';

const isText = (value: unknown) => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown) => typeof value === 'number';
const listOf = (test: (item: unknown) => boolean) => (value: unknown) =>
	Array.isArray(value) && value.every(test);
const textsOnly = (value: unknown) => isObject(value) && Object.values(value).every(isText);

const shapes: Record<Kind, (value: unknown) => boolean> = {
	text: isText,
	longText: isText,
	email: isText,
	phone: isText,
	url: isText,
	number: isNumber,
	money: isNumber,
	date: isText,
	dateTime: isText,
	flag: (value) => typeof value === 'boolean',
	choice: isText,
	tags: listOf(isText),
	reference: isText,
	labelled: listOf((item) => textsOnly(item) && 'value' in (item as object)),
	addresses: listOf(textsOnly),
	lines: listOf(
		(item) =>
			isObject(item) && isText(item.product) && isNumber(item.quantity) && isNumber(item.price),
	),
	extra: textsOnly,
};

export function readableFields(entity: Entity, fields: Fields): Fields {
	const wrong = Object.keys(fields).filter((name) => {
		const field = entity.fields[name];
		const value = fields[name];
		return field && value !== null && value !== undefined && !shapes[field.kind](value);
	});
	if (!wrong.length) return fields;
	return Object.fromEntries(Object.entries(fields).filter(([name]) => !wrong.includes(name)));
}
