/**
 * Two real order files through the whole import: Online Retail (UCI, 541,909 lines, gzip) and CDNOW (no header, parted by
 * spaces). The numbers are those of the published sets; the second import must find everything there.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unwrap } from '#core/result.ts';
import { preview, runImport } from '#exchange/import.ts';
import { memoryTarget } from '#tests/support/memory-target.ts';
import { sharedPath } from '#tests/support/shared.ts';

const info = { workspaceId: 'w', importId: 'i1', currency: 'GBP', now: 0 };
const retail = sharedPath('online_retail', 'online_retail.csv.gz');
const cdnow = sharedPath('cdnow', 'CDNOW_sample.txt');

const sales = (target: ReturnType<typeof memoryTarget>) =>
	target.of('order').filter(({ kind, total }) => kind === 'sale' && (total as number) > 0);

describe.skipIf(!retail)('Online Retail', () => {
	const source = () => ({ name: 'online_retail.csv.gz', data: new Blob([readFileSync(retail!)]) });

	it('comes in whole, and a second time creates nothing', async () => {
		const target = memoryTarget();
		const cpu = process.cpuUsage();
		const report = unwrap(await runImport(source(), {}, target, info));
		const { user, system } = process.cpuUsage(cpu);
		console.info(`541,909 lines: ${((user + system) / 1e6).toFixed(1)} s of CPU`);
		expect(report.rows).toBe(541_909);
		const positive = sales(target);
		expect(new Set(positive.map(({ customer }) => customer)).size).toBe(4338);
		expect(positive.length).toBe(18_440);
		expect(positive.reduce((sum, { total }) => sum + (total as number), 0)).toBe(891_140_790);
		expect(report.failed.length).toBe(135_080);
		expect(new Set(report.failed.map(({ reason }) => reason)).size).toBe(1);
		expect(report.apart.returns).toBe(8905);
		expect(report.warnings).toEqual([]);
		expect(report.byEntity.contact).toEqual({ created: 4372, updated: 0, unchanged: 0 });
		// Every line of a known customer stands in some order.
		const lines = target.of('order').reduce((n, { lines }) => n + (lines as unknown[]).length, 0);
		expect(lines).toBe(541_909 - 135_080);
		// Documents are by month: batches go through them in order, once.
		const months = target.batches.flatMap((batch) =>
			batch.flatMap((op) =>
				op.op === 'create' && op.entity === 'order'
					? [(op.fields.placedAt as string).slice(0, 7)]
					: [],
			),
		);
		expect(months).toEqual([...months].sort());

		const before = target.batches.length;
		const again = unwrap(await runImport(source(), {}, target, { ...info, importId: 'i2' }));
		expect([again.created, again.updated]).toEqual([0, 0]);
		expect(again.unchanged).toBe(report.created);
		expect(target.batches.length).toBe(before);
	});

	it('is previewed as orders', async () => {
		const shown = unwrap(await preview(source(), {}, { currency: 'GBP' }));
		expect(shown).toMatchObject({
			dialect: 'orders',
			entity: 'order',
			encoding: 'utf-8',
			delimiter: ',',
		});
		expect(shown.columns.map(({ field }) => field)).toEqual([
			'customer',
			'date',
			'item',
			'quantity',
			'price',
			'country',
		]);
		expect(shown.records[0]!.fields).toMatchObject({
			kind: 'sale',
			placedAt: '2010-12-01T08:26:00.000Z',
		});
	});
});

describe.skipIf(!cdnow)('CDNOW', () => {
	it('comes in without a header row', async () => {
		const target = memoryTarget();
		const source = { name: 'CDNOW_sample.txt', data: new Blob([readFileSync(cdnow!)]) };
		const rows = readFileSync(cdnow!, 'utf8').trim().split('\n');
		const usd = { ...info, currency: 'USD' };
		const report = unwrap(await runImport(source, {}, target, usd));
		expect(report.notes[0]).toMatch(/no header/);
		expect(report.rows).toBe(rows.length);
		expect(report.failed).toEqual([]);
		expect(target.of('contact').length).toBe(2357);
		const dollars = rows.reduce(
			(sum, row) => sum + Math.round(Number(row.trim().split(/\s+/)[4]) * 100),
			0,
		);
		expect(sales(target).reduce((sum, { total }) => sum + (total as number), 0)).toBe(dollars);
		const again = unwrap(await runImport(source, {}, target, { ...usd, importId: 'i2' }));
		expect([again.created, again.updated, again.unchanged]).toEqual([0, 0, report.created]);
	});

	it('takes a chosen customer column', async () => {
		const target = memoryTarget();
		const source = { name: 'CDNOW_sample.txt', data: readFileSync(cdnow!, 'utf8') };
		const mapping = { 'Column 1': null, 'Column 2': 'customer' };
		unwrap(await runImport(source, { mapping }, target, info));
		expect(target.of('contact').some(({ externalId }) => externalId === '2357')).toBe(true);
		expect(target.of('contact').length).toBe(2357);
	});
});
