/**
 * `npm run bench`: what the app costs, measured in the real browser on generated data. CPU seconds are Chromium's own, over all
 * its processes, because wall time on a shared machine says little; each row names its baseline in the same run.
 * CONTACTS=100000 by default.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { buildApp } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { installPackages, root } from './install.mjs';

installPackages();
const executablePath = findChromium();
buildApp();
const { chromium } = await import('playwright');
const { serve } = await import('./serve.mjs');
const { call } = await import('./scripting.mjs');
const { contactsCsv } = await import('./people.mjs');

const count = Number(process.env.CONTACTS ?? 100_000);
const { port, stop } = await serve({ folder: `${root}/build`, port: 0, host: 'localhost' });
const profile = mkdtempSync(join(tmpdir(), 'perennial-bench-'));
const rows = [];
const report = (what, value, baseline = '') => {
	rows.push({ what, value, baseline });
	console.log(`${what}: ${value}${baseline && ` (${baseline})`}`);
};

async function open() {
	const context = await chromium.launchPersistentContext(profile, {
		executablePath,
		args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
	});
	const page = context.pages()[0];
	const browser = await context
		.browser()
		?.newBrowserCDPSession()
		.catch(() => undefined);
	const cdp = browser ?? (await context.newCDPSession(page));
	return { context, page, cdp };
}

/** CPU seconds of all of Chromium's processes so far. */
async function cpu({ cdp }) {
	const { processInfo } = await cdp
		.send('SystemInfo.getProcessInfo')
		.catch(() => ({ processInfo: [] }));
	return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

const ready = (page) => page.waitForFunction(() => 'perennial' in globalThis);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

/** The page's and the workers' JavaScript heaps after a collection, MB. */
async function heap(app) {
	const session = await app.context.newCDPSession(app.page);
	await session.send('HeapProfiler.collectGarbage');
	const { usedSize } = await session.send('Runtime.getHeapUsage');
	return (usedSize / 1e6).toFixed(0);
}

let app = await open();
await app.page.goto(`http://localhost:${port}/`);
await ready(app.page);
await call(app.page, 'workspaces.create', {
	name: 'Bench',
	language: 'en',
	currency: 'GBP',
	timeZone: 'UTC',
});

// Import rate, beside parsing the same text alone.
const csv = contactsCsv(count);
const parseStart = performance.now();
const { default: Papa } = await import('papaparse');
Papa.parse(csv, { header: true });
const parsed = performance.now() - parseStart;
let before = await cpu(app);
let start = performance.now();
await call(app.page, 'imports.run', { name: 'people.csv', data: csv });
let wall = performance.now() - start;
report(
	`import ${count} contacts`,
	`${((await cpu(app)) - before).toFixed(1)} s CPU, ${Math.round(count / (wall / 1000))} rows/s`,
	`parsing alone ${seconds(parsed)}`,
);
await app.context.close();

// Cold start on what is stored, with an empty workspace's start as the baseline of everything but the data.
app = await open();
start = performance.now();
await app.page.goto(`http://localhost:${port}/r/contact`);
await app.page
	.getByRole('row')
	.nth(5)
	.or(app.page.locator('a[href^="/r/contact/"]').nth(5))
	.first()
	.waitFor({ timeout: 120_000 });
wall = performance.now() - start;
await new Promise((resolve) => setTimeout(resolve, 3000));
report('start to a painted list', seconds(wall));
report('CPU of the start, browser included', `${(await cpu(app)).toFixed(1)} s`);
report('page heap with the list open', `${await heap(app)} MB`);

const time = async (what, run, times = 9) => {
	const walls = [];
	for (let i = 0; i < times; i++) {
		const at = performance.now();
		await run(i);
		walls.push(performance.now() - at);
	}
	report(
		what,
		`${median(walls).toFixed(0)} ms median, ${Math.max(...walls).toFixed(0)} ms worst`,
		`of ${times}`,
	);
};

await time('a round trip to the page and back', () => app.page.evaluate(() => 1));
await time('first page of 50 by name', () =>
	call(app.page, 'records.query', 'contact', { limit: 50 }),
);
let next = null;
await time('next page by key', async () => {
	next = (await call(app.page, 'records.query', 'contact', { limit: 50, after: next ?? undefined }))
		.next;
});
await time('count', () => call(app.page, 'records.count', 'contact'));
await call(app.page, 'records.query', 'contact', { text: 'warm up' });
await time('search a name', (i) =>
	call(app.page, 'records.query', 'contact', { text: `person${i * 997}`, limit: 50 }),
);
await time('search 王', () =>
	call(app.page, 'records.query', 'contact', { text: '王', limit: 50 }),
);
const [{ id }] = (await call(app.page, 'records.query', 'contact', { limit: 1 })).rows;
await time('an edit, durable', (i) =>
	call(app.page, 'records.update', id, { jobTitle: `Title ${i}` }),
);
await time('an edit, painted by a live query', (i) =>
	app.page.evaluate(
		async ([which, n]) => {
			const title = `Painted ${n}`;
			globalThis.perennial.records.update(which, { jobTitle: title });
			for (;;) {
				const { value } = await globalThis.perennial.records.get(which);
				if (value.jobTitle === title) return;
			}
		},
		[id, i],
	),
);
await call(app.page, 'sync.status');
await app.context.close();
rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
await stop();

console.log('\n| what | value | beside |\n|---|---|---|');
for (const { what, value, baseline } of rows) console.log(`| ${what} | ${value} | ${baseline} |`);
