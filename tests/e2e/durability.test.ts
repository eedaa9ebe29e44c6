/**
 * An acknowledged write survives SIGKILL of the browser, and the app starts with neither server nor network. The profile is a
 * real one on disk; the process group is killed without warning.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/install.mjs';
import { serve } from '../../scripts/serve.mjs';
import { attach, chromiumOptions, eventually, newWorkspace } from '#tests/support/app.ts';

const kills = Number(process.env.KILLS ?? 5);
const profile = mkdtempSync(join(tmpdir(), 'perennial-profile-'));
afterAll(() => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

/** A browser on the kept profile, and how to kill it. */
async function openProfile(origin: string) {
	const context = await chromium.launchPersistentContext(profile, {
		...chromiumOptions,
	});
	const app = await attach(context, origin);
	const pids = processesOf(profile);
	return {
		app,
		async kill() {
			for (const pid of pids()) {
				try {
					process.kill(pid, 'SIGKILL');
				} catch {
					// It ended by itself.
				}
			}
			await context.close().catch(() => {});
		},
	};
}

/** All processes whose command line names the profile. */
function processesOf(folder: string): () => number[] {
	return () =>
		execFileSync('pgrep', ['-f', folder], { encoding: 'utf8' })
			.split('\n')
			.filter(Boolean)
			.map(Number)
			.filter((pid) => pid !== process.pid);
}

describe('durability', () => {
	test(`${kills} times killed in the middle of edits, then started offline: every acknowledged edit is there`, async () => {
		const server = await serve({ folder: `${root}/build`, port: 0, host: 'localhost' });
		const origin = `http://localhost:${server.port}`;
		let browser = await openProfile(origin);
		const { id: wid } = await browser.app.get<{ id: string }>(
			'workspaces.create',
			newWorkspace('Field'),
		);
		await browser.app.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
		await server.stop();

		const acknowledged = new Map<string, string>();
		for (let round = 0; round < kills; round++) {
			const { app } = browser;
			let writing = true;
			const writer = (async () => {
				for (let i = 0; writing; i++) {
					const firstName = `R${round}N${i}`;
					const made = await app
						.call<string>('records.create', 'contact', { firstName })
						.catch(() => undefined);
					if (made?.ok) acknowledged.set(made.value, firstName);
				}
			})();
			const before = acknowledged.size;
			await eventually(async () => acknowledged.size > before + 2 * round);
			await browser.kill();
			writing = false;
			await writer;

			browser = await openProfile(origin);
			await browser.app.get('workspaces.open', wid);
			for (const [id, firstName] of acknowledged)
				expect(await browser.app.call('records.get', id)).toMatchObject({
					ok: true,
					value: { firstName },
				});
		}
		expect(acknowledged.size).toBeGreaterThan(kills);
		await eventually(
			async () => (await browser.app.get<number>('records.count', 'contact')) >= acknowledged.size,
		);
		// Deep links start offline too.
		await browser.app.page.goto(`${origin}/r/contact`);
		await browser.app.page.waitForFunction(() => 'perennial' in globalThis);
		await browser.kill();
	});
});
