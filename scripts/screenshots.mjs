/**
 * `npm run screenshots`: builds the app, serves it, fills it with the sample data and takes its pictures in Chromium.
 * Without arguments the few that the README shows, into docs/images. `-- --all DIR` takes every page on a phone and on a
 * desktop, light and dark, in every language, and says where a page is wider than the screen or reported an error.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { installPackages, root } from './install.mjs';

const sizes = {
	phone: { width: 390, height: 844 },
	desktop: { width: 1440, height: 900 },
};

/** Each takes the page to where its picture is taken. `at` is what the team holds: ids, links, a second device. */
const shots = {
	today: ({ page }) => go(page, '/today'),
	contacts: ({ page }) => go(page, '/r/contact'),
	'contacts-named': ({ page }) => go(page, '/r/contact?sort=-name'),
	companies: ({ page }) => go(page, '/r/company'),
	products: ({ page }) => go(page, '/r/product'),
	orders: ({ page }) => go(page, '/r/order'),
	activities: ({ page }) => go(page, '/r/activity'),
	tasks: ({ page }) => go(page, '/r/task'),
	'nothing-found': async ({ page }) => {
		await go(page, '/r/contact');
		await page.locator('#list-search').fill('zzzz');
	},
	record: ({ page, at }) => go(page, `/r/${at.contact}`),
	'record-order': ({ page, at }) => go(page, `/r/${at.order}`),
	'record-company': ({ page, at }) => go(page, `/r/${at.company}`),
	'new-contact': ({ page }) => go(page, '/new/contact'),
	'new-order': ({ page }) => go(page, '/new/order'),
	import: ({ page }) => go(page, '/import'),
	'import-check': chooseFile,
	'import-report': async (stage) => {
		await chooseFile(stage);
		await stage.page.locator('.run button').click();
		await stage.page.locator('.after').waitFor();
		await calm(stage.page);
	},
	segments: ({ page }) => go(page, '/insights'),
	value: ({ page }) => go(page, '/insights?tab=value'),
	rebuy: ({ page }) => go(page, '/insights?tab=rebuy'),
	sentiment: ({ page }) => go(page, '/insights?tab=sentiment'),
	people: ({ page }) => go(page, '/people'),
	invite: async ({ page }) => {
		await go(page, '/people');
		await page.locator('form button[type=submit]').click();
		await page.locator('.invite svg').first().waitFor();
	},
	pair: async ({ page }) => {
		await go(page, '/people');
		await page.locator('button[aria-expanded]', { has: page.locator('.lucide-qr-code') }).click();
		await page.locator('.code svg').first().waitFor();
		await page.locator('.code').scrollIntoViewIfNeeded();
	},
	settings: ({ page }) => go(page, '/settings'),
	network: ({ page }) => go(page, '/settings/network'),
	kit: ({ page }) => go(page, '/settings/kit'),
	'not-protected': ({ page }) => go(page, '/settings/not-protected'),
	restore: ({ page }) => go(page, '/restore'),
	palette: async ({ page }) => {
		await go(page, '/today');
		await page.keyboard.press('Control+k');
		await page.getByRole('dialog').waitFor();
	},
	help: async ({ page }) => {
		await go(page, '/today');
		await page.keyboard.press('?');
		await page.getByRole('dialog').waitFor();
	},
	create: async ({ page }) => {
		await go(page, '/today');
		await page.keyboard.press('c');
		await page.getByRole('dialog').waitFor();
	},
	more: async ({ page, size }) => {
		if (size !== 'phone') return 'skip';
		await go(page, '/today');
		await page.locator('nav [aria-haspopup=dialog]').click();
		await page.getByRole('dialog').waitFor();
	},
	'not-found': ({ page }) => go(page, '/nowhere'),
};

/** Those of a device that has no workspace yet. */
const firstShots = {
	welcome: ({ page }) => go(page, '/'),
	join: ({ page }) => go(page, '/join'),
};

