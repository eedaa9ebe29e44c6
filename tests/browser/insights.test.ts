/** The Insights page over a real workspace and the real workers: empty, with sample data, refused, and by keyboard and axe. */
import axe from 'axe-core';
import { beforeAll, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page } from 'vitest/browser';
import { unwrap } from '#core/result.ts';
import { language } from '#messages/language.svelte.ts';
import Insights from '#views/insights/Insights.svelte';
import type { InsightTab } from '#views/insights/tabs.ts';
import type { Session } from '#workspace/session.ts';
import { startSession } from '#workspace/start.ts';
import type { Workspace } from '#workspace/workspace.ts';
import Harness from './Harness.svelte';

let session: Session;
let workspace: Workspace;

beforeAll(async () => {
	document.documentElement.lang = 'en';
	document.title = 'Perennial';
	await page.viewport(1280, 900);
	session = await startSession();
	workspace = unwrap(
		await session.create({ name: 'Test', language: 'en', currency: 'GBP', timeZone: 'UTC' }),
	);
	language.choose('en');
});

const show = (tab: InsightTab) =>
	render(Harness, { props: { session, view: Insights, props: { tab, ontab: () => {} } } });

const violations = async () =>
	(await axe.run(document.body, { rules: { region: { enabled: false } } })).violations.map(
		({ id: rule, nodes }) => `${rule}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
	);

test('without orders it says how to begin, and cash flows can be valued all the same', async () => {
	await show('value');
	await expect.element(page.getByText('No orders yet')).toBeVisible();
	await page.getByText('Cash flow', { exact: true }).click();
	await page.getByLabelText('Cash flow of each period').fill('500, 600, 700, 700, 800');
	await expect.element(page.getByText('£2,451.18')).toBeVisible();
	await page.getByLabelText('Cash flow of each period').fill('500, many');
	await expect.element(page.getByText('Write numbers only')).toBeVisible();
	expect(await violations()).toEqual([]);
});

test('too few customers: refused with the numbers', async () => {
	const id = unwrap(await workspace.commands.create('contact', { firstName: 'Ann' }));
	unwrap(
		await workspace.commands.create('order', {
			customer: id,
			placedAt: '2026-01-05T10:00:00.000Z',
			lines: [{ product: 'Tea', quantity: 2, price: 450 }],
		}),
	);
	await show('value');
	await expect.element(page.getByText('Not enough for an honest answer')).toBeVisible();
	await expect.element(page.getByText('at least 200 customers')).toBeVisible();
	expect(await violations()).toEqual([]);
});

test('with sample data: a segment opens its customers, and the card says what it rests on', async () => {
	unwrap(await workspace.commands.loadSample());
	await show('segments');
	const silent = page.getByRole('button', { name: /^Silent/ });
	await expect.element(silent).toBeVisible();
	await silent.click();
	await expect.element(page.getByRole('table', { name: 'Customers in Silent' })).toBeVisible();
	await expect.element(page.getByText('301 customers')).toBeVisible();
	await expect.element(page.getByText('Sample orders: excerpt of Online Retail')).toBeVisible();
	expect(await violations()).toEqual([]);
});

test.each(['value', 'rebuy', 'sentiment'] as const)(
	'%s has an answer and no barriers',
	async (tab) => {
		await show(tab);
		await expect
			.element(page.getByText('Held-out quality').first(), { timeout: 30_000 })
			.toBeVisible();
		expect(await violations()).toEqual([]);
	},
);
