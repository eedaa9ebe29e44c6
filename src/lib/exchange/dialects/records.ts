/** Preview and run for the dialects whose rows are records: everything but order lines. */
import { ok, type Result } from '#core/result.ts';
import type { Entity } from '#schema/entity.ts';
import { normalise } from '#schema/derive/index-keys.ts';
import { validateNew } from '#schema/derive/validate.ts';
import type { Fields } from '#schema/values.ts';
import { contact } from '#entities/contact.ts';
import type { FailedRow, ImportOptions } from '../contract.ts';
import { createUpsert, type Importing, type Item } from '../writing/upsert.ts';
import { breathe } from '../breathe.ts';
import type { DialectModule, Opened, ReadRow, Records, Settings } from './dialect.ts';

const BATCH = 1000;
const SHOWN = 20;
const NAMING = [
	'firstName',
	'lastName',
	'email',
	'phone',
	'externalId',
	'otherEmails',
	'otherPhones',
];

/** Why nothing can be made of the fields. A contact of whom only the company is known is called by it. */
function settle(entity: Entity, fields: Fields): { fields: Fields } | { problem: string } {
	if (entity.name !== contact.name) {
		const checked = validateNew(entity, fields);
		return checked.ok ? { fields } : { problem: checked.error.message };
	}
	if (NAMING.some((name) => name in fields)) return { fields };
	if (typeof fields.company === 'string')
		return { fields: { ...fields, firstName: fields.company } };
	return {
		problem: 'Nothing in this row names or identifies a person: no name, e-mail, phone or number.',
	};
}

function judge(entity: Entity, row: ReadRow): ReadRow {
	if (!row.fields) return row;
	const settled = settle(entity, row.fields);
	return 'problem' in settled
		? { ...row, fields: undefined, problem: settled.problem }
		: { ...row, fields: settled.fields };
}

const failedRow = ({ row, raw, problem }: ReadRow): FailedRow => ({
	row,
	reason: problem ?? '',
	raw: raw(),
});

export function recordDialect(
	name: DialectModule['name'],
	recognises: (opened: Opened, options: ImportOptions) => boolean,
	open: (opened: Opened, settings: Settings) => Result<Records>,
): DialectModule {
	return {
		name,
		recognises,
		preview(opened, settings) {
			const opening = open(opened, settings);
			if (!opening.ok) return opening;
			const { entity, columns, delimiter, notes, read } = opening.value;
			const first: ReadRow[] = [];
			for (const { rows } of read()) {
				first.push(...rows.map((row) => judge(entity, row)));
				if (first.length >= 200) break;
			}
			return ok({
				entity: entity.name,
				delimiter,
				columns,
				records: first
					.flatMap(({ fields }) => (fields ? [{ entity: entity.name, fields }] : []))
					.slice(0, SHOWN),
				failed: first.filter(({ problem }) => problem !== undefined).map(failedRow),
				notes,
			});
		},
		async run(opened, settings, importing, onProgress) {
			const opening = open(opened, settings);
			if (!opening.ok) return opening;
			const { entity, rawColumns, notes, size, read } = opening.value;
			const { tally } = importing;
			tally.columns = rawColumns;
			tally.notes.push(...notes);
			const upsert = createUpsert(importing);
			let waiting: Item[] = [];
			const flush = async () => {
				const items = await withReferences(importing, entity, waiting);
				waiting = [];
				return upsert(entity, items);
			};
			for (const { rows, bytes } of read()) {
				for (const row of rows.map((one) => judge(entity, one))) {
					tally.rows++;
					for (const what of row.apart ?? []) tally.apart(what);
					if (!row.fields) {
						tally.failed.push(failedRow(row));
						continue;
					}
					const warning = row.warnings.join(' ');
					waiting.push({ row: row.row, fields: row.fields, raw: row.raw, warning });
					if (waiting.length < BATCH) continue;
					const written = await flush();
					if (!written.ok) return written;
				}
				onProgress({ stage: 'writing', done: bytes, total: size, rows: tally.rows });
				await breathe();
			}
			const written = await flush();
			return written.ok ? ok(undefined) : written;
		},
	};
}

/** A contact named by e-mail becomes a link to the record; any other name stays a name. */
async function withReferences(
	{ target }: Importing,
	entity: Entity,
	items: readonly Item[],
): Promise<readonly Item[]> {
	const fields = Object.keys(entity.fields).filter(
		(name) => entity.fields[name]!.to === contact.name,
	);
	const emailIn = (item: Item, name: string) => {
		const value = item.fields[name];
		return typeof value === 'string' && /^\S+@\S+$/.test(value) ? normalise(value) : undefined;
	};
	const emails = [
		...new Set(items.flatMap((item) => fields.flatMap((name) => emailIn(item, name) ?? []))),
	];
	if (emails.length === 0) return items;
	const ids = await target.find(contact.name, 'email', emails);
	const idByEmail = new Map(emails.map((email, i) => [email, ids[i]]));
	return items.map((item) => {
		const linked = fields.flatMap((name) => {
			const id = idByEmail.get(emailIn(item, name) ?? '');
			return id ? [[name, id] as const] : [];
		});
		return linked.length > 0
			? { ...item, fields: { ...item.fields, ...Object.fromEntries(linked) } }
			: item;
	});
}
