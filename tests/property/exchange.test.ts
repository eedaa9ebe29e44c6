/** Laws of import and export: what is written is read again, and no bytes make it throw. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { unwrap } from '#core/result.ts';
import { defuse, rowsToCsv } from '#exchange/csv.ts';
import { preview, runImport } from '#exchange/import.ts';
import { parseRows } from '#exchange/reading/rows.ts';
import { memoryTarget } from '#tests/support/memory-target.ts';

const info = { workspaceId: 'w', importId: 'i', currency: 'EUR', now: 0 };
const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 12 }),
	fc.string({ unit: fc.constantFrom(...'=+-@\'",;\t\r\n ＝a1'), maxLength: 8 }),
);
const lines = (value: string) => value.replace(/\r\n?/g, '\n');

test.prop([
	fc
		.integer({ min: 1, max: 5 })
		.chain((width) =>
			fc.array(fc.array(text, { minLength: width, maxLength: width }), { maxLength: 12 }),
		),
	fc.integer({ min: 1, max: 9 }),
])('CSV written is read again, however it is cut into pieces', (rows, size) => {
	const file = rowsToCsv(rows);
	const pieces = file.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
	const read = [...parseRows(pieces, ',')].flat().map(({ cells }) => cells);
	// A row of nothing but one blank cell looks like a blank line, which is no row.
	const kept = rows.filter((row) => row.length > 1 || defuse(row[0]!).trim() !== '');
	expect(read).toEqual(kept.map((row) => row.map(lines)));
});

const bytes = fc.oneof(
	fc.uint8Array({ maxLength: 300 }),
	fc.string({ unit: 'binary', maxLength: 200 }).map((value) => new TextEncoder().encode(value)),
	fc
		.array(
			fc.constantFrom(
				'BEGIN:VCARD\n',
				'END:VCARD\n',
				'VERSION:2.1\n',
				'N;ENCODING=QUOTED-PRINTABLE:=C3=\n',
				'TEL;:\n',
				'EMAIL:a@b\n',
				'ADR:;;\n',
				'item1.X:\n',
				':\n',
				' fold\n',
				'"',
				'\n',
				',',
				'Name,E-mail\n',
				'CustomerID,InvoiceDate,Quantity,UnitPrice\n',
				'1,2010-12-01,2,3\n',
				'E-mail 1 - Value,Labels\n',
				'a ::: b,* c\n',
				'\u0000',
				'\x1f\x8b',
				'__proto__,constructor\n',
			),
			{ maxLength: 20 },
		)
		.map((parts) => new TextEncoder().encode(parts.join(''))),
);

test.prop([bytes, fc.constantFrom(undefined, 'csv', 'google', 'vcard', 'orders')], {
	numRuns: 400,
})('any bytes give a Result, and a second import creates nothing', async (data, dialect) => {
	const source = { name: 'f', data: new Blob([new Uint8Array(data)]) };
	const shown = await preview(source, { dialect });
	if (!shown.ok) expect(shown.error.message).toMatch(/\.$/);
	const target = memoryTarget();
	const first = await runImport(source, { dialect }, target, info);
	if (!first.ok) return;
	const again = unwrap(await runImport(source, { dialect }, target, info));
	expect([again.created, again.updated]).toEqual([0, 0]);
	expect(again.unchanged).toBe(first.value.created);
});
