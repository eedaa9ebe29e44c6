/** J2 by hand: a file chosen, checked, brought in, looked at, taken back; another cut short; all with the mouse alone. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually, launch, newWorkspace, openApp, type App } from '#tests/support/app.ts';
import { contactsCsv } from '../../scripts/people.mjs';

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

async function onImportPage(): Promise<App> {
	const app = await openApp(browser, inject('origin'));
	await app.get('workspaces.create', newWorkspace('Shop'));
	await app.page.goto(`${inject('origin')}/import`);
	await app.page.getByRole('heading', { name: 'Import', level: 1 }).waitFor();
	return app;
}

const choose = (page: Page, name: string, text: string | Buffer) =>
	page
		.locator('input[type=file]')
		.setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

const count = (app: App) => app.get<number>('records.count', 'contact');

const PEOPLE = [
	'First name,Last name,E-mail,Shoe size,Favourite',
	'Ann,Lee,ann@example.com,38,tea',
	'Bo,Chan,bo@example.com,42,cocoa',
	',,,44,water',
	'Cy,Dole,cy@example.com,40,too,many,cells',
].join('\n');

describe('the import page', () => {
	test('a table is checked, changed, brought in, reported and taken back', async () => {
		const app = await onImportPage();
		const { page } = app;
		await choose(page, 'people.csv', PEOPLE);
		await page.getByText('parted by commas').waitFor();
		await page.getByText('Unicode (UTF-8)').first().waitFor();
		const field = (column: string) => page.getByLabel(`Field for ${column}`);
		expect(await field('E-mail').inputValue()).toBe('email');
		expect(await field('Shoe size').inputValue()).toBe('extra');
		await field('Shoe size').selectOption({ label: 'Leave out' });
		await field('Favourite').selectOption({ label: 'Notes' });
		const records = page.getByRole('region', { name: 'Contacts' });
		await records.getByRole('columnheader', { name: 'Notes' }).waitFor();
		await records.getByRole('cell', { name: 'cocoa' }).waitFor();
		await page.getByText('2 of the first rows will stay out').waitFor();

		await press(page, 'Import');
		await page.getByRole('heading', { name: 'people.csv is in' }).waitFor();
		expect(await count(app)).toBe(2);
		const { rows } = await app.get<{ rows: Record<string, unknown>[] }>(
			'records.query',
			'contact',
			{ text: 'Bo' },
		);
		expect(rows).toMatchObject([{ firstName: 'Bo', email: 'bo@example.com', notes: 'cocoa' }]);
		// Of the fields alone: ids and times may hold any number.
		expect(
			JSON.stringify((rows as { fields: object }[]).map(({ fields }) => fields)),
		).not.toContain('42');

		await page.getByText('2 rows stayed out').first().waitFor();
		await page.getByText('Show the rows').click();
		await page.getByText('Cy,Dole,cy@example.com,40,too,many,cells').waitFor();
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			press(page, 'Download these rows'),
		]);
		expect(download.suggestedFilename()).toBe('people.failed.csv');
		const csv = readFileSync(await download.path(), 'utf8');
		expect(csv).toContain('Import problem');
		expect(csv).toContain('Cy,Dole,cy@example.com,40,too,many,cells');
		expect(csv.trimEnd().split('\r\n')).toHaveLength(3);

		// The same file again creates nothing.
		await press(page, 'Import another file');
		await choose(page, 'people.csv', PEOPLE);
		await field('Shoe size').selectOption({ label: 'Leave out' });
		await field('Favourite').selectOption({ label: 'Notes' });
		await records.getByRole('columnheader', { name: 'Notes' }).waitFor();
		await press(page, 'Import');
		await page.getByText('Everything in this file was here already.').waitFor();
		expect(await count(app)).toBe(2);

		// What somebody changed since is kept.
		await app.get('records.update', String(rows[0]!.id), { jobTitle: 'Buyer' });
		await page.getByRole('listitem').filter({ hasText: 'New 2' }).getByText('Take back').click();
		await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
		await page.getByText('1 kept because somebody changed them since.').waitFor();
		await page.getByText('taken back', { exact: true }).waitFor();
		expect(await count(app)).toBe(1);
		expect(app.errors).toEqual([]);
	});

	test('pasted rows of another kind', async () => {
		const app = await onImportPage();
		const { page } = app;
		await press(page, 'Paste text instead');
		await page.getByLabel('Rows copied').fill('Name\tPrice\nLantern\t12.50\nCandle\t3\n');
		await press(page, 'Check the rows');
		await page.getByText('parted by tabs').waitFor();
		await page.getByLabel('What the file holds').selectOption({ label: 'Products' });
		await page.getByRole('region', { name: 'Products' }).getByText('£12.50').waitFor();
		await press(page, 'Import');
		await page.getByRole('heading', { name: 'Pasted text is in' }).waitFor();
		expect(await app.get('records.count', 'product')).toBe(2);
		expect(app.errors).toEqual([]);
	});

	test('a file that is no table says what to do', async () => {
		const app = await onImportPage();
		await choose(app.page, 'book.xlsx', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0]));
		await app.page.getByText('Save it as CSV (UTF-8) and import that file.').waitFor();
		await press(app.page, 'Choose another file');
		await app.page.getByText('Choose a file, or drop it here').waitFor();
	});

	test('a long import goes on elsewhere, is cancelled, and can be taken back', async () => {
		const app = await onImportPage();
		const { page } = app;
		await choose(page, 'many.csv', contactsCsv(40_000));
		await press(page, 'Import');
		await page.getByRole('progressbar').waitFor();
		await page.getByRole('link', { name: 'Contacts' }).first().click();
		const band = page.getByRole('link', { name: 'Importing many.csv' });
		await band.waitFor();
		await eventually(async () => (await count(app)) > 0);
		await band.click();
		await press(page, 'Cancel');
		await page.getByRole('heading', { name: 'The import ended early' }).waitFor();
		const written = await count(app);
		expect(written).toBeGreaterThan(0);
		expect(written).toBeLessThan(40_000);
		await page.getByText('not complete').waitFor();
		await page.locator('.after').getByRole('button', { name: 'Take back' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
		await eventually(async () => (await count(app)) === 0);
		expect(app.errors).toEqual([]);
	});
});
