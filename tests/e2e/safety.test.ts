/** Backups, the recovery kit and the app lock in a real browser, by the scripting interface and by hand. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
	eventually,
	fingerprint,
	launch,
	newWorkspace,
	openApp,
	share,
	type App,
} from '#tests/support/app.ts';
import { contactsCsv } from '../../scripts/people.mjs';

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'perennial-backups-'));
beforeAll(async () => {
	browser = await launch();
});
afterAll(async () => {
	await browser.close();
	rmSync(folder, { recursive: true, force: true });
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** As on a browser without a file dialog of its own: the file goes to the downloads. */
async function withoutPickers(app: App): Promise<void> {
	await app.page.addInitScript(() => {
		delete (globalThis as { showSaveFilePicker?: unknown }).showSaveFilePicker;
		delete (globalThis as { showDirectoryPicker?: unknown }).showDirectoryPicker;
	});
}

async function backUpByHand(app: App, name: string): Promise<string> {
	await app.page.goto(`${inject('origin')}/settings`);
	await press(app.page, 'Back up now');
	const downloading = app.page.waitForEvent('download');
	await press(app.page, 'Download');
	const path = join(folder, name);
	const download = await downloading;
	expect(download.suggestedFilename()).toMatch(/^Field \d{4}-\d\d-\d\d\.perennial$/);
	await download.saveAs(path);
	await app.page.getByText('read back and good.').first().waitFor();
	return path;
}

describe('backup and restore', () => {
	test('created, backed up, wiped, restored with the words: the same data, editable, open for others', async () => {
		const ann = await openApp(browser, inject('origin'));
		await withoutPickers(ann);
		const { id: wid } = await ann.get<{ id: string }>('workspaces.create', newWorkspace('Field'));
		await ann.get('imports.run', { name: 'people.csv', data: contactsCsv(3000) });
		const words = await ann.get<string[]>('safety.words');
		const old = await backUpByHand(ann, 'old.perennial');
		const late = await ann.get<string>('records.create', 'contact', { firstName: 'Late' });
		const path = await backUpByHand(ann, 'new.perennial');
		const print = await fingerprint(ann);
		expect(readFileSync(path).includes('Late')).toBe(false);
		// The profile goes, and with it every key.
		await ann.context.close();

		const back = await openApp(browser, inject('origin'));
		await withoutPickers(back);
		const { page } = back;
		await page.getByRole('link', { name: 'Restore from a backup' }).click();
		await page.locator('.drop input').setInputFiles(path);
		await page.getByLabel('Recovery words').fill([...words].reverse().join(' '));
		await page.getByLabel('Your name').fill('Ann again');
		await press(page, 'Restore');
		await page.getByText(/do not belong/).waitFor();
		await page.getByLabel('Recovery words').fill(words.join(' '));
		await press(page, 'Restore');
		await page.waitForURL('**/today');
		expect(await fingerprint(back)).toBe(print);
		expect(await back.get('records.get', late)).toMatchObject({ firstName: 'Late' });

		// Again, and an older file: nothing changes, nothing goes.
		for (const file of [path, old]) {
			await page.goto(`${inject('origin')}/settings`);
			await page.locator('#backup .drop input').setInputFiles(file);
			await page.getByText('Everything in this file was here already.').waitFor();
			expect(await fingerprint(back)).toBe(print);
			await page.reload();
			await page.waitForFunction(() => 'perennial' in globalThis);
			await back.get('workspaces.open', wid);
		}
		await back.get('records.update', late, { lastName: 'Later' });
		const bo = await openApp(browser, inject('origin'));
		await share(back, bo);
		expect(await bo.get('records.get', late)).toMatchObject({ lastName: 'Later' });
		expect([...ann.errors, ...back.errors, ...bo.errors]).toEqual([]);
		await Promise.all([back.context.close(), bo.context.close()]);
	});

	test('a damaged and a cut-off file are refused in words', async () => {
		const ann = await openApp(browser, inject('origin'));
		await withoutPickers(ann);
		await ann.get('workspaces.create', { ...newWorkspace('Field'), sample: true });
		const bytes = readFileSync(await backUpByHand(ann, 'good.perennial'));
		const damaged = Buffer.from(bytes);
		damaged[damaged.length >> 1]! ^= 8;
		const give = (buffer: Buffer) =>
			ann.page
				.locator('#backup .drop input')
				.setInputFiles({ name: 'a.perennial', mimeType: 'application/octet-stream', buffer });
		await give(damaged);
		await ann.page.getByText('This backup is damaged').waitFor();
		await give(bytes.subarray(0, bytes.length - 100));
		await ann.page.getByText('its end is missing').waitFor();
		await give(Buffer.from('hello'));
		await ann.page.getByText('no Perennial backup').waitFor();
		await ann.context.close();
	});
});

