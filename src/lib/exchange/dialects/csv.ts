/** Any table: each column goes where the entity's own words say, and to `extra` where nobody knows it. */
import { fail, ok } from '#core/result.ts';
import type { Entity } from '#schema/entity.ts';
import { mapByContent, mapColumns, type Target } from '../mapping/columns.ts';
import type { Reading } from '../mapping/coerce.ts';
import { createDraft } from '../mapping/draft.ts';
import { entityOf, tableEntities } from '../mapping/entity.ts';
import { createDateVote, isSlashed } from '../reading/dates.ts';
import { sniffDecimal } from '../reading/numbers.ts';
import type { Table, TableRow } from '../reading/table.ts';
import type { Opened, ReadRow, Records, Settings } from './dialect.ts';
import { recordDialect } from './records.ts';

export const csv = recordDialect('csv', () => true, open);

function open(opened: Opened, { options, currency }: Settings) {
	const table = opened.table();
	if (!table.ok) return table;
	const { columns, headerless } = table.value;
	const entity = options.entity
		? tableEntities.find(({ name }) => name === options.entity)
		: entityOf(columns);
	if (!entity) {
		const names = tableEntities.map(({ name }) => name).join(', ');
		return fail('Invalid', `A table cannot become "${options.entity}". Choose one of: ${names}.`);
	}
	const mapping = options.mapping ?? {};
	const byContent = headerless ? mapByContent(samplesOf(table.value)) : undefined;
	const targets = byContent
		? byContent.map((target, i) => {
				const chosen = mapping[columns[i]!];
				return chosen === undefined ? target : chosen;
			})
		: mapColumns(entity, columns, mapping);
	const { reading, notes } = readingOf(table.value, entity, targets, currency);
	if (headerless) notes.unshift(HEADERLESS);
	return ok(tableRecords(table.value, entity, targets, notes, (row) => readRow(row)));

	function readRow(row: TableRow): Pick<ReadRow, 'fields' | 'warnings'> {
		const draft = createDraft(entity!, reading);
		for (let i = 0; i < columns.length; i++) {
			const target = targets[i];
			if (target && row.cells[i]) draft.put(target, row.cells[i]!, columns[i]!);
		}
		return draft.finish();
	}
}

export const HEADERLESS =
	'The file has no header row: its columns are numbered and read by what they hold. Check the mapping.';

export const samplesOf = (table: Table): string[][] =>
	table.columns.map((_, i) => table.sample.map((row) => row.cells[i] ?? ''));

/** Decimal sign and date order, decided by whole columns. */
export function readingOf(
	table: Table,
	entity: Entity,
	targets: readonly Target[],
	currency: string,
): { reading: Reading; notes: string[] } {
	const indexes = (...kinds: string[]) =>
		targets.flatMap((target, i) =>
			kinds.includes(entity.fields[target ?? '']?.kind ?? '') ? [i] : [],
		);
	const numbers = indexes('number', 'money');
	const vote = voteOn(table, indexes('date', 'dateTime'));
	return {
		reading: {
			currency,
			decimal: sniffDecimal(
				numbers.flatMap((i) => table.sample.map(({ cells }) => cells[i] ?? '')),
			),
			dateOrder: vote?.order ?? 'dmy',
		},
		notes: vote ? [vote.reason] : [],
	};
}

/** Reads whole columns, but only when their first values leave the question open. */
export function voteOn(table: Table, columns: readonly number[]) {
	const open = table.sample.some(({ cells }) => columns.some((i) => isSlashed(cells[i] ?? '')));
	if (!open) return undefined;
	const vote = createDateVote();
	for (const { rows } of table.rows())
		for (const { cells } of rows) for (const i of columns) vote.add(cells[i] ?? '');
	return vote.result();
}

export function tableRecords(
	table: Table,
	entity: Entity,
	targets: readonly Target[],
	notes: readonly string[],
	read: (row: TableRow) => Pick<ReadRow, 'fields' | 'warnings' | 'apart'>,
): Records {
	return {
		entity,
		delimiter: table.delimiter,
		rawColumns: table.columns,
		notes,
		size: table.size,
		columns: table.columns.map((name, i) => ({
			name,
			field: targets[i] ?? null,
			samples: table.sample
				.map(({ cells }) => cells[i] ?? '')
				.filter(Boolean)
				.slice(0, 3),
		})),
		*read() {
			for (const { rows, bytes } of table.rows())
				yield {
					bytes,
					rows: rows.map((row): ReadRow => {
						const { raw, problem, warning } = row;
						if (problem) return { row: row.row, raw, problem, warnings: [] };
						const { fields, warnings, apart } = read(row);
						const all = warning ? [...warnings, warning] : warnings;
						return { row: row.row, raw, fields, warnings: all, apart };
					}),
				};
		},
	};
}
