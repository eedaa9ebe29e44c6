/**
 * Tables as text: RFC 4180, CRLF, comma. A text that a spreadsheet would run as a formula is written with a leading `'`,
 * which reading strips again, so export -> import gives back what was there (line breaks in a value come back as LF).
 */
import type { FailedRow, ImportReport } from './contract.ts';

export type Cell = string | number | boolean | null | undefined;

// Texts that begin with quotes before such a sign get one more, so that stripping one always restores the original.
const FORMULA = /^'*[=+\-@\t\r\n\0＝＋－＠]/;
const DEFUSED = /^''*[=+\-@\t\r\n\0＝＋－＠]/;
const QUOTED = /[",\r\n]|^\s|\s$/;

export const defuse = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

export const undefuse = (text: string): string =>
	text.charCodeAt(0) === 39 && DEFUSED.test(text) ? text.slice(1) : text;

function cellToCsv(cell: Cell): string {
	if (cell === null || cell === undefined) return '';
	if (typeof cell !== 'string') return String(cell);
	const safe = defuse(cell);
	return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const rowToCsv = (cells: readonly Cell[]): string =>
	// A row of one empty cell would be a blank line, which readers skip.
	cells.length === 1 && cellToCsv(cells[0]) === '' ? '""' : cells.map(cellToCsv).join(',');

export const rowsToCsv = (rows: readonly (readonly Cell[])[]): string =>
	rows.map((row) => `${rowToCsv(row)}\r\n`).join('');

/** Columns of `failedCsv` that an import leaves out again. */
export const failedColumns = ['Import row', 'Import problem'] as const;

/** The rows that are not in, with the reason: to be mended and imported again. Starts with a BOM, for Excel. */
export function failedCsv(report: Pick<ImportReport, 'failed' | 'columns'>): string {
	// `raw` is a line of this file's own format already, cell by cell defused.
	const header = rowToCsv([...failedColumns, ...report.columns]);
	const lines = report.failed.map(({ row, reason, raw }) =>
		report.columns.length > 0
			? `${rowToCsv([row, reason])},${raw ?? ''}`
			: rowToCsv([row, reason, raw]),
	);
	return `\uFEFF${[header + (report.columns.length > 0 ? '' : ',Card'), ...lines].join('\r\n')}\r\n`;
}

export type { FailedRow };