/** What the README shows: picture -> shot, size, theme, language. */
const chosen = [
	{ shot: 'today', size: 'desktop', theme: 'light', language: 'en' },
	{ shot: 'segments', size: 'desktop', theme: 'light', language: 'en' },
	{ shot: 'record', size: 'desktop', theme: 'dark', language: 'en' },
	{ shot: 'record', size: 'phone', theme: 'light', language: 'en' },
	{ shot: 'import-check', size: 'phone', theme: 'light', language: 'en' },
	{ shot: 'contacts-named', size: 'phone', theme: 'dark', language: 'zh' },
	{ shot: 'value', size: 'phone', theme: 'light', language: 'zh' },
];

const workspaces = {
	en: { name: 'Bright & Sons', language: 'en', currency: 'GBP', timeZone: 'Europe/London' },
	zh: { name: '晨光礼品', language: 'zh', currency: 'CNY', timeZone: 'Asia/Shanghai' },
};
const members = { en: { owner: 'Ann', guest: 'Bo' }, zh: { owner: '安然', guest: '小波' } };

const all = process.argv.indexOf('--all');
const folder = all > 0 ? process.argv[all + 1] : join(root, 'docs/images');
if (!folder) {
	console.error('Say where to: npm run screenshots -- --all DIR');
	process.exit(1);
}
const isWanted = (wanted) =>
	all > 0 ||
	chosen.some((one) => Object.entries(wanted).every(([key, value]) => one[key] === value));

