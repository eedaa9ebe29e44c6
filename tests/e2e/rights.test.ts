/** Rights given and taken away by hand, over real peer connections: what each person sees, and what becomes of late edits. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
	eventually,
	launch,
	newWorkspace,
	openApp,
	same,
	share,
	type App,
} from '#tests/support/app.ts';

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

const goTo = async ({ page }: App, path: string, heading: string) => {
	await page.goto(inject('origin') + path);
	await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
};
const path = (id: string) => `/r/${id.replace(':', '/')}`;

async function choose({ page }: App, name: string, item: string): Promise<void> {
	await page.getByRole('button', { name: `Actions for ${name}` }).click();
	await page.getByRole('menuitem', { name: item }).click();
}

/** Ann owns the workspace; the others are editors by these names. */
async function team(...names: string[]): Promise<App[]> {
	const ann = await openApp(browser, inject('origin'));
	await ann.get('workspaces.create', newWorkspace('Team'));
	const others: App[] = [];
	for (const name of names) {
		const other = await openApp(browser, inject('origin'));
		await share(ann, other, 'editor', name);
		others.push(other);
	}
	return [ann, ...others];
}

const peers = async (app: App) => (await app.get<{ peers: number }>('sync.status')).peers;

async function goOffline(app: App): Promise<void> {
	await app.context.setOffline(true);
	await eventually(async () => (await peers(app)) === 0);
}

