/**
 * The second half of `npm run bench`: what sync costs, in the real browser, each row beside the least that it could cost in the same run. CPU
 * seconds are Chromium's own, over all its processes; only the newcomer's rate is by the clock, because that is what a channel
 * has. MB=30 is the newcomer's size, ENTRIES=2000 how often the single steps are done.
 */
import { createServer } from 'node:http';
import { build } from 'vite';
import { buildApp } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { installPackages, root } from './install.mjs';
import { notesCsv } from './people.mjs';
import { rawRate } from './raw-channel.mjs';
import { call } from './scripting.mjs';

installPackages();
buildApp();
const { chromium } = await import('playwright');
const { serve } = await import('./serve.mjs');

const MB = Number(process.env.MB ?? 30);
const ENTRIES = Number(process.env.ENTRIES ?? 2000);
const browser = await chromium.launch({
	executablePath: findChromium(),
	args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
const session = await browser.newBrowserCDPSession();
const rows = [];
const report = (what, value, baseline) => {
	rows.push({ what, value, baseline });
	console.log(`${what}: ${value} (${baseline})`);
};

/** CPU seconds of all of Chromium's processes so far. */
async function cpu() {
	const { processInfo } = await session.send('SystemInfo.getProcessInfo');
	return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

async function singleSteps() {
	const { output } = await build({
		configFile: false,
		root,
		logLevel: 'error',
		build: {
			write: false,
			target: 'es2022',
			lib: { entry: `${root}/tests/bench/ledger.ts`, formats: ['es'] },
			rolldownOptions: { output: { codeSplitting: false } },
		},
	}).then((built) => [built].flat()[0]);
	const server = createServer((request, response) => {
		const isModule = request.url === '/ledger.js';
		response.setHeader('Content-Type', isModule ? 'text/javascript' : 'text/html');
		response.end(isModule ? output[0].code : '<!doctype html><title>Bench</title>');
	});
	await new Promise((resolve) => server.listen(0, 'localhost', resolve));
	const page = await browser.newPage();
	await page.goto(`http://localhost:${server.address().port}/`);
	await page.evaluate(async () => (globalThis.ledger = await import('/ledger.js')));

	/** Microseconds of CPU each time, once it has been done often enough to be compiled. */
	async function cost(name, count) {
		const run = async (n) => {
			await page.evaluate(
				async ([which, times]) => (globalThis.measured = await globalThis.ledger[which](times)),
				[name, n],
			);
			const before = await cpu();
			const done = await page.evaluate(() => globalThis.measured());
			return (((await cpu()) - before) * 1e6) / done;
		};
		await run(Math.ceil(count / 5));
		return run(count);
	}
	const beside = async (what, [own, least], count, leastIs, unit = 1, name = 'µs') => {
		const [a, b] = [await cost(own, count), await cost(least, count)];
		const show = (value) => `${(value / unit).toFixed(unit > 1 ? 2 : 0)} ${name}`;
		report(what, `${show(a)} CPU`, `${show(b)} ${leastIs}: ${(a / b).toFixed(1)} times`);
	};
	await beside(
		'seal and append an entry, durable',
		['sealAndAppend', 'writeBytes'],
		ENTRIES,
		'the same bytes into a bare IndexedDB',
	);
	await beside(
		'verify and apply an entry, to the row in the table',
		['verifyAndApply', 'verifyOnly'],
		ENTRIES,
		'crypto.subtle.verify alone',
	);
	await beside(
		'a handshake, both sides',
		['handshakes', 'proofsOnly'],
		Math.ceil(ENTRIES / 8),
		'its two signatures and two checks alone',
		1000,
		'ms',
	);
	await page.close();
	server.close();
}

/** Resolves when the newcomer's disk holds `least` bytes of the log, to when that was. */
const holds = (page, wid, least) =>
	page.evaluate(
		async ([name, wanted]) => {
			const answer = (request) =>
				new Promise((resolve, reject) => {
					request.onsuccess = () => resolve(request.result);
					request.onerror = () => reject(request.error);
				});
			for (;;) {
				await new Promise((resolve) => setTimeout(resolve, 50));
				if (!(await indexedDB.databases()).some((one) => one.name === name)) continue;
				const database = await answer(indexedDB.open(name));
				const isMade = database.objectStoreNames.contains('chains');
				const chains = isMade
					? await answer(database.transaction('chains').objectStore('chains').getAll())
					: [];
				database.close();
				const bytes = chains.reduce((sum, chain) => sum + chain.bytes, 0);
				if (bytes >= wanted) return { at: Date.now(), bytes };
			}
		},
		[`perennial-log-${wid}`, least],
	);

async function newcomer() {
	const { port, stop } = await serve({ folder: `${root}/build`, port: 0, host: 'localhost' });
	const open = async () => {
		const page = await (await browser.newContext()).newPage();
		await page.goto(`http://localhost:${port}/`);
		await page.waitForFunction(() => 'perennial' in globalThis);
		return page;
	};
	const owner = await open();
	const { id: wid } = await call(owner, 'workspaces.create', {
		name: 'Bench',
		language: 'en',
		currency: 'GBP',
		timeZone: 'UTC',
		userName: 'Ann',
	});
	await call(owner, 'imports.run', { name: 'people.csv', data: notesCsv(MB * 1e6) });
	const total = (await holds(owner, wid, MB * 1e6)).bytes;
	const guest = await open();
	// Before and after, because the machine has other things to do as well.
	const raw = [await rawRate(owner, guest, MB)];
	const { url } = await call(owner, 'share.invite', { role: 'editor' });
	const joining = call(guest, 'share.join', url, { userName: 'Bo' });
	let pending = [];
	while (!pending.length) pending = await call(owner, 'share.pending');
	const before = await cpu();
	await call(owner, 'share.admit', pending[0].requestId);
	const first = await holds(guest, wid, 1);
	const last = await holds(guest, wid, total);
	const heldCpu = (await cpu()) - before;
	const rate = (last.bytes - first.bytes) / 1e6 / ((last.at - first.at) / 1000);
	const print = async (page) => (await call(page, 'sync.status')).fingerprint;
	while ((await print(guest)) !== (await print(owner)))
		await new Promise((resolve) => setTimeout(resolve, 100));
	const shown = Date.now();
	const shownCpu = (await cpu()) - before;
	await joining;
	raw.push(await rawRate(owner, guest, MB));
	const channel = (raw[0] + raw[1]) / 2;
	report(
		`a newcomer's ${MB} MB, until its disk holds them`,
		`${rate.toFixed(1)} MB/s, ${heldCpu.toFixed(1)} s CPU`,
		`a raw RTCDataChannel ${raw.map((one) => one.toFixed(1)).join(' and ')} MB/s: ${Math.round((100 * rate) / channel)} %`,
	);
	report(
		'… until its lists show them',
		`${((shown - first.at) / 1000).toFixed(1)} s, ${shownCpu.toFixed(1)} s CPU`,
		`held after ${((last.at - first.at) / 1000).toFixed(1)} s`,
	);
	await stop();
}

await singleSteps();
await newcomer();
await browser.close();
console.log('\n| what | value | beside |\n|---|---|---|');
for (const { what, value, baseline } of rows) console.log(`| ${what} | ${value} | ${baseline} |`);