installPackages();
buildApp();
mkdirSync(folder, { recursive: true });
const { serve } = await import('./serve.mjs');
const { chromium } = await import('playwright');
const { port, stop } = await serve({ folder: `${root}/build`, port: 0, host: 'localhost' });
const origin = `http://localhost:${port}`;
const browser = await chromium.launch({
	executablePath: findChromium(),
	args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
let flaws = 0;

try {
	for (const language of Object.keys(workspaces)) await takeAll(language);
} finally {
	await browser.close();
	await stop();
}
console.log(`Pictures are in ${folder}${flaws ? `; ${flaws} flaws, see above` : ''}`);

async function takeAll(language) {
	const page = await device(language);
	const stage = { page, language, at: {} };
	if (all > 0) await take(stage, firstShots);
	const { owner } = members[language];
	await call(page, 'workspaces.create', {
		...workspaces[language],
		userName: owner,
		sample: true,
	});
	stage.at = await places(page);
	await take(stage, shots);
	if (all > 0) await takeMeeting(stage);
	await page.context().close();
}

/** Somebody knocks: the same six digits on both screens. */
async function takeMeeting({ page, language }) {
	const { url } = await call(page, 'share.invite', { role: 'editor' });
	const guest = await device(language);
	await guest.goto(url);
	await guest.locator('form input').fill(members[language].guest);
	await guest.locator('form button[type=submit]').click();
	await guest.locator('.code').waitFor({ timeout: 60_000 });
	await go(page, '/people');
	await page.locator('.code').waitFor();
	await take({ page, language, at: {} }, { 'people-request': () => undefined });
	await take({ page: guest, language, at: {} }, { 'join-digits': () => undefined });
	await guest.context().close();
}

async function take(stage, list) {
	const { page, language } = stage;
	for (const [size, viewport] of Object.entries(sizes)) {
		for (const [shot, prepare] of Object.entries(list)) {
			if (!isWanted({ shot, size, language })) continue;
			await page.setViewportSize(viewport);
			if ((await prepare({ ...stage, size })) === 'skip') continue;
			for (const theme of ['light', 'dark']) {
				if (!isWanted({ shot, size, theme, language })) continue;
				await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
				await calm(page);
				const name = `${shot}-${size}-${theme}-${language}.png`;
				await page.screenshot({ path: join(folder, name), animations: 'disabled' });
				if (all > 0) await takeWhole(page, name);
			}
		}
	}
}

/** The page to its end, for those who look for flaws; and whether it is wider than the screen. */
async function takeWhole(page, name) {
	const [width, height, wide, high] = await page.evaluate(() => [
		innerWidth,
		innerHeight,
		document.documentElement.scrollWidth,
		document.documentElement.scrollHeight,
	]);
	if (wide > width) flaw(`${name}: ${wide - width} px wider than the screen`);
	if (high <= height + 40 || name.includes('-dark-')) return;
	await page.screenshot({
		path: join(folder, name.replace('.png', '-whole.png')),
		fullPage: true,
		animations: 'disabled',
	});
}

async function device(language) {
	const context = await browser.newContext({
		locale: language === 'zh' ? 'zh-CN' : 'en-GB',
		timezoneId: workspaces[language].timeZone,
		viewport: sizes.desktop,
	});
	const page = await context.newPage();
	page.on('pageerror', (error) => flaw(`${page.url()}: ${error.message}`));
	await page.goto(origin);
	await page.waitForFunction(() => 'perennial' in globalThis);
	return page;
}

async function places(page) {
	const first = async (entity, query) => {
		const { rows } = await call(page, 'records.query', entity, { limit: 1, ...query });
		return rows[0];
	};
	const note = await first('activity');
	const order = await first('order');
	const company = await call(page, 'records.create', 'company', {
		name: 'Ribbon & Twine',
		industry: 'Retail',
		website: 'https://ribbon.example',
	});
	const path = (id) => id.replace(':', '/');
	return { contact: path(note.contact), order: path(order.id), company: path(company) };
}

/** A file as people have them: Chinese and English, one row without anything, one e-mail that is none. */
async function chooseFile({ page, size, language }) {
	const first = ['Mia', 'Tom', '敏', 'Ava', 'Noor', '伟', 'Leo', 'Ines'];
	const last = ['Lang', 'Okafor', '周', 'Berg', 'Silva'];
	const people = Array.from({ length: 40 }, (_, n) => {
		const name = `${first[n % first.length]},${last[n % last.length]}`;
		return `${name},${size}${n}@example.com,+44 1632 ${size.length}6${1000 + n},Studio ${n % 7}`;
	});
	const text = [
		language === 'zh'
			? '名字,姓,邮箱,手机,公司,口味'
			: 'First name,Last name,E-mail,Phone,Company,Taste',
		...people.map((line, n) => `${line},${n % 2 ? 'jasmine' : '普洱'}`),
		',,,,,',
		`Zoe,Hart,zoe at example,,${size},`,
	].join('\n');
	await go(page, '/import');
	await page
		.locator('input[type=file]')
		.setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
	await page.locator('.run button:enabled').waitFor();
}

async function go(page, path) {
	await page.goto(origin + path);
	await page.locator('h1').first().waitFor();
	await calm(page);
}

/** Nothing loads or computes any more, and has not begun again a moment later. */
async function calm(page) {
	const busy = '.skeleton, main [role=progressbar], [aria-busy=true]';
	const isCalm = (selector) => !document.querySelector(selector);
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
	try {
		do {
			await page.waitForFunction(isCalm, busy, { timeout: 60_000 });
			await page.waitForTimeout(250);
		} while (!(await page.evaluate(isCalm, busy)));
	} catch {
		flaw(`${page.url()}: still busy after a minute`);
	}
}

/** `call(page, 'records.get', id)`: the value of a call of the scripting interface, which must succeed. */
async function call(page, path, ...args) {
	const answer = await page.evaluate(
		([name, values]) =>
			name.split('.').reduce((object, key) => object[key], globalThis.perennial)(...values),
		[path, args],
	);
	if (!answer.ok) throw new Error(`${path}: ${answer.error.message}`);
	return answer.value;
}

function flaw(sentence) {
	flaws++;
	console.error(sentence);
}
