/** What a device keeps of its imports: quick to list, whole to download, and never nothing of one that was cut off. */
import { describe, expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { failedCsv } from '#exchange/csv.ts';
import type { ImportReport } from '#exchange/contract.ts';
import { groupReasons } from '#exchange/reasons.ts';
import { reasonWords } from '#messages/reasons.ts';
import { newHost } from '#tests/support/store.ts';

const report = (rows: number): ImportReport => ({
	importId: `import-${rows}`,
	name: 'orders.csv',
	at: rows,
	rows,
	created: 1,
	updated: 0,
	unchanged: 0,
	byEntity: {},
	failed: Array.from({ length: rows }, (_, i) => ({
		row: i + 1,
		reason: i % 3 ? 'The line has no price.' : `The date "${i}/x" is not understood.`,
		raw: `${i},"two, parts",x`,
	})),
	warnings: [],
	apart: {},
	notes: [],
	columns: ['a', 'b', 'c'],
});

describe('kept import reports', () => {
	test('hold the first rows with the counts of all, and give all rows back', async () => {
		const host = await newHost();
		const whole = report(135_080);
		await host.keepImport(whole);
		await host.keepImport(report(3));
		const listed = await host.imports();
		expect(listed.map((one) => [one.importId, one.failed.length, one.failedCount])).toEqual([
			['import-135080', 200, 135_080],
			['import-3', 3, 3],
		]);
		expect(listed[0]!.failedReasons).toEqual([
			{ reason: 'The line has no price.', count: 90_053 },
			{ reason: 'The date "…" is not understood.', count: 45_027 },
		]);
		expect(JSON.stringify(listed).length).toBeLessThan(50_000);
		const rows = unwrap(await host.failedRows('import-135080'));
		expect(await rows.text()).toBe(failedCsv(whole).slice(1));
		expect(new Uint8Array(await rows.arrayBuffer()).slice(0, 3)).toEqual(
			new Uint8Array([0xef, 0xbb, 0xbf]),
		);
		expect(await host.failedRows('import-0')).toMatchObject({ ok: false });
		await host.close();
	});

	test('an import that wrote something cannot be forgotten', async () => {
		const host = await newHost();
		await host.keepImport(report(0));
		await host.keepImport(report(1));
		unwrap(
			await host
				.importTarget()
				.write('import-1', [
					{ op: 'create', id: 'contact:0000000000', entity: 'contact', fields: { firstName: 'A' } },
				]),
		);
		await host.forgetImport('import-0');
		await host.forgetImport('import-1');
		expect((await host.imports()).map(({ importId }) => importId)).toEqual(['import-1']);
		expect(unwrap(await host.revertImport('import-1'))).toEqual({ removed: 1, kept: 0 });
		expect((await host.imports())[0]).toMatchObject({ reverted: true, failedCount: 1 });
		await host.close();
	});
});

describe('reasons', () => {
	test('rows that differ in a value share their reason', () => {
		const { failed } = report(10);
		expect(groupReasons(failed).map(({ count }) => count)).toEqual([6, 4]);
	});

	test('are said in Chinese, with their values; unknown ones as they are', () => {
		expect(reasonWords('The date "31/2" is not understood.').zh).toBe('无法识别日期 "31/2"。');
		expect(reasonWords('The quantity "many" is not a number.').zh).toBe('数量 "many" 不是数字。');
		expect(
			reasonWords('Dates like 28/12/2010 08:51 are read as day/month/year: some fit only this way.')
				.zh,
		).toBe('形如 28/12/2010 08:51 的日期按 日/月/年 读取。');
		expect(reasonWords('Something else.')).toEqual({
			en: 'Something else.',
			zh: 'Something else.',
		});
	});
});
