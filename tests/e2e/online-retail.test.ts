/** The main job on real input: half a million order lines in Chromium, and the numbers that must come out of them. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launch, newWorkspace, openApp, type App } from '#tests/support/app.ts';
import { sharedPath } from '#tests/support/shared.ts';

const retail = sharedPath('online_retail', 'online_retail.csv.gz');
const cdnow = sharedPath('cdnow', 'CDNOW_sample.txt');

interface Report {
	readonly rows: number;
	readonly created: number;
	readonly updated: number;
	readonly unchanged: number;
	readonly failed: number;
	readonly reasons: readonly string[];
	readonly apart: Record<string, number>;
	/** Milliseconds until a page of the list and a search answered while the import ran. */
	readonly meanwhile: readonly { records: number; found: number }[];
}

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

async function emptyShop(): Promise<App> {
	const app = await openApp(browser, inject('origin'));
	await app.get('workspaces.create', newWorkspace('Shop'));
	return app;
}

/** Imports a file as a user's browser holds it; asks the list and the search now and then while it runs. */
async function importFile(app: App, name: string, bytes: Buffer, mime: string): Promise<Report> {
	await app.page.evaluate(() => {
		document.querySelector('#test-file')?.remove();
		const input = Object.assign(document.createElement('input'), { type: 'file', id: 'test-file' });
		document.body.append(input);
	});
	await app.page.setInputFiles('#test-file', { name, mimeType: mime, buffer: bytes });
	return app.page.evaluate(async () => {
		// eslint-disable-next-line @typescript-eslint/no-explicit-any
		const { perennial } = globalThis as any;
		const file = document.querySelector<HTMLInputElement>('#test-file')!.files![0]!;
		const meanwhile: { records: number; found: number }[] = [];
		let running = true;
		const watch = (async () => {
			while (running) {
				const page = await perennial.records.query('contact', { limit: 50 });
				const found = await perennial.records.query('product', { text: 'lantern', limit: 50 });
				if (running)
					meanwhile.push({ records: page.value.rows.length, found: found.value.rows.length });
				await new Promise((resolve) => setTimeout(resolve, 500));
			}
		})();
		const ran = await perennial.imports.run({ name: file.name, data: file });
		running = false;
		await watch;
		if (!ran.ok) throw new Error(ran.error.message);
		const failed = ran.value.failed as { reason: string }[];
		return {
			...ran.value,
			failed: failed.length,
			reasons: [...new Set(failed.map((row) => row.reason))],
			meanwhile,
		};
	});
}

describe.skipIf(!retail)('Online Retail', () => {
	test('comes in once, whole, while the app stays usable, and gives the reference numbers', async () => {
		const app = await emptyShop();
		const bytes = readFileSync(retail!);
		const report = await importFile(app, 'online_retail.csv.gz', bytes, 'application/gzip');
		expect(report).toMatchObject({ rows: 541_909, created: 30_351, updated: 0, failed: 135_080 });
		expect(report.reasons.join()).toMatch(/customer/i);
		expect(report.apart.returns).toBe(8_905);
		expect(report.meanwhile.some(({ records, found }) => records === 50 && found > 0)).toBe(true);

		const rfm = await app.get<{ customers: number; revenue: number }>('analysis.run', 'rfm', {
			asOf: '2011-12-10',
		});
		expect(rfm.customers).toBe(4_338);
		expect(rfm.revenue).toBeCloseTo(8_911_407.9, 2);

		const kmeans = await app.get<{ inertia: number; sizes: number[] }>('analysis.run', 'segments', {
			method: 'kmeans',
			k: 4,
			features: 'rfm',
			asOf: '2011-12-10',
		});
		expect(kmeans.inertia).toBeCloseTo(3962.76, 2);
		expect(kmeans.sizes).toEqual([1639, 1193, 822, 684]);

		expect(await app.call('analysis.run', 'clv', { method: 'bgnbd' })).toMatchObject({
			ok: false,
			error: { type: 'Refused', needed: expect.any(Number), got: expect.any(Number) },
		});
		const rebuy = await app.get<{ card: { backend: string } }>('analysis.run', 'rebuy');
		expect(['webgl', 'wasm', 'cpu']).toContain(rebuy.card.backend);

		const again = await importFile(app, 'online_retail.csv', gunzipSync(bytes), 'text/csv');
		expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 30_351 });
		expect(app.errors).toEqual([]);
	});
});

describe.skipIf(!cdnow)('CDNOW', () => {
	test('imported as orders gives the published BG/NBD and Gamma-Gamma', async () => {
		const app = await emptyShop();
		const lines = readFileSync(cdnow!, 'utf8').trim().split('\n');
		const orders = lines.map((line) => {
			const [, customer, date, , dollars] = line.trim().split(/\s+/);
			return `${customer},${date},CD,1,${dollars}`;
		});
		const csv = ['customer,date,item,quantity,price', ...orders].join('\n');
		const report = await importFile(app, 'cdnow.csv', Buffer.from(csv), 'text/csv');
		expect(report.failed).toBe(0);
		const { parameters, spend, logLikelihood } = await app.get<{
			parameters: Record<string, number>;
			spend: Record<string, number>;
			logLikelihood: number;
		}>('analysis.run', 'clv', { method: 'bgnbd', calibrationEnd: '1997-09-30' });
		expect(parameters.r).toBeCloseTo(0.2426, 4);
		expect(parameters.alpha).toBeCloseTo(4.414, 2);
		expect(parameters.a).toBeCloseTo(0.793, 3);
		expect(parameters.b).toBeCloseTo(2.426, 3);
		expect(logLikelihood).toBeCloseTo(-9582.43, 1);
		expect(spend.p).toBeCloseTo(6.25, 1);
		expect(spend.q).toBeCloseTo(3.74, 1);
		expect(spend.gamma).toBeCloseTo(15.44, 0);
	});
});
