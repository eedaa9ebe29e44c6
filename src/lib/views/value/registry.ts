/** Kind -> component. Exhaustive: a new kind does not compile without its line. */
import type { Component } from 'svelte';
import type { Kind } from '#schema/field.ts';
import type { ValueProps } from './props.ts';
import AddressesValue from './AddressesValue.svelte';
import ChoiceValue from './ChoiceValue.svelte';
import DateTimeValue from './DateTimeValue.svelte';
import DateValue from './DateValue.svelte';
import EmailValue from './EmailValue.svelte';
import ExtraValue from './ExtraValue.svelte';
import FlagValue from './FlagValue.svelte';
import LabelledValue from './LabelledValue.svelte';
import LinesValue from './LinesValue.svelte';
import LongTextValue from './LongTextValue.svelte';
import MoneyValue from './MoneyValue.svelte';
import NumberValue from './NumberValue.svelte';
import PhoneValue from './PhoneValue.svelte';
import ReferenceValue from './ReferenceValue.svelte';
import TagsValue from './TagsValue.svelte';
import TextValue from './TextValue.svelte';
import UrlValue from './UrlValue.svelte';

export const valueComponents: Readonly<Record<Kind, Component<ValueProps>>> = {
	text: TextValue,
	longText: LongTextValue,
	email: EmailValue,
	phone: PhoneValue,
	url: UrlValue,
	number: NumberValue,
	money: MoneyValue,
	date: DateValue,
	dateTime: DateTimeValue,
	flag: FlagValue,
	choice: ChoiceValue,
	tags: TagsValue,
	reference: ReferenceValue,
	labelled: LabelledValue,
	addresses: AddressesValue,
	lines: LinesValue,
	extra: ExtraValue,
};

/** Kinds whose editor is a group of fields: they take the whole width. */
export const wideKinds: ReadonlySet<Kind> = new Set([
	'longText',
	'labelled',
	'addresses',
	'lines',
	'extra',
]);

/** How much of a list's width a kind takes beside others; 1 unless named. */
const shares: Partial<Record<Kind, number>> = {
	email: 1.5,
	phone: 1.25,
	longText: 1.6,
	url: 1.2,
	choice: 0.8,
	flag: 0.6,
	date: 0.8,
	number: 0.7,
};

export const widthOf = (kind: Kind, first: boolean): number =>
	first ? Math.max(1.5, shares[kind] ?? 1) : (shares[kind] ?? 1);

/** Set in columns of figures. */
export const numericKinds: ReadonlySet<Kind> = new Set(['number', 'money']);
