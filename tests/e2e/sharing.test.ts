/** J4 and J5 with two real browsers' worth of storage and a real peer connection. */
import type { Browser } from 'playwright';
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
import { contactsCsv } from '../../scripts/people.mjs';

interface Contact {
	readonly jobTitle?: string;
	readonly phone?: string;
	readonly email?: string;
	readonly conflicts: Record<string, { value: unknown }[]>;
}

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

const status = (app: App) =>
	app.get<{ state: string; peers: number; unsent: number; copies: number }>('sync.status');

async function team(): Promise<[App, App]> {
	const owner = await openApp(browser, inject('origin'));
	await owner.get('workspaces.create', newWorkspace('Team'));
	const guest = await openApp(browser, inject('origin'));
	return [owner, guest];
}

async function goOffline(...apps: App[]): Promise<void> {
	for (const app of apps) await app.context.setOffline(true);
	for (const app of apps) await eventually(async () => (await status(app)).peers === 0);
}

async function comeBack(...apps: App[]): Promise<void> {
	for (const app of apps) await app.context.setOffline(false);
	for (const app of apps) await eventually(async () => (await status(app)).peers > 0);
}

describe('a team of two', () => {
	test('shares megabytes by a link, edits apart, and loses nothing', async () => {
		const [ann, bo] = await team();
		const csv = contactsCsv(6000);
		expect(csv.length).toBeGreaterThan(2 * 256 * 1024);
		await ann.get('imports.run', { name: 'people.csv', data: csv });
		await share(ann, bo);
		expect(await bo.get('records.count', 'contact')).toBe(6000);
		await eventually(
			async () => (await status(ann)).unsent === 0 && (await status(ann)).copies === 1,
		);

		const { rows } = await ann.get<{ rows: { id: string }[] }>('records.query', 'contact', {
			limit: 1,
		});
		const id = rows[0]!.id;
		await goOffline(ann, bo);
		await ann.get('records.update', id, { jobTitle: 'Buyer', phone: '111' });
		await bo.get('records.update', id, { email: 'new@example.com', phone: '222' });
		expect((await status(ann)).unsent).toBeGreaterThan(0);
		expect(await same(ann, bo)).toBe(false);
		await comeBack(ann, bo);
		await eventually(() => same(ann, bo));

		for (const app of [ann, bo]) {
			const contact = await app.get<Contact>('records.get', id);
			expect(contact).toMatchObject({ jobTitle: 'Buyer', email: 'new@example.com' });
			expect(Object.keys(contact.conflicts)).toEqual(['phone']);
			expect(contact.conflicts.phone!.map(({ value }) => value).sort()).toEqual(['111', '222']);
		}
		await bo.get('records.update', id, { phone: '222' });
		await eventually(async () => {
			const seen = await ann.get<Contact>('records.get', id);
			return seen.phone === '222' && !seen.conflicts.phone;
		});
		expect([...ann.errors, ...bo.errors]).toEqual([]);
	});

	test("refuses a viewer's edit and shows it everything", async () => {
		const [ann, eve] = await team();
		const id = await ann.get<string>('records.create', 'contact', {
			firstName: 'Li',
			lastName: 'Wei',
		});
		await share(ann, eve, 'viewer');
		expect(await eve.get('records.get', id)).toMatchObject({ name: 'Li Wei' });
		expect(await eve.call('records.update', id, { firstName: 'Eve' })).toMatchObject({
			ok: false,
			error: { type: 'Forbidden' },
		});
		expect(await ann.get('records.get', id)).toMatchObject({ firstName: 'Li' });
	});

	test('a used, a cut and a foreign link are refused with a sentence', async () => {
		const [ann, bo] = await team();
		const { url } = await ann.get<{ url: string }>('share.invite', { role: 'editor' });
		for (const bad of [url.slice(0, -6), 'https://example.com/', `${inject('origin')}/join#9.x.y`])
			expect(await bo.call('share.join', bad)).toMatchObject({
				ok: false,
				error: { type: 'BadLink' },
			});
	});

	test('a second tab shares the data, and survives the first one closing', async () => {
		const [ann, bo] = await team();
		await share(ann, bo);
		const page = await ann.context.newPage();
		await page.goto(inject('origin'));
		await page.waitForFunction(() => 'perennial' in globalThis);
		await ann.page.close();
		const id = await page.evaluate(async () => {
			const { perennial } = globalThis as unknown as {
				perennial: Record<
					string,
					Record<string, (...args: unknown[]) => Promise<{ value: never }>>
				>;
			};
			const [first] = (await perennial.workspaces!.list!()).value as { id: string }[];
			await perennial.workspaces!.open!(first!.id);
			return (await perennial.records!.create!('contact', { firstName: 'Second', lastName: 'Tab' }))
				.value;
		});
		await eventually(async () => (await bo.call('records.get', id)).ok);
	});
});
