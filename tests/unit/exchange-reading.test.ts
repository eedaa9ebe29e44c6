/** Bytes -> rows: encodings, delimiters, quotes, headers, numbers and dates as files really have them. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unwrap } from '#core/result.ts';
import { defuse, failedCsv, rowsToCsv, undefuse } from '#exchange/csv.ts';
import { preview, runImport } from '#exchange/import.ts';
import { splitName } from '#exchange/mapping/names.ts';
import { createDateVote, parseDate } from '#exchange/reading/dates.ts';
import { parseNumber, sniffDecimal } from '#exchange/reading/numbers.ts';
import { memoryTarget } from '#tests/support/memory-target.ts';

const info = { workspaceId: 'w', importId: 'i', currency: 'EUR', now: 0 };
const shown = async (data: Blob | string, options = {}) =>
	unwrap(await preview({ name: 'f', data }, options));
const names = async (data: Blob | string) =>
	(await shown(data)).records.map(({ fields }) => fields.lastName);
const blob = (...parts: (number[] | Uint8Array<ArrayBuffer>)[]) =>
	new Blob(parts.map((part) => new Uint8Array(part)));
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));

describe('encodings', () => {
	const table = 'Last name,E-mail\r\nMüller,m@example.com\r\n';
	it('UTF-8 with a mark, UTF-16 with and without, windows-1252', async () => {
		expect(await names(`\uFEFF${table}`)).toEqual(['Müller']);
		expect(await names(blob([0xff, 0xfe], utf16(table)))).toEqual(['Müller']);
		expect(await names(blob(utf16(table)))).toEqual(['Müller']);
		const latin = blob(new Uint8Array(Buffer.from(table, 'latin1')));
		expect((await shown(latin)).encoding).toBe('windows-1252');
		expect(await names(latin)).toEqual(['Müller']);
	});
	it('capitals with accents are not taken for Chinese', async () => {
		const latin = Buffer.from('Last name,Notes\nGARÇÃO,SÃO JOÃO ATENÇÃO\n', 'latin1');
		expect((await shown(blob(new Uint8Array(latin)))).encoding).toBe('windows-1252');
	});
	it('GBK', async () => {
		// 姓,邮箱 / 王,w@example.com / 李,l@example.com
		const gbk = [
			[0xd0, 0xd5, 0x2c, 0xd3, 0xca, 0xcf, 0xe4, 0x0a, 0xcd, 0xf5, 0x2c],
			[...Buffer.from('w@example.com\n')],
			[0xc0, 0xee, 0x2c],
			[...Buffer.from('l@example.com\n')],
		];
		expect((await shown(blob(...gbk))).encoding).toBe('gb18030');
		expect(await names(blob(...gbk))).toEqual(['王', '李']);
	});
	it('gzip, also cut off', async () => {
		const packed = gzipSync(table.repeat(200));
		expect(await names(blob(new Uint8Array(gzipSync(table))))).toEqual(['Müller']);
		const cut = await preview({ name: 'f', data: blob(new Uint8Array(packed.subarray(0, 40))) });
		expect(cut).toMatchObject({ ok: false, error: { type: 'Unreadable' } });
	});
	it('what is no text gets a sentence', async () => {
		for (const data of [
			blob([0x50, 0x4b, 3, 4, 0, 0]),
			blob([...Array(500).keys()].map((n) => (n * 7) % 32)),
			'',
		])
			expect(await preview({ name: 'f', data })).toMatchObject({
				ok: false,
				error: { type: 'Unreadable', message: expect.stringMatching(/\w \w.*\./) as unknown },
			});
	});
});

describe('tables', () => {
	it('delimiters and line ends', async () => {
		for (const delimiter of [',', '\t', ';', '|'])
			for (const end of ['\n', '\r\n', '\r']) {
				const rows = [
					['Last name', 'E-mail', 'Notes'],
					['Lee', 'a@x.org', 'one'],
					['Poe', 'b@x.org', 'two'],
				];
				const found = await shown(rows.map((row) => row.join(delimiter)).join(end));
				expect(found.delimiter).toBe(delimiter);
				expect(found.records.map(({ fields }) => fields.notes)).toEqual(['one', 'two']);
			}
	});
	it('sep= line, quoted line breaks and delimiters', async () => {
		const found = await shown('sep=;\r\nLast name;Notes\r\nLee;"a;b\r\nc ""d"""\r\n');
		expect(found.records).toMatchObject([{ fields: { lastName: 'Lee', notes: 'a;b\nc "d"' } }]);
	});
	it('rows of another length are listed, never lost', async () => {
		const found = await shown('Last name,E-mail\nLee,a@x.org,oops\nPoe\n\nRay,r@x.org,\n');
		expect(found.records.map(({ fields }) => fields.lastName)).toEqual(['Poe', 'Ray']);
		expect(found.failed).toMatchObject([{ row: 1, raw: 'Lee,a@x.org,oops' }]);
	});
	it('a quote that never closes costs its own line only', async () => {
		const rows = Array.from({ length: 50 }, (_, i) => `L${i},l${i}@x.org`);
		rows[20] = '"L20,l20@x.org';
		const target = memoryTarget();
		const report = unwrap(
			await runImport(
				{ name: 'f', data: `Last name,E-mail\n${rows.join('\n')}\n` },
				{},
				target,
				info,
			),
		);
		expect([report.created, report.rows]).toEqual([49, 50]);
		expect(report.failed).toMatchObject([{ row: 21 }]);
	});
	it('no header row', async () => {
		const found = await shown('Ann,Lee,ann@x.org\nBob,Poe,bob@x.org\n');
		expect(found.columns.map(({ name, field }) => [name, field])).toEqual([
			['Column 1', 'firstName'],
			['Column 2', 'lastName'],
			['Column 3', 'email'],
		]);
		expect(found.records.length).toBe(2);
		expect(found.notes[0]).toMatch(/no header/);
	});
	it('a mapping that a person chose wins', async () => {
		const mapping = { Alpha: 'lastName', Notes: null };
		const found = await shown('Alpha,Notes,Beta\nLee,secret,b\n', { mapping });
		expect(found.records).toMatchObject([{ fields: { lastName: 'Lee', extra: { Beta: 'b' } } }]);
		expect(found.records[0]!.fields).not.toHaveProperty('notes');
	});
	it('other entities by their columns', async () => {
		const entityOf = async (header: string, row: string) =>
			(await shown(`${header}\n${row}\n`)).records[0]!;
		expect(await entityOf('Product,SKU,Unit price', 'Mug,M1,"€1,250.50"')).toMatchObject({
			entity: 'product',
			fields: { name: 'Mug', sku: 'M1', price: 125_050 },
		});
		expect(await entityOf('Task,Due date,State', 'Call Ann,13/05/2026,Done')).toMatchObject({
			entity: 'task',
			fields: { subject: 'Call Ann', due: '2026-05-13', state: 'done' },
		});
		expect(
			await entityOf('Date,Type,Notes,Customer', '2026-05-13 14:30,Call,Hello,Ann'),
		).toMatchObject({
			entity: 'activity',
			fields: {
				kind: 'call',
				happenedAt: '2026-05-13T14:30:00.000Z',
				body: 'Hello',
				contact: 'Ann',
			},
		});
		expect(await entityOf('公司名称,行业,电话', '长青,零售,010 6552 9988')).toMatchObject({
			entity: 'company',
			fields: { name: '长青', industry: '零售' },
		});
	});
});

it('numbers', () => {
	for (const [text, value] of [
		['1,234.56', 1234.56],
		['1.234,56', 1234.56],
		['£2.55', 2.55],
		['(12.50)', -12.5],
		['12-', -12],
		['−3', -3],
		['１２３', 123],
		['¥1,200元', 1200],
		['USD 5', 5],
		['1,234', 1234],
		['.5', 0.5],
	] as const)
		expect([text, parseNumber(text)]).toEqual([text, value]);
	for (const text of ['', 'abc', '1.2.3.4', '--', '1e999', '1-2'])
		expect(parseNumber(text)).toBeUndefined();
	expect(parseNumber('1,234', ',')).toBe(1.234);
	expect(parseNumber('1.234', ',')).toBe(1234);
	expect(sniffDecimal(['2,55', '1.200,10'])).toBe(',');
});

it('dates', () => {
	const iso = (text: string, order?: 'dmy' | 'mdy') => {
		const found = parseDate(text, order);
		return found && new Date(found.at).toISOString().slice(0, 19);
	};
	for (const [text, expected] of [
		['2010-12-01T08:26:00', '2010-12-01T08:26:00'],
		['2010-12-01 08:26', '2010-12-01T08:26:00'],
		['20101201', '2010-12-01T00:00:00'],
		['2010/12/1 8:26', '2010-12-01T08:26:00'],
		['2010年12月1日 下午2:05', '2010-12-01T14:05:00'],
		['01/12/10 08:26', '2010-12-01T08:26:00'],
		['1.12.2010', '2010-12-01T00:00:00'],
		['1 Dec 2010', '2010-12-01T00:00:00'],
		['Dec 1, 2010 12:05 AM', '2010-12-01T00:05:00'],
		['2020-05-03 14:30:00 -0400', '2020-05-03T18:30:00'],
		['2020-05-03T14:30:00+08:00', '2020-05-03T06:30:00'],
		['40513.5', '2010-12-01T12:00:00'],
	])
		expect([text, iso(text!)]).toEqual([text, expected]);
	expect(iso('12/1/2010 8:26', 'mdy')).toBe('2010-12-01T08:26:00');
	for (const text of [
		'',
		'2010-02-30',
		'31/02/2010',
		'soon',
		'99999999',
		'2010-13-01',
		'1'.repeat(500),
	])
		expect(iso(text)).toBeUndefined();
});

it('day or month first is decided by the whole column', () => {
	const decide = (...values: string[]) => {
		const vote = createDateVote();
		for (const value of values) vote.add(value);
		return vote.result();
	};
	expect(decide('01/02/2020', '13/02/2020')).toMatchObject({ order: 'dmy' });
	expect(decide('01/02/2020', '02/13/2020')).toMatchObject({ order: 'mdy' });
	// Nothing over 12: in order of time only when the month comes first.
	expect(decide('01/05/2020', '01/09/2020', '02/01/2020', '02/03/2020')?.order).toBe('mdy');
	expect(decide('05/06/2020')?.reason).toMatch(/05\/06\/2020.*day\/month\/year/);
	expect(decide('2020-01-01')).toBeUndefined();
});

it('names', () => {
	expect(splitName('Ludwig van Beethoven')).toEqual({
		firstName: 'Ludwig',
		lastName: 'van Beethoven',
	});
	expect(splitName('Lee, Ann Marie')).toEqual({ firstName: 'Ann Marie', lastName: 'Lee' });
	expect(splitName('王小明')).toEqual({ lastName: '王', firstName: '小明' });
	expect(splitName('欧阳娜娜')).toEqual({ lastName: '欧阳', firstName: '娜娜' });
	expect(splitName('Cher')).toEqual({ firstName: 'Cher' });
});

it('formulas are defused on the way out and restored on the way in', () => {
	for (const text of ['=1+1', '+44 20', '-5', '@x', '＝1', "'=1", "''=1", '\tx'])
		expect([defuse(text), undefuse(defuse(text))]).toEqual([`'${text}`, text]);
	for (const text of ["'quoted'", "O'Neil", 'plain', '', "'"])
		expect([defuse(text), undefuse(text)]).toEqual([text, text]);
	expect(rowsToCsv([['a,b', 'c"d', -5, null, '=x']])).toBe('"a,b","c""d",-5,,\'=x\r\n');
});

it('failed rows come back as a file that can be mended and imported', async () => {
	const target = memoryTarget();
	const data =
		'CustomerID,InvoiceDate,Description,Quantity,UnitPrice\n,2020-01-02,"=Mug, red",1,2.50\n7,2020-01-02,Cup,1,2\n';
	const report = unwrap(await runImport({ name: 'f', data }, {}, target, info));
	expect(report.failed).toMatchObject([{ row: 1 }]);
	const csv = failedCsv(report);
	expect(csv).toContain(`"'=Mug, red"`);
	const mended = csv
		.replace(',,2020', ',8,2020')
		.replace('counts for nobody.",,', 'counts for nobody.",8,');
	const again = unwrap(await runImport({ name: 'failed.csv', data: mended }, {}, target, info));
	expect(again.failed).toEqual([]);
	expect(again.byEntity.order).toMatchObject({ created: 1 });
	expect(target.of('product').map(({ name }) => name)).toEqual(['Cup', '=Mug, red']);
	expect(target.of('order').every((order) => !('notes' in order))).toBe(true);
});

it('hostile files take no longer than their size', async () => {
	const long = 100_000;
	for (const data of [
		'"'.repeat(long),
		`Name,E-mail\n${'"a\n'.repeat(long / 4)}`,
		`Name,E-mail\nAnn,<${'@'.repeat(long)}\n`,
		`Name,E-mail\nAnn,a@b${' '.repeat(long)}@c\n`,
		`Name,Due date\nAnn,${'1 '.repeat(long / 2)}\n`,
		`${'a '.repeat(long / 2)}phone,E-mail\nx,y\n`,
		`BEGIN:VCARD\n${'NOTE:x\n'.repeat(long / 40)}END:VCARD\n`,
		`BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:${'=C3=91=\n'.repeat(long / 8)}\nEND:VCARD\n`,
	]) {
		const start = performance.now();
		await runImport({ name: 'f', data }, {}, memoryTarget(), info);
		expect([data.slice(0, 40), performance.now() - start < 20_000]).toEqual([
			data.slice(0, 40),
			true,
		]);
	}
});
