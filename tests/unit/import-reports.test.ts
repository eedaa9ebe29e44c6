/** What a device keeps of its imports: quick to list, whole to download, and never nothing of one that was cut off. */
import { describe, expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { failedCsv } from '#exchange/csv.ts';
import type { ImportReport } from '#exchange/contract.ts';
import { groupReasons } from '#exchange/reasons.ts';
import { reasonWords } from '#messages/reasons.ts';
import { runImport } from '#exchange/import.ts';
import { createImportTarget } from '#workspace/import-target.ts';
import { forgetErased } from '#workspace/import-forgetting.ts';
import { forgetOldRows, keepReport, keptReports } from '#workspace/import-reports.ts';
import { newHost, newStore, until } from '#tests/support/store.ts';

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

describe('what was erased', () => {
	const info = (importId: string) => ({ workspaceId: 'w', importId, currency: 'EUR', now: 0 });
	/** Two imports: one that makes Rita and Sam, one that changes both and warns about their e-mails. */
	async function imported() {
		const store = await newStore();
		const { database, log, context } = store;
		const files = {
			first: 'First name,Customer number,Phone\nRita,1,555 0101\nSam,2,555 0202\n',
			second: 'First name,Customer number,Phone,E-mail\nRita,1,777,ritas@\nSam,2,888,sams@\n',
		};
		for (const [name, data] of Object.entries(files)) {
			const run = runImport({ name, data }, {}, createImportTarget(store), info(name));
			await keepReport(database, unwrap(await run), new Set());
		}
		const batches = await database.importBatches.toArray();
		const [rita, sam] = batches.flatMap(({ created }) => created) as [string, string];
		const kept = async () =>
			JSON.stringify([await database.importBatches.toArray(), await keptReports(database)]);
		return { store, database, log, context, rita, sam, kept };
	}

	test('leaves what an import remembers of it, and nothing else leaves', async () => {
		const { store, database, rita, sam, kept } = await imported();
		for (const word of [rita, '555 0101', 'ritas@', sam, '555 0202', 'sams@'])
			expect(await kept()).toContain(word);
		await forgetErased(database, new Set([rita]));
		for (const word of [rita, '555 0101', 'ritas@']) expect(await kept()).not.toContain(word);
		for (const word of [sam, '555 0202', 'sams@']) expect(await kept()).toContain(word);
		const [second] = (await keptReports(database)).filter(({ name }) => name === 'second');
		expect(second).toMatchObject({ warningCount: 1, warnings: [{ id: sam, row: 2 }], updated: 2 });
		await store.close();
	});

	test('is gone from what imports remember before the device confirms', async () => {
		const { store, database, log, rita, sam, kept } = await imported();
		unwrap(await log.sign({ type: 'erase', ids: [rita] }, Date.now()));
		await store.settled(async () => {});
		expect(log.membership.erasures[0]!.done.has(log.device.did)).toBe(true);
		for (const word of [rita, '555 0101', 'ritas@']) expect(await kept()).not.toContain(word);
		expect(await kept()).toContain(sam);
		// One that cannot be forgotten is not confirmed.
		const { filter } = database.importBatches;
		const torn = () => {
			throw new Error('A row cannot be read.');
		};
		Object.assign(database.importBatches, { filter: torn });
		unwrap(await log.sign({ type: 'erase', ids: [sam] }, Date.now()));
		await store.settled(async () => {});
		expect(log.membership.erasures[1]!.done.size).toBe(0);
		Object.assign(database.importBatches, { filter });
		await until(() => log.membership.erasures[1]!.done.size === 1);
		expect(await kept()).not.toContain(sam);
		await store.close();
	});

	test('is not noted again by an import or a report that ends later', async () => {
		const { store, database, log, rita, kept } = await imported();
		const report = (await keptReports(database)).find(({ name }) => name === 'second')!;
		const target = createImportTarget(store);
		const { write } = store.context;
		Object.assign(store.context, {
			async write(...args: Parameters<typeof write>) {
				const written = await write(...args);
				unwrap(await log.sign({ type: 'erase', ids: [rita] }, 1));
				await forgetErased(database, log.membership.erasedIds);
				return written;
			},
		});
		unwrap(await target.write('third', [{ op: 'update', id: rita, patch: { phone: '999' } }]));
		await keepReport(database, report, log.membership.erasedIds);
		for (const word of [rita, '777', 'ritas@']) expect(await kept()).not.toContain(word);
		await store.close();
	});
});

test('rows that did not come in stay for 90 days, their counts for good', async () => {
	const { database, ...store } = await newStore();
	const day = 86_400_000;
	await keepReport(database, report(3), new Set());
	await forgetOldRows(database, 90 * day);
	expect(await database.importFailures.count()).toBe(1);
	expect((await keptReports(database))[0]?.failed).toHaveLength(3);
	await forgetOldRows(database, 91 * day);
	expect(await database.importFailures.count()).toBe(0);
	expect(await keptReports(database)).toMatchObject([
		{ failed: [], failedCount: 3, failedReasons: [{ count: 2 }, { count: 1 }] },
	]);
	await store.close();
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
