/** Two real browsers' worth of storage that are never online at the same time, and a real relay or folder between them. */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
	attach,
	eventually,
	fingerprint,
	launch,
	newWorkspace,
	openApp,
	share,
	type App,
} from '#tests/support/app.ts';
import { startRelay } from '#tests/support/nats.ts';

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

interface Status {
	readonly state: string;
	readonly waiting: number;
}
const MARKER = 'Quetzalmarker';

const settled = (app: App) =>
	eventually(async () => {
		const { relay } = await app.get<{ relay: Status }>('mail.status');
		return relay.state === 'settled' && relay.waiting === 0;
	});
const add = async (app: App, count: number) => {
	for (let n = 0; n < count; n++)
		await app.get('records.create', 'contact', { firstName: MARKER, lastName: `No ${n}` });
};
const peers = async (app: App) => (await app.get<{ peers: number }>('sync.status')).peers;

/** No page, no worker, no connection; the storage stays. */
async function leave(app: App): Promise<void> {
	// The next page opens before the last one goes: a browser without pages would end.
	const blank = await app.context.newPage();
	for (const page of app.context.pages()) if (page !== blank) await page.close();
}

async function comeBack(app: App): Promise<App> {
	const back = await attach(app.context, inject('origin'));
	await eventually(async () => (await back.call('sync.status')).ok);
	return back;
}

describe.each([1, 3] as const)('a relay of %i', (size) => {
	test('carries changes between two that are never online together', async () => {
		const relay = await startRelay(size, [inject('origin')]);
		const ann = await openApp(browser, inject('origin'));
		await ann.get('workspaces.create', { ...newWorkspace(`${MARKER} Ltd`), userName: MARKER });
		const bo = await openApp(browser, inject('origin'));
		await share(ann, bo);
		for (const app of [ann, bo]) await app.get('mail.setRelay', relay.config);
		for (const app of [ann, bo]) await settled(app);
		await leave(bo);

		await add(ann, 20);
		// A node dies while the changes are on their way.
		if (size === 3) await relay.nodes[2]!.kill();
		await add(ann, 5);
		await settled(ann);
		const annsPrint = await fingerprint(ann);
		await leave(ann);

		const bosReturn = await comeBack(bo);
		await eventually(async () => (await fingerprint(bosReturn)) === annsPrint, 120);
		expect(await bosReturn.get('records.count', 'contact')).toBe(25);
		expect(await peers(bosReturn)).toBe(0);
		await add(bosReturn, 3);
		await settled(bosReturn);
		const bosPrint = await fingerprint(bosReturn);
		await leave(bosReturn);

		const annsReturn = await comeBack(ann);
		await eventually(async () => (await fingerprint(annsReturn)) === bosPrint, 120);
		expect(await annsReturn.get('records.count', 'contact')).toBe(28);
		expect(relay.files().includes(MARKER)).toBe(false);
		expect([...ann.errors, ...bo.errors]).toEqual([]);
		await ann.context.close();
		await bo.context.close();
		await relay.stop();
	});
});

describe('a shared folder', () => {
	test('carries what one device wrote, and is kept over a restart of the app', async () => {
		const ann = await openApp(browser, inject('origin'));
		await ann.get('workspaces.create', newWorkspace('Folder'));
		await add(ann, 3);
		const answer = await ann.page.evaluate(async () => {
			const { perennial } = globalThis as unknown as {
				perennial: { mail: { setFolder(handle: unknown): Promise<unknown> } };
			};
			const root = await navigator.storage.getDirectory();
			return perennial.mail.setFolder(await root.getDirectoryHandle('shared', { create: true }));
		});
		expect(answer).toMatchObject({ ok: true });
		const folder = async () => (await ann.get<{ folder: Status }>('mail.status')).folder;
		await eventually(async () => {
			const { state, waiting } = await folder();
			return state === 'settled' && waiting === 0;
		});
		await ann.page.reload();
		await ann.page.waitForFunction(() => 'perennial' in globalThis);
		await eventually(async () => (await ann.call('mail.status')).ok);
		await eventually(async () => (await folder())?.state === 'settled');
		const text = await ann.page.evaluate(async () => {
			const read = async (directory: FileSystemDirectoryHandle): Promise<string[]> => {
				const all: string[] = [];
				for await (const [name, handle] of directory.entries())
					if (handle.kind === 'directory')
						all.push(...(await read(handle as FileSystemDirectoryHandle)));
					else all.push(name + (await (await (handle as FileSystemFileHandle).getFile()).text()));
				return all;
			};
			const root = await navigator.storage.getDirectory();
			return read(await root.getDirectoryHandle('shared'));
		});
		expect(text.length).toBeGreaterThan(1);
		expect(text.join().includes(MARKER)).toBe(false);
		await ann.context.close();
	});
});
