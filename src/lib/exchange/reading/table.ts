/**
 * Text -> a table: columns, a sample, and its rows as a stream of chunks. The first row names the columns unless its cells
 * look like values (an e-mail, a date, a number) and no known column; then the columns are called `Column 1`, `Column 2` …
 */
import { fail, ok, type Result } from '#core/result.ts';
import { rowToCsv } from '../csv.ts';
import { parseDate } from './dates.ts';
import { decodePieces } from './encoding.ts';
import { parseRows, sniffDelimiter } from './rows.ts';

export interface TableRow {
	/** 1 is the first row of data. */
	readonly row: number;
	/** As many as there are columns, outer spaces removed. */
	readonly cells: readonly string[];
	/** Why the row cannot be taken as it is. */
	readonly problem?: string;
	/** The row is usable but not whole. */
	readonly warning?: string;
	readonly raw: () => string;
}

export interface Table {
	readonly encoding: string;
	readonly delimiter: string;
	readonly columns: readonly string[];
	readonly headerless: boolean;
	/** The first rows, for recognising what the table is. */
	readonly sample: readonly TableRow[];
	/** All rows from the first one on, in chunks; `bytes` is how far the file is read. */
	rows(): Generator<{ readonly rows: readonly TableRow[]; readonly bytes: number }>;
	readonly size: number;
}

const SAMPLE_BYTES = 1 << 18;
const SAMPLE_ROWS = 500;
const MAX_COLUMNS = 2000;
const VALUE = /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[+(]?\d[\d\s().-]{6,}$|^[-+]?[\d.,]+$|^https?:\/\//i;

const looksLikeValue = (cell: string): boolean =>
	cell.length < 300 && (VALUE.test(cell) || (/\d/.test(cell) && parseDate(cell) !== undefined));

export function openTable(
	bytes: Uint8Array,
	encoding: string,
	isKnownColumn: (name: string) => boolean,
): Result<Table> {
	const head = decodePieces(bytes.subarray(0, SAMPLE_BYTES), encoding, SAMPLE_BYTES).next();
	const sampleText = (head.value as string | undefined) ?? '';
	const delimiter = sniffDelimiter(sampleText);
	const first = [...parseRows([sampleText], delimiter)].flat();
	const declared = first[0]?.cells.join(delimiter).toLowerCase().startsWith('sep=') ? 1 : 0;
	const top = first[declared]?.cells.map((cell) => cell.trim());
	if (!top || top.every((cell) => cell === ''))
		return fail('Unreadable', 'The file holds no rows. Choose a file with at least one line.');
	if (top.length > MAX_COLUMNS)
		return fail(
			'Unreadable',
			`The first line has ${top.length} columns: this is no table of records. Export it again as CSV.`,
		);
	const known = top.filter((cell) => cell && isKnownColumn(cell)).length;
	const values = top.filter(looksLikeValue).length;
	const headerless = values > 0 && known <= values;
	const columns = headerless ? top.map((_, i) => `Column ${i + 1}`) : uniqueNames(top);
	if (columns.length === 1 && known === 0 && values === 0)
		return fail(
			'Unreadable',
			'No columns were found. A table needs a header row and values parted by commas, semicolons or tabs.',
		);
	const skip = declared + (headerless ? 0 : 1);

	function* rows(from = bytes): ReturnType<Table['rows']> {
		let read = 0;
		let row = 0;
		let skipped = 0;
		const counted = function* () {
			for (const piece of decodePieces(from, encoding)) {
				read = Math.min(from.length, read + (1 << 20));
				yield piece;
			}
		};
		for (const chunk of parseRows(counted(), delimiter)) {
			const out: TableRow[] = [];
			for (const { cells, broken } of chunk) {
				if (skipped < skip) skipped++;
				else out.push(fit(++row, cells, columns, broken));
			}
			yield { rows: out, bytes: read };
		}
	}

	const sample: TableRow[] = [];
	for (const chunk of rows(bytes.subarray(0, SAMPLE_BYTES))) sample.push(...chunk.rows);
	// The sample's end cuts a row in two.
	if (bytes.length > SAMPLE_BYTES && sample.length > 1) sample.pop();
	sample.length = Math.min(sample.length, SAMPLE_ROWS);
	return ok({ encoding, delimiter, columns, headerless, sample, rows, size: bytes.length });
}

function fit(row: number, cells: string[], columns: readonly string[], broken?: boolean): TableRow {
	const raw = () => rowToCsv(cells);
	const width = columns.length;
	if (broken)
		return {
			row,
			cells,
			raw,
			problem: 'A quotation mark is opened and never closed in this line.',
		};
	const surplus = cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '');
	if (surplus)
		return {
			row,
			cells,
			raw,
			problem: `The row has ${cells.length} cells where the header has ${width}: a value holds an unquoted delimiter.`,
		};
	const warning =
		cells.length < width
			? `The row ends after ${cells.length} of ${width} cells; the rest is taken as empty.`
			: undefined;
	const fitted: string[] = [];
	for (let i = 0; i < width; i++) fitted.push((cells[i] ?? '').trim());
	return { row, cells: fitted, raw, warning };
}

function uniqueNames(names: readonly string[]): string[] {
	const seen = new Map<string, number>();
	return names.map((name, i) => {
		const base = name || `Column ${i + 1}`;
		const times = (seen.get(base) ?? 0) + 1;
		seen.set(base, times);
		return times === 1 ? base : `${base} (${times})`;
	});
}
