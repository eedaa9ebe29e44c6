/**
 * Pieces of text -> rows of cells, a chunk at a time. Line ends of any kind become LF first, also inside quotes. A quote that
 * is opened and never closed would swallow the rest of the file: such a line is handed out as broken and reading goes on
 * behind it.
 */
import Papa from 'papaparse';
import { undefuse } from '../csv.ts';

export interface RawRow {
	readonly cells: string[];
	readonly broken?: boolean;
}

export const delimiters = [',', '\t', ';', '|'] as const;
/** Columns parted by runs of spaces, as old fixed-width exports have them. */
export const SPACES = ' ';

interface Parsed {
	readonly data: string[][];
	readonly errors: readonly { readonly code: string }[];
	readonly meta: { readonly cursor: number };
}
interface Parser {
	parse(text: string, baseIndex: number, ignoreLastRow: boolean): Parsed;
}
// The parser that Papa.parse itself drives; driving it here keeps reading pull-based and the same in Node and browsers.
const PapaParser = Papa.Parser as unknown as new (config: object) => Parser;

export function* parseRows(pieces: Iterable<string>, delimiter: string): Generator<RawRow[]> {
	let parse = rowParser(delimiter, true);
	let repairs = 0;
	let rest = '';
	let wanted = 0;
	for (const piece of lineFed(pieces)) {
		rest += piece;
		// A long open quote is scanned again with each piece: waiting for twice the text keeps that linear.
		if (rest.length < wanted) continue;
		const { rows, cursor } = parse(rest, true);
		rest = rest.slice(cursor);
		wanted = rest.length * 2;
		if (rows.length > 0) yield rows;
	}
	while (rest !== '') {
		const { rows, cursor, open } = parse(rest, false);
		if (!open) {
			yield rows;
			return;
		}
		const closed = parse(rest, true);
		yield closed.rows;
		rest = rest.slice(closed.cursor);
		const end = rest.indexOf('\n');
		const line = end < 0 ? rest : rest.slice(0, end);
		yield [{ cells: line.split(delimiter), broken: true }];
		rest = end < 0 ? '' : rest.slice(end + 1);
		// Each repair reads the rest again; a file full of stray quotes does not use them as quotes.
		if (++repairs === 20) parse = rowParser(delimiter, false);
		if (cursor === 0 && end < 0) return;
	}
}

function rowParser(delimiter: string, quotes: boolean) {
	if (delimiter === SPACES) return parseSpaced;
	const plain = new PapaParser({ delimiter, newline: '\n', fastMode: true });
	const quoted = new PapaParser({ delimiter, newline: '\n' });
	return (text: string, more: boolean) => {
		const parser = quotes && quotesPair(text, delimiter) ? quoted : plain;
		const { data, errors, meta } = parser.parse(text, 0, more);
		const rows: RawRow[] = [];
		for (const cells of data) {
			if (cells.length === 1 && cells[0]!.trim() === '') continue;
			for (let i = 0; i < cells.length; i++)
				if (cells[i]!.charCodeAt(0) === 39) cells[i] = undefuse(cells[i]!);
			rows.push({ cells });
		}
		return { rows, cursor: meta.cursor, open: errors.some(({ code }) => code === 'MissingQuotes') };
	};
}

/**
 * Whether about as many quotes open a field as close one. Where they do not, they are no quotes, and the parser would look for
 * each one's end through the whole text.
 */
function quotesPair(text: string, delimiter: string): boolean {
	const edge = (char: string | undefined) =>
		char === undefined || char === '\n' || char === delimiter;
	let opening = 0;
	let closing = 0;
	for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
		if (edge(text[at - 1])) opening++;
		if (edge(text[at + 1])) closing++;
	}
	return opening - closing < 100 + closing / 4;
}

function parseSpaced(text: string, more: boolean) {
	const cursor = more ? text.lastIndexOf('\n') + 1 : text.length;
	const rows = text
		.slice(0, cursor)
		.split('\n')
		.map((line) => ({ cells: line.trim().split(/ +/) }))
		.filter(({ cells }) => cells[0] !== '');
	return { rows, cursor, open: false };
}

/** CRLF and CR as LF; a CR at the end of a piece waits for what follows it. */
function* lineFed(pieces: Iterable<string>): Generator<string> {
	let held = '';
	for (const piece of pieces) {
		let text = held + piece;
		held = text.endsWith('\r') ? '\r' : '';
		if (held) text = text.slice(0, -1);
		yield text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
	}
	if (held) yield '\n';
}

/** The delimiter that cuts the sample's lines into the most even rows of more than one cell; comma when none does. */
export function sniffDelimiter(sample: string): string {
	const declared = /^sep=(.)\r?\n/i.exec(sample)?.[1];
	if (declared) return declared;
	let best = { delimiter: ',', score: 0 };
	for (const delimiter of [...delimiters, SPACES]) {
		const rows = [...parseRows([sample], delimiter)].flat().slice(0, 60);
		// The sample may end inside a line.
		if (rows.length > 2) rows.pop();
		const counts = new Map<number, number>();
		for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
		const [width = 1, times = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
		const even = times / rows.length;
		// Words of plain text are parted by spaces too: only perfectly even lines count there.
		if (width < 2 || (delimiter === SPACES && (even < 1 || width < 3))) continue;
		const score = even + Math.min(width, 30) / 100 - (delimiter === SPACES ? 0.5 : 0);
		if (score > best.score) best = { delimiter, score };
	}
	return best.delimiter;
}
