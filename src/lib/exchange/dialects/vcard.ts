/**
 * vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350). TYPE labels are kept, also Apple's `item1.X-ABLabel`; properties nobody knows
 * stand in `extra`; pictures, sounds and keys are left out and counted.
 */
import ICAL from 'ical.js';
import { fail, ok } from '#core/result.ts';
import { contact } from '#entities/contact.ts';
import { createDraft, type Draft } from '../mapping/draft.ts';
import { own } from '../own.ts';
import { decodePieces } from '../reading/encoding.ts';
import { splitCards, type Card } from '../reading/vcard-lines.ts';
import type { Opened, ReadRow, Records, Settings } from './dialect.ts';
import { recordDialect } from './records.ts';

interface Property {
	readonly name: string;
	readonly types: readonly string[];
	readonly group?: string;
	readonly pref: boolean;
	/** Components, each with its alternatives joined by a space. */
	readonly parts: readonly string[];
	readonly text: string;
}

const isVcard = (head: string) => /^\s*(?:[\w-]+\.)?BEGIN\s*:\s*VCARD/i.test(head);

export const vcard = recordDialect('vcard', ({ head }) => isVcard(head), open);

/** Property -> field, for the preview; the code below places them. */
const FIELDS: Readonly<Record<string, string | null>> = {
	n: 'lastName',
	fn: 'name',
	email: 'email',
	tel: 'phone',
	adr: 'addresses',
	org: 'company',
	title: 'jobTitle',
	role: 'jobTitle',
	url: 'websites',
	bday: 'birthday',
	note: 'notes',
	categories: 'tags',
	uid: 'externalId',
};
const LEFT_OUT: Readonly<Record<string, string | undefined>> = {
	photo: 'photos',
	logo: 'photos',
	sound: 'attachments',
	key: 'attachments',
};
const SILENT = new Set(['version', 'prodid', 'rev', 'x-ablabel', 'label', 'x-abadr', 'agent']);
const NO_LABELS = new Set([
	'pref',
	'internet',
	'voice',
	'postal',
	'parcel',
	'intl',
	'dom',
	'msg',
	'text',
	'video',
]);

function open({ bytes, encoding, head }: Opened, { options, currency }: Settings) {
	if (!isVcard(head))
		return fail('Unreadable', 'This is no vCard file: it does not begin with BEGIN:VCARD.');
	const reading = { currency, decimal: '.', dateOrder: 'dmy' } as const;
	const mapping = options.mapping ?? {};

	function readCard(card: Card, row: number): ReadRow {
		const raw = () => card.raw;
		const properties: Property[] = [];
		const strange: string[] = [];
		for (const line of card.lines) {
			const property = parseLine(line, card.version);
			if (property) properties.push(property);
			else strange.push(line);
		}
		const draft = createDraft(contact, reading);
		const labels = new Map(
			properties.flatMap(({ name, group, text }) =>
				name === 'x-ablabel' && group
					? [[group, text.replace(/^_\$!<(.*)>!\$_$/, '$1')] as const]
					: [],
			),
		);
		const apart: string[] = [];
		properties.forEach((property, i) => {
			const left = own(LEFT_OUT, property.name);
			if (left) apart.push(left);
			else if (mapping[property.name] !== null && !SILENT.has(property.name))
				place(draft, property, labels.get(property.group ?? ''), i, properties);
		});
		const { fields, warnings } = draft.finish();
		const all = [
			...warnings,
			...strange.map((line) => `The line "${line.slice(0, 80)}" is not understood and left out.`),
			...(card.unfinished ? ['The file ends inside this card.'] : []),
		];
		return { row, raw, fields, warnings: all, apart };
	}

	const linesOf = function* (upTo = bytes.length) {
		let rest = '';
		for (const piece of decodePieces(bytes.subarray(0, upTo), encoding)) {
			const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
			rest = lines.pop()!;
			yield* lines;
		}
		yield rest;
	};

	const names = new Map<string, string[]>();
	for (const card of splitCards(linesOf(Math.min(bytes.length, 1 << 18))))
		for (const line of card.lines) {
			const property = parseLine(line, card.version);
			if (!property || SILENT.has(property.name)) continue;
			const samples = names.get(property.name) ?? [];
			names.set(property.name, samples);
			if (samples.length < 3 && !own(LEFT_OUT, property.name))
				samples.push(property.text.slice(0, 200));
		}

	const records: Records = {
		entity: contact,
		rawColumns: [],
		notes: [],
		size: bytes.length,
		columns: [...names].map(([name, samples]) => ({
			name,
			samples,
			field: own(LEFT_OUT, name) || mapping[name] === null ? null : (own(FIELDS, name) ?? 'extra'),
		})),
		*read() {
			let row = 0;
			let rows: ReadRow[] = [];
			let characters = 0;
			for (const card of splitCards(linesOf())) {
				rows.push(readCard(card, ++row));
				characters += card.raw.length;
				if (rows.length < 500) continue;
				yield { rows, bytes: Math.min(characters, bytes.length) };
				rows = [];
			}
			yield { rows, bytes: bytes.length };
		},
	};
	return ok(records);
}