describe('rights', () => {
	test('a device removed while it is offline: its late edits wait, everybody else’s survive, an owner writes them again', async () => {
		const [ann, bo, cy] = (await team('Bo', 'Cy')) as [App, App, App];
		const id = await ann.get<string>('records.create', 'contact', {
			firstName: 'Li',
			lastName: 'Wei',
		});
		const gone = await bo.get<string>('records.create', 'contact', { firstName: 'Gone' });
		await eventually(() => same(ann, bo, cy));
		await goTo(bo, path(id), 'Li Wei');
		await bo.page.getByRole('form', { name: 'Write down what happened' }).waitFor();

		await goOffline(bo);
		await bo.get('records.update', id, { firstName: 'Late' });
		const made = await bo.get<string>('records.create', 'contact', { firstName: 'New' });
		await cy.get('records.update', id, { jobTitle: 'Buyer' });
		await goTo(ann, '/people', 'People');
		await choose(ann, 'Bo', 'Remove this person…');
		await ann.page.getByRole('dialog').getByText('copies on that device stay there').waitFor();
		await ann.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
		await ann.page.getByText('Bo was removed', { exact: true }).waitFor();
		await ann.page.getByText('Former devices (1)').click();
		await ann.page.getByText('removed, or left').waitFor();

		await bo.context.setOffline(false);
		await ann.page.getByRole('heading', { name: '2 edits by Bo' }).waitFor({ timeout: 120_000 });
		await bo.page.getByText('You were removed from this workspace').waitFor({ timeout: 60_000 });
		await bo.page
			.getByRole('form', { name: 'Write down what happened' })
			.waitFor({ state: 'detached' });
		expect((await bo.call('records.update', id, { phone: '1' })).ok).toBe(false);
		await eventually(() => same(ann, cy));
		for (const app of [ann, cy])
			expect(await app.get('records.get', id)).toMatchObject({
				firstName: 'Li',
				jobTitle: 'Buyer',
			});

		await ann.get('share.erase', gone);
		await ann.page.getByText('First an owner must decide about late edits by').waitFor();
		await ann.page.getByRole('link', { name: 'Bo', exact: true }).click();
		await eventually(() => ann.page.locator('section:target h3').isVisible());
		expect(await ann.page.locator('section:target h3').innerText()).toBe('2 edits by Bo');

		await press(ann.page, 'Write again in my name');
		await ann.page.getByText('2 edits written again in your name').waitFor();
		await ann.page.getByRole('heading', { name: '2 edits by Bo' }).waitFor({ state: 'detached' });
		await ann.page.getByText('Erased on every device').waitFor({ timeout: 60_000 });
		await eventually(() => same(ann, cy));
		for (const app of [ann, cy]) {
			expect(await app.get('records.get', id)).toMatchObject({
				firstName: 'Late',
				jobTitle: 'Buyer',
			});
			expect(await app.get('records.get', made)).toMatchObject({ firstName: 'New' });
		}

		await ann.page.getByRole('link', { name: 'Audit trail' }).click();
		await ann.page.getByRole('heading', { name: 'Audit trail', level: 1 }).waitFor();
		await ann.page.getByText('removed Bo').waitFor();
		await ann.page.getByText('wrote again 2 late edits').waitFor();
		expect(await ann.page.getByText('did not count').count()).toBe(2);
		await press(ann.page, 'Verify');
		await ann.page.getByText('all are genuine and complete').waitFor();
		await ann.page.getByLabel('By').selectOption({ label: 'Cy' });
		await ann.page.getByText('changed 1 contact').waitFor();
		expect(await ann.page.getByText('founded the workspace').count()).toBe(0);
		expect([...ann.errors, ...bo.errors, ...cy.errors]).toEqual([]);
	});

	test('a role changes what a page offers, without a reload', async () => {
		const [ann, bo] = (await team('Bo')) as [App, App];
		const id = await ann.get<string>('records.create', 'contact', { firstName: 'Li' });
		await eventually(() => same(ann, bo));
		await goTo(bo, path(id), 'Li');
		const composer = bo.page.getByRole('form', { name: 'Write down what happened' });
		await composer.waitFor();
		await goTo(ann, '/people', 'People');
		for (const [role, state] of [
			['Viewer', 'detached'],
			['Editor', 'visible'],
		] as const) {
			await choose(ann, 'Bo', 'Change role…');
			await ann.page.getByRole('dialog').getByRole('radio', { name: role }).check();
			await ann.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
			await ann.page.getByText(`Bo is now ${role.toLowerCase()}`).waitFor();
			await composer.waitFor({ state, timeout: 60_000 });
		}
		await bo.get('records.update', id, { firstName: 'By Bo' });
		await eventually(() => same(ann, bo));

		await goTo(bo, '/people', 'People');
		await bo.page.getByText('Only an owner can change roles').waitFor();
		await choose(ann, 'Bo', 'Change role…');
		await ann.page.getByRole('dialog').getByRole('radio', { name: 'Owner' }).check();
		await ann.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
		await bo.page.getByText('Became an owner before you').waitFor({ timeout: 60_000 });
		expect(await bo.page.getByRole('button', { name: 'Actions for Ann' }).count()).toBe(0);
		await goTo(bo, '/people/audit', 'Audit trail');
		await bo.page.getByText('made you an owner').waitFor();
		expect([...ann.errors, ...bo.errors]).toEqual([]);
	});

	test('a conflict shows both values with their authors; one is kept and the other becomes a note', async () => {
		const [ann, bo] = (await team('Bo')) as [App, App];
		const id = await ann.get<string>('records.create', 'contact', {
			firstName: 'Li',
			phone: '555',
		});
		await eventually(() => same(ann, bo));
		await goOffline(bo);
		await ann.get('records.update', id, { phone: '111' });
		await bo.get('records.update', id, { phone: '222' });
		await bo.context.setOffline(false);
		await eventually(async () => (await peers(bo)) > 0);
		await eventually(() => same(ann, bo));

		await ann.page.setViewportSize({ width: 390, height: 844 });
		await goTo(ann, path(id), 'Li');
		await ann.page.getByText('changed this record without seeing each other: Phone').waitFor();
		await press(ann.page, 'Decide');
		const card = ann.page.getByRole('group', { name: 'Phone', exact: true });
		await card.waitFor();
		await ann.page.setViewportSize({ width: 1280, height: 720 });
		await card.getByText('111').waitFor();
		await card.getByText('222').waitFor();
		expect((await card.getByRole('listitem').allInnerTexts()).join()).toMatch(
			/you,.*Bo,|Bo,.*you,/s,
		);
		await card.getByRole('button', { name: 'Keep both as a note' }).click();
		await card.waitFor({ state: 'detached' });
		const { phone } = await ann.get<{ phone: string }>('records.get', id);
		const [lost, author] = phone === '222' ? ['111', 'Ann'] : ['222', 'Bo'];
		await ann.page.getByRole('article').getByText(`: ${lost}`).waitFor();
		const { rows } = await ann.get<{ rows: { body: string }[] }>('records.query', 'activity', {
			where: { contact: id },
		});
		expect(rows.map(({ body }) => body)).toEqual([
			expect.stringMatching(`^Phone, according to ${author}, .*: ${lost}$`),
		]);
		await eventually(() => same(ann, bo));

		await press(ann.page, 'Show every change');
		const history = ann.page.getByRole('region', { name: 'History' });
		await history.getByText('added this record').waitFor();
		const steps = await history.locator('ol > li').allInnerTexts();
		expect(steps).toHaveLength(4);
		expect(steps[0]).toContain('You');
		expect(steps[3]).toContain('added this record');
		expect(steps.filter((step) => step.includes('Bo'))).toHaveLength(1);
		expect([...ann.errors, ...bo.errors]).toEqual([]);
	});

	test('an editor adds a device of their own, an owner sees both as one person, and the device leaves', async () => {
		const [ann, bo] = (await team('Bo')) as [App, App];
		await goTo(bo, '/people', 'People');
		await press(bo.page, 'Add a device');
		const link = bo.page.getByRole('textbox', { name: 'Invitation link' });
		const phone = await openApp(browser, await link.inputValue());
		await phone.page.getByLabel('Your name').fill('Bo’s phone');
		await press(phone.page, 'Ask to join');
		const code = (app: App) => app.page.locator('.code').innerText();
		await bo.page.locator('.code').waitFor();
		expect(await code(phone)).toBe(await code(bo));
		await press(bo.page, 'Admit');
		await phone.page.waitForURL('**/today');
		await eventually(() => same(ann, bo, phone));
		await phone.get('records.create', 'contact', { firstName: 'By phone' });

		await goTo(ann, '/people', 'People');
		const row = ann.page.locator('[data-member]').filter({ hasText: 'Bo’s phone' });
		await row.getByText('Device 1').waitFor();
		await eventually(async () => (await row.getByText('holds everything').count()) === 2);
		await goTo(phone, '/people', 'People');
		await choose(phone, 'Bo', 'Leave with this device…');
		await phone.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
		await phone.page.getByText('You were removed from this workspace, or left it').waitFor();
		await ann.page.getByText('Former devices (1)').click();
		await ann.page.getByText('Bo (Bo’s phone)').waitFor();
		await row.waitFor({ state: 'detached' });
		await eventually(() => same(ann, bo));
		expect([...ann.errors, ...bo.errors, ...phone.errors]).toEqual([]);
	});

	test('erasing a person takes what was written about them, everywhere, and the page says who has not', async () => {
		const [ann, bo] = (await team('Bo')) as [App, App];
		const id = await ann.get<string>('records.create', 'contact', {
			firstName: 'Forget',
			lastName: 'Menot',
		});
		const note = await ann.get<string>('records.create', 'activity', {
			kind: 'note',
			body: 'Likes tea',
			contact: id,
			happenedAt: '2026-05-03T10:00:00Z',
		});
		await eventually(() => same(ann, bo));
		await goOffline(bo);
		await goTo(ann, path(id), 'Forget Menot');
		await press(ann.page, 'More');
		await ann.page.getByRole('menuitem', { name: 'Erase for good…' }).click();
		const dialog = ann.page.getByRole('dialog');
		await dialog.getByText('Erase 1 activity or task about them as well').waitFor();
		const now = dialog.getByRole('button', { name: 'Erase for good' });
		expect(await now.isDisabled()).toBe(true);
		await dialog.getByRole('textbox').fill('forget menot');
		await now.click();
		await ann.page.getByText('Forget Menot was erased').waitFor();
		for (const gone of [id, note]) expect((await ann.call('records.get', gone)).ok).toBe(false);
		await goTo(ann, '/people', 'People');
		await ann.page.getByText('Not yet confirmed by: Bo').waitFor();
		await bo.context.setOffline(false);
		await ann.page.getByText('Erased on every device').waitFor({ timeout: 120_000 });
		for (const gone of [id, note]) expect((await bo.call('records.get', gone)).ok).toBe(false);
		expect([...ann.errors, ...bo.errors]).toEqual([]);
	});
});
