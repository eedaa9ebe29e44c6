/** Somebody, or the browser itself, clears what the app stored while it is open: the app finds out and says so. */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launch, newWorkspace, openApp, reopen } from '#tests/support/app.ts';

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

test(
	'what was cleared under an open app is said, with the way back',
	{ timeout: 120_000 },
	async () => {
		const origin = inject('origin');
		const app = await openApp(browser, origin);
		const { page, context, get, call } = app;
		await get('workspaces.create', newWorkspace('Cleared'));
		await get('records.create', 'contact', { firstName: 'Lin' });
		await reopen(app);
		const devtools = await context.newCDPSession(page);
		await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
		const band = page.locator('#storage-refused');
		await band.getByText('The stored data is gone.').waitFor();
		await band.getByRole('link', { name: 'Restore from a backup' }).waitFor();
		expect(await call('records.create', 'contact', { firstName: 'Bo' })).toMatchObject({
			ok: false,
			error: { type: 'Storage', storage: 'missing' },
		});
	},
);
