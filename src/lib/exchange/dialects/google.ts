/**
 * Google Contacts, current and legacy: numbered groups of columns (`E-mail 1 - Label`, `E-mail 1 - Value`), ` ::: ` between
 * several values of one cell, a leading `* ` on the label of the preferred one and on system groups.
 */
import { ok } from '#core/result.ts';
import { spelling } from '#schema/derive/import-aliases.ts';
import { contact } from '#entities/contact.ts';
import { mapColumns, type Target } from '../mapping/columns.ts';
import { createDraft, type Draft } from '../mapping/draft.ts';
import type { TableRow } from '../reading/table.ts';
import { tableRecords } from './csv.ts';
import type { Opened, Settings } from './dialect.ts';
import { recordDialect } from './records.ts';

const GROUP =
	/^(E-mail|Phone|Address|Website|Event|Relation|Custom Field|IM|Organization|Jot|External ID|Calendar Link) (\d+) - (.+)$/;
const JOINED = ' ::: ';

const isGoogle = (columns: readonly string[]) =>
	columns.some((column) => /^(E-mail|Phone) 1 - (Value|Label|Type)$/.test(column)) ||
	(columns.includes('Group Membership') && columns.includes('Given Name')) ||
	(columns.includes('File As') && columns.includes('Labels'));

export const isGoogleColumn = (column: string) => GROUP.test(column);

export const google = recordDialect(
	'google',
	(opened) => {
		const table = opened.table();
		return table.ok && isGoogle(table.value.columns);
	},
	open,
);

interface Group {
	readonly kind: string;
	readonly parts: Map<string, number>;
	readonly key: string;
}

function open(opened: Opened, { options, currency }: Settings) {
	const table = opened.table();
	if (!table.ok) return table;
	const { columns } = table.value;
	const mapping = options.mapping ?? {};
	const groups = new Map<string, Group>();
	columns.forEach((column, i) => {
		const match = mapping[column] === undefined && GROUP.exec(column);
		if (!match) return;
		const key = `${match[1]} ${match[2]}`;
		const group = groups.get(key) ?? { kind: match[1]!, key, parts: new Map<string, number>() };
		groups.set(key, group);
		group.parts.set(match[3]!, i);
	});
	const grouped = new Set([...groups.values()].flatMap(({ parts }) => [...parts.values()]));
	const targets = mapColumns(contact, columns, mapping).map((target, i): Target => {
		if (grouped.has(i)) return targetOfGroup(columns[i]!);
		return spelling(columns[i]!) === 'photo' ? null : target;
	});
	const photo = columns.findIndex((column) => spelling(column) === 'photo');
	const reading = { currency, decimal: '.', dateOrder: 'dmy' } as const;

	const read = ({ cells }: TableRow) => {
		const draft = createDraft(contact, reading);
		targets.forEach((target, i) => {
			const value = cells[i];
			if (!target || !value || grouped.has(i)) return;
			if (target === 'tags') draft.tags(labelsOf(value));
			else draft.put(target, value, columns[i]!);
		});
		for (const group of groups.values())
			placeGroup(draft, group, (part) => cells[group.parts.get(part) ?? -1] ?? '');
		return { ...draft.finish(), ...(cells[photo] && { apart: ['photos'] }) };
	};
	return ok(tableRecords(table.value, contact, targets, [], read));
}

/** `* myContacts` only says that the entry is a contact. */
const labelsOf = (value: string) =>
	value
		.split(JOINED)
		.map((label) => label.replace(/^\* /, '').trim())
		.filter((label) => label && label !== 'myContacts');

function targetOfGroup(column: string): Target {
	const [, kind, , part] = GROUP.exec(column)!;
	if (kind === 'Organization')
		return part === 'Name' ? 'company' : part === 'Title' ? 'jobTitle' : 'extra';
	const field = { 'E-mail': 'email', Phone: 'phone', Address: 'addresses', Website: 'websites' }[
		kind!
	];
	return field ?? 'extra';
}

function placeGroup(draft: Draft, { kind, key }: Group, cell: (part: string) => string): void {
	const said = cell('Label') || cell('Type');
	const preferred = said.startsWith('* ');
	const label = said.replace(/^\* /, '').trim();
	const values = (part: string) =>
		cell(part)
			.split(JOINED)
			.map((value) => value.trim())
			.filter(Boolean);
	const rank = preferred ? -1 : undefined;
	// Google writes the first as the one it shows; `* ` marks another one.
	const place = Number(key.split(' ').at(-1));
	switch (kind) {
		case 'E-mail':
			for (const value of values('Value')) draft.email(value, label, key, rank ?? place);
			break;
		case 'Phone':
			for (const value of values('Value'))
				draft.phone(
					value,
					label,
					key,
					rank ?? (/fax|pager/i.test(label) ? undefined : place / 100),
				);
			break;
		case 'Website':
			for (const value of values('Value')) draft.website(value, label, key);
			break;
		case 'Address':
			placeAddress(draft, key, label, values);
			break;
		case 'Organization':
			draft.put('company', cell('Name'), `${key} - Name`);
			draft.put('jobTitle', cell('Title'), `${key} - Title`);
			for (const part of [
				'Yomi Name',
				'Department',
				'Symbol',
				'Location',
				'Job Description',
				'Type',
			])
				if (cell(part))
					draft.extra(key === 'Organization 1' ? part : `${key} - ${part}`, cell(part));
			break;
		default:
			for (const value of [...values('Value'), ...values('Service')])
				draft.extra(label || kind, value);
	}
}

/** Two addresses of one label stand joined part by part in the same cells. */
function placeAddress(
	draft: Draft,
	key: string,
	label: string,
	values: (part: string) => string[],
): void {
	const parts = {
		street: [values('PO Box'), values('Street'), values('Extended Address')],
		city: [values('City')],
		region: [values('Region')],
		postcode: [values('Postal Code')],
		country: [values('Country')],
	};
	const all = Object.values(parts).flat();
	const formatted = values('Formatted');
	const count = Math.max(formatted.length, ...all.map((list) => list.length));
	for (let n = 0; n < count; n++) {
		const group = `${key} ${n}`;
		let whole = true;
		for (const [part, lists] of Object.entries(parts))
			for (const list of lists)
				if (list[n]) {
					draft.address(group, label, part, list[n]!);
					whole = false;
				}
		if (whole && formatted[n]) draft.address(group, label, 'street', formatted[n]!);
	}
}
