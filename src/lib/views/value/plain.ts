/**
 * Values as plain text, for a sentence that stays: days are named by their date, never "today". Exhaustive over the kinds, like
 * the components.
 */
import { m } from '#messages/catalogue.ts';
import { t } from '#messages/language.svelte.ts';
import type { Field, Kind } from '#schema/field.ts';
import {
	addressLine,
	type Address,
	type Fields,
	type Labelled,
	type OrderLine,
} from '#schema/values.ts';
import type { Format } from '../format.svelte.ts';
import { toZoned } from '../zoned.ts';
import { asText } from './props.ts';

export interface Surroundings {
	readonly format: Format;
	/** Of referenced records. */
	readonly titles: ReadonlyMap<string, string>;
	/** The record's other fields: its currency, for one. */
	readonly record: Fields;
}

type Plain = (value: unknown, field: Field, around: Surroundings) => string;

const list =
	<T>(item: (one: T, around: Surroundings) => string): Plain =>
	(value, _, around) =>
		Array.isArray(value) ? value.map((one) => item(one as T, around)).join('; ') : '';

const number: Plain = (value, _, { format }) =>
	typeof value === 'number' ? format.number(value) : asText(value);

const plain: Readonly<Record<Kind, Plain>> = {
	text: asText,
	longText: asText,
	email: asText,
	phone: asText,
	url: asText,
	number,
	money: (value, _, { format, record }) =>
		typeof value === 'number' ? format.money(value, record.currency) : '',
	date: asText,
	dateTime: (value, _, { format }) => {
		const at = Date.parse(asText(value));
		return Number.isNaN(at) ? asText(value) : toZoned(at, format.zone).replace('T', ' ');
	},
	flag: (value) => t(value ? m.common.yes : m.common.no),
	choice: (value, field) => {
		const chosen = field.choices?.find((choice) => choice.value === value);
		return chosen ? t(chosen.label) : asText(value);
	},
	tags: list(String),
	reference: (value, _, { titles }) => titles.get(asText(value)) ?? asText(value),
	labelled: list<Labelled>(({ label, value }) => (label ? `${label}: ${value}` : value)),
	addresses: list<Address>(addressLine),
	lines: list<OrderLine>(
		({ product, quantity, price }, { titles, format, record }) =>
			`${format.number(quantity)} × ${titles.get(product) ?? product}, ${format.money(price, record.currency)}`,
	),
	extra: (value) =>
		value && typeof value === 'object'
			? Object.entries(value)
					.map(([name, text]) => `${name}: ${String(text)}`)
					.join('; ')
			: '',
};

export const plainValue: Plain = (value, field, around) =>
	value === null || value === undefined || value === ''
		? t(m.record.empty)
		: plain[field.kind](value, field, around);
