/** J4 by hand: invited on one screen, joined on the other, the same six digits on both, admitted, seen, refused. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually, launch, newWorkspace, openApp, same, type App } from '#tests/support/app.ts';
import { contactsCsv } from '../../scripts/people.mjs';

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

const digits = async (page: Page) => (await page.locator('.code').innerText()).replace(/\D/g, '');

async function ownerOnPeoplePage(): Promise<App> {
	const app = await openApp(browser, inject('origin'));
	await app.get('workspaces.create', newWorkspace('Team'));
	await app.page.goto(`${inject('origin')}/people`);
	await app.page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
	return app;
}

/** Makes an invitation by hand and gives its link. */
async function invite({ page }: App, role: 'Editor' | 'Viewer'): Promise<string> {
	await page.getByRole('radio', { name: role }).check({ force: true });
	await press(page, 'Make a link');
	await page.getByRole('img', { name: 'QR code' }).waitFor();
	return page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
}

/** Opens the link in a browser of its own and asks to be let in. */
async function knock(link: string, name: string): Promise<App> {
	const app = await openApp(browser, link);
	const { page } = app;
	await page.getByRole('heading', { name: 'Join a workspace' }).waitFor();
	expect(page.url()).not.toContain('#');
	await page.getByLabel('Your name').fill(name);
	await press(page, 'Ask to join');
	await page.getByText('Waiting to be admitted to Team').waitFor();
	return app;
}

describe('the people page', () => {
	test('an editor joins with equal digits, gets everything and is seen', async () => {
		const ann = await ownerOnPeoplePage();
		await ann.get('imports.run', { name: 'people.csv', data: contactsCsv(3000) });
		await ann.page.getByText('Saved here only.').waitFor();
		const link = await invite(ann, 'Editor');
		await ann.page.getByText('for 1 more device').first().waitFor();

		// The owner is elsewhere in the app when somebody knocks.
		await ann.page.getByRole('link', { name: 'Today' }).first().click();
		const bo = await knock(link, 'Bo');
		await ann.page.getByText('Bo wants to join').waitFor();
		await ann.page.getByRole('link', { name: 'Look', exact: true }).click();
		await ann.page.getByText('as Editor').waitFor();
		expect(await digits(ann.page)).toMatch(/^\d{6}$/);
		expect(await digits(ann.page)).toBe(await digits(bo.page));
		await press(ann.page, 'Admit');

		await bo.page.getByRole('progressbar', { name: 'Receiving data' }).waitFor();
		await bo.page.waitForURL('**/today');
		await eventually(() => same(ann, bo));
		expect(await bo.get('records.count', 'contact')).toBe(3000);

		await ann.page.getByText('here now').waitFor();
		await ann.page.getByRole('link', { name: 'looking at Today' }).waitFor();
		await ann.page.getByText('Saved here, and on 1 other device.').waitFor();
		expect(await ann.page.getByText('Open invitations').count()).toBe(0);

		await bo.page.goto(`${inject('origin')}/people`);
		await bo.page.getByText('Only an owner can invite').waitFor();
		expect(await bo.page.getByRole('button', { name: 'Make a link' }).count()).toBe(0);
		await bo.context.close();
		await ann.page.getByText('not here').waitFor({ timeout: 60_000 });
		expect([...ann.errors, ...bo.errors]).toEqual([]);
	});

	test('a refused one is told so, and a cancelled invitation admits nobody', async () => {
		const ann = await ownerOnPeoplePage();
		const link = await invite(ann, 'Viewer');
		const eve = await knock(link, 'Eve');
		await ann.page.getByText('as Viewer').waitFor();
		await press(ann.page, 'Refuse');
		await eve.page.getByText('You were not let in').waitFor();
		expect((await ann.get<unknown[]>('share.members')).length).toBe(1);
		await press(ann.page, 'Cancel it');
		await ann.page.getByText('The invitation no longer works.').waitFor();
		expect(await ann.page.getByRole('img', { name: 'QR code' }).count()).toBe(0);
		expect(ann.errors).toEqual([]);
	});

	test('a viewer reads, and no page offers to change anything', async () => {
		const ann = await ownerOnPeoplePage();
		await ann.get('records.create', 'contact', { firstName: 'Li', lastName: 'Wei' });
		const vi = await knock(await invite(ann, 'Viewer'), 'Vi');
		await press(ann.page, 'Admit');
		await vi.page.waitForURL('**/today');
		await eventually(() => same(ann, vi));
		await vi.page.goto(`${inject('origin')}/import`);
		await vi.page.getByText('You can view this workspace, not change it.').waitFor();
		expect(await vi.page.locator('input[type=file]').count()).toBe(0);
		await vi.page.goto(`${inject('origin')}/people`);
		await vi.page.getByText('You are here as viewer').waitFor();
	});
});