describe('the recovery kit and the app lock', () => {
	test('the kit is saved by entering three words; then the lock locks, survives a reload, and opens', async () => {
		const app = await openApp(browser, inject('origin'));
		await app.get('workspaces.create', newWorkspace('Field'));
		const id = await app.get<string>('records.create', 'contact', { firstName: 'Li' });
		const times = { idle: 15, hidden: 5 };
		expect(await app.call('lock.turnOn', 'green hill seven', times)).toMatchObject({
			ok: false,
			error: { field: 'kit' },
		});
		const { page } = app;
		await page.goto(`${inject('origin')}/settings/kit`);
		await press(page, 'Show the words');
		const words = await page.locator('.words li').allInnerTexts();
		expect(words).toHaveLength(12);
		const fields = page.getByLabel(/^Word \d+$/);
		await fields.first().waitFor();
		for (const field of await fields.all()) await field.fill('zoo');
		await press(page, 'I have saved it');
		await page.getByText('is another one').waitFor();
		for (const label of await page.locator('.three label').allInnerTexts())
			await page.getByLabel(label, { exact: true }).fill(words[Number(label.slice(5)) - 1]!);
		await press(page, 'I have saved it');
		await page.waitForURL('**/settings');
		expect(await app.get('safety.status')).toMatchObject({ kit: 'saved' });
		expect(await app.call('safety.words')).toMatchObject({ ok: false });

		await page.getByLabel('Passphrase', { exact: true }).fill('green hill seven');
		await page.getByLabel('The same again').fill('green hill seven');
		await press(page, 'Turn the lock on');
		await press(page, 'Lock now');
		await page.getByRole('heading', { name: 'Locked' }).waitFor();
		expect(await app.call('records.get', id)).toMatchObject({ ok: false });

		await page.reload();
		await page.getByRole('heading', { name: 'Locked' }).waitFor();
		await page.getByLabel('Passphrase').fill('green hill eight');
		await press(page, 'Unlock');
		await page.getByText('That is not the passphrase.').waitFor();
		expect(await page.getByLabel('Passphrase').inputValue()).toBe('');
		await page.getByLabel('Passphrase').fill('green hill seven');
		await press(page, 'Unlock');
		await eventually(async () => (await app.call('records.get', id)).ok);
		expect(await page.getByRole('heading', { name: 'Locked' }).count()).toBe(0);
		await app.get('records.update', id, { lastName: 'Wei' });
		expect(app.errors).toEqual([]);
		await app.context.close();
	});

	test('a passkey that keeps a secret opens the lock', async () => {
		const app = await openApp(browser, inject('origin'));
		const cdp = await app.context.newCDPSession(app.page);
		await cdp.send('WebAuthn.enable');
		await cdp.send('WebAuthn.addVirtualAuthenticator', {
			options: {
				protocol: 'ctap2',
				ctap2Version: 'ctap2_1',
				transport: 'internal',
				hasResidentKey: true,
				hasUserVerification: true,
				hasPrf: true,
				isUserVerified: true,
				automaticPresenceSimulation: true,
			},
		});
		await app.get('workspaces.create', newWorkspace('Field'));
		const words = await app.get<string[]>('safety.words');
		await app.get('safety.confirm', { 1: words[0], 2: words[1], 3: words[2] });
		const { page } = app;
		await page.goto(`${inject('origin')}/settings`);
		await page.getByRole('heading', { name: 'App lock' }).waitFor();
		await app.get('lock.turnOn', 'green hill seven', { idle: 15, hidden: 5 });
		await page.getByText('The app lock is on.').waitFor();
		await page.getByLabel('Passphrase', { exact: true }).fill('green hill seven');
		await press(page, 'Add a passkey');
		await page.getByText('The passkey opens the lock').waitFor();
		await press(page, 'Lock now');
		await page.getByRole('heading', { name: 'Locked' }).waitFor();
		await press(page, 'Unlock with the passkey');
		await eventually(async () => (await app.call('records.count', 'contact')).ok);
		expect(app.errors).toEqual([]);
		await app.context.close();
	});

	test('locking in one tab locks the others', async () => {
		const app = await openApp(browser, inject('origin'));
		await app.get('workspaces.create', newWorkspace('Field'));
		const words = await app.get<string[]>('safety.words');
		await app.get('safety.confirm', { 4: words[3], 8: words[7], 12: words[11] });
		await app.get('lock.turnOn', 'green hill seven', { idle: 15, hidden: 5 });
		const second = await app.context.newPage();
		await second.goto(`${inject('origin')}/people`);
		await second.getByRole('heading', { name: 'People', level: 1 }).waitFor();
		await app.get('lock.now');
		await second.getByRole('heading', { name: 'Locked' }).waitFor();
		await app.get('lock.unlock', 'green hill seven');
		await second.getByRole('heading', { name: 'People', level: 1 }).waitFor();
		await app.context.close();
	});
});
