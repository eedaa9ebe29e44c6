/** The sample data as it is shipped: it comes in whole, is tagged, linked, moved to the workspace's week, and carries the models. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SegmentsValue } from '#analysis/contract.ts';
import { DAY } from '#core/clock.ts';
import { unwrap } from '#core/result.ts';
import { runImport } from '#exchange/import.ts';
import { newHost } from '#tests/support/store.ts';
import { runModel } from '#workers/models/registry.ts';
import { hasSample, loadSample, moveDays, removeSample } from '#workspace/sample.ts';
import type { Imports } from '#workspace/workspace.ts';
import type { Host } from '#workspace/host.ts';

const folder = join(import.meta.dirname, '..', '..', 'static', 'sample');

/** Imports without the page's worker: the same dialects, the same target. */
type SampleImports = Pick<Imports, 'run' | 'revert' | 'list'>;

function importsOf(host: Host): SampleImports {
	let imported = 0;
	return {
		async run(source, options = {}) {
			const ran = await runImport(source, options, host.importTarget(), {
				workspaceId: host.info().workspace.id,
				importId: `i${++imported}`,
				currency: 'GBP',
				now: imported,
			});
			if (ran.ok) await host.keepImport(ran.value);
			return ran;
		},
		revert: (importId) => host.revertImport(importId),
		list: () => host.imports(),
	};
}

describe('sample data', () => {
	beforeEach(() => {
		// The one thing between the files and the app that is not here: a server.
		vi.stubGlobal('fetch', (path: string) =>
			Promise.resolve(new Response(readFileSync(join(folder, path.replace('/sample/', ''))))),
		);
	});
	afterEach(() => {
		vi.unstubAllGlobals();
	});

	test('comes in, is refused a second time, goes in one press, and comes in again', async () => {
		const host = await newHost();
		const imports = importsOf(host);
		const began = host.info().workspace.createdAt;
		const { records } = unwrap(await loadSample(imports, began));
		expect(records).toBeGreaterThan(3000);
		for (const report of await imports.list()) {
			expect(report.failed).toEqual([]);
			expect(report.warnings).toEqual([]);
		}
		expect(await loadSample(imports, began)).toMatchObject({
			ok: false,
			error: { type: 'Invalid' },
		});

		const purchases = await host.purchases();
		const last = purchases.time.at(-1)!;
		expect(began - last).toBeGreaterThan(-DAY);
		expect(began - last).toBeLessThan(9 * DAY);
		expect(purchases.customers.length).toBeGreaterThanOrEqual(200);
		const days = purchases.customers.map(() => new Set<number>());
		purchases.customer.forEach((c, i) => days[c]!.add(Math.floor(purchases.time[i]! / DAY)));
		expect(days.filter((own) => own.size > 1).length).toBeGreaterThanOrEqual(80);

		const context = { seed: 1, now: began, progress: () => {}, cancelled: () => false };
		const named = unwrap(
			await runModel('segments', {}, purchases, context),
		) as unknown as SegmentsValue;
		expect(named.segments.map(({ key }) => key).sort()).toEqual(
			['active', 'highValue', 'new', 'potential', 'silent'].sort(),
		);
		expect(await runModel('clv', {}, purchases, context)).toMatchObject({ ok: true });

		expect(await hasSample(imports)).toBe(true);
		expect(unwrap(await removeSample(imports)).records).toBe(records);
		expect((await host.purchases()).customers).toEqual([]);
		expect(await hasSample(imports)).toBe(false);
		unwrap(await loadSample(imports, began));
		expect((await host.purchases()).time.length).toBe(purchases.time.length);
		await host.close();
	});

	test('every record is tagged, every note and task belongs to a contact', async () => {
		const host = await newHost();
		const written = new Map<string, Record<string, unknown>>();
		const real = host.importTarget();
		const target = {
			...real,
			write: (...[importId, batch]: Parameters<typeof real.write>) => {
				for (const op of batch) if (op.op === 'create') written.set(op.id, { ...op.fields });
				return real.write(importId, batch);
			},
		};
		const { id: workspaceId, createdAt } = host.info().workspace;
		const imports: Pick<SampleImports, 'run' | 'list'> = {
			run: (source, options = {}) =>
				runImport(source, options, target, { workspaceId, importId: 'i', currency: 'GBP', now: 0 }),
			list: () => Promise.resolve([]),
		};
		unwrap(await loadSample(imports, createdAt));
		for (const fields of written.values()) expect(fields.tags).toContain('sample');
		const linked = [...written].filter(([id]) => /^(activity|task):/.test(id));
		expect(linked.length).toBeGreaterThan(50);
		for (const [, fields] of linked) expect(written.has(String(fields.contact))).toBe(true);
		await host.close();
	});

	test('days move by whole weeks, to the same days on every device; nothing else changes', () => {
		const began = Date.parse('2026-11-22T08:00:00Z');
		const text = 'x,2011-12-09T10:15,Tel 2011-1209\n2011-12-02';
		expect(moveDays(text, began)).toBe('x,2026-11-20T10:15,Tel 2011-1209\n2026-11-13');
		expect(moveDays(text, began + 3600_000)).toBe(moveDays(text, began));
	});
});