type JCard = [
	name: string,
	parameters: Record<string, string | string[]>,
	type: string,
	...unknown[],
];

/** Undefined for a line that is no property. */
function parseLine(line: string, version: string): Property | undefined {
	const design = version.startsWith('4') ? ICAL.design.vcard : ICAL.design.vcard3;
	let parsed: JCard;
	try {
		parsed = ICAL.parse.property(line, design as never) as unknown as JCard;
	} catch {
		// A date or a parameter of its own making: the plain text still says something.
		const match = /^(?:([\w-]+)\.)?([\w-]+)(?:;[^:]*)?:(.*)$/s.exec(line);
		if (!match) return undefined;
		parsed = [match[2]!.toLowerCase(), {}, 'text', match[3]!];
	}
	const [name, parameters, , ...values] = parsed;
	const types = [parameters.type ?? []].flat().flatMap((type) => type.toLowerCase().split(','));
	const clean = (value: unknown): string =>
		(Array.isArray(value)
			? value.map(clean).filter(Boolean).join(' ')
			: String(value ?? '')
		).trim();
	const parts = (Array.isArray(values[0]) && values.length === 1 ? values[0] : values).map(clean);
	return {
		name,
		types,
		parts,
		group: typeof parameters.group === 'string' ? parameters.group : undefined,
		pref: types.includes('pref') || parameters.pref !== undefined,
		text: parts.filter(Boolean).join(name === 'org' ? ', ' : name === 'categories' ? ',' : ' '),
	};
}

const words = (name: string) => name.replace(/^x-/, '').toUpperCase();
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function labelOf({ types }: Property, custom: string | undefined): string {
	if (custom) return custom;
	const named = types.filter((type) => type && !NO_LABELS.has(type));
	return named.map((type) => (type === 'cell' ? 'Mobile' : capital(type))).join(' ');
}

function place(
	draft: Draft,
	property: Property,
	custom: string | undefined,
	index: number,
	all: readonly Property[],
): void {
	const { name, parts, text, pref } = property;
	if (text === '') return;
	const label = labelOf(property, custom);
	const column = words(name);
	// The preferred one, else the order in the card; faxes and pagers never.
	const rank = /fax|pager|assistant/i.test(label)
		? undefined
		: pref
			? index / 1000
			: 1 + index / 1000;
	switch (name) {
		case 'n': {
			const [last = '', first = '', middle = '', prefix = '', suffix = ''] = parts;
			draft.put('lastName', last, 'Last name');
			draft.put('firstName', first, 'First name');
			const rest = { 'Middle name': middle, 'Name prefix': prefix, 'Name suffix': suffix };
			for (const [what, value] of Object.entries(rest)) if (value) draft.extra(what, value);
			return;
		}
		case 'fn': {
			// The formatted name repeats N with all its parts; it counts where N is missing or empty.
			const named = all.some((one) => one.name === 'n' && (one.parts[0] || one.parts[1]));
			if (!named) draft.put('name', text, column);
			return;
		}
		case 'email':
			return draft.email(text, label, column, rank);
		case 'tel':
			return draft.phone(text.replace(/;ext=/i, ' ext '), label, column, rank);
		case 'url':
			return draft.website(text.replaceAll('\\:', ':'), custom ?? label, column);
		case 'adr': {
			const [box, extended, street, city, region, postcode, country] = parts;
			const group = `adr${index}`;
			const values = { city, region, postcode, country };
			for (const value of [box, extended, street])
				if (value) draft.address(group, label, 'street', value);
			for (const [part, value] of Object.entries(values))
				if (value) draft.address(group, label, part, value);
			return;
		}
		case 'org': {
			const [company = '', ...units] = parts;
			if (company) draft.put('company', company, column);
			else draft.put('company', units.join(', '), column);
			if (company && units.some(Boolean))
				draft.extra('Department', units.filter(Boolean).join(', '));
			return;
		}
		case 'title':
			return draft.put('jobTitle', text, column);
		case 'role':
			return all.some((one) => one.name === 'title')
				? draft.extra(column, text)
				: draft.put('jobTitle', text, column);
		case 'note':
			// All notes are one text, put in once.
			if (property === all.find((one) => one.name === 'note'))
				draft.put('notes', notesOf(all), column);
			return;
		case 'categories':
			return draft.tags(parts.filter(Boolean));
		case 'bday':
			return draft.put('birthday', text, column);
		case 'uid':
			return draft.put('externalId', text, column);
		default:
			draft.extra(custom ?? (label ? `${column} (${label})` : column), text);
	}
}

const notesOf = (all: readonly Property[]) =>
	all
		.filter(({ name }) => name === 'note')
		.map(({ text }) => text)
		.join('\n\n');
