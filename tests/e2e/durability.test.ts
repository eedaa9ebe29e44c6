/**
 * An acknowledged write survives SIGKILL of the browser, and the app starts with neither server nor network. The profile is a
 * real one on disk; the process group is killed without warning, with several writes under way. KILLS for more of them.
 */
import { describe, expect, inject, test } from 'vitest';
import type { Scripting } from '#workspace/scripting.ts';
import { root } from '../../scripts/install.mjs';
import { serve } from '../../scripts/serve.mjs';
import {
	eventually,
	launch,
	newWorkspace,
	openApp,
	same,
	share,
	type App,
} from '#tests/support/app.ts';
import { openProfile, profileFolder, type Profile } from '#tests/support/profile.ts';

const kills = Number(process.env.KILLS ?? 5);
/** With a second browser, which costs more. */
const peerKills = Math.ceil(kills / 5);
const LONGEST = 600_000 + kills * 60_000;
const profile = profileFolder();

describe('durability', () => {
	test(
		`${kills} times killed in the middle of edits, then started offline: every acknowledged edit is there`,
		async () => {
			const server = await serve({ folder: `${root}/build`, port: 0, host: 'localhost' });
			const origin = `http://localhost:${server.port}`;
			let browser = await openProfile(profile, origin);
			const { id: wid } = await browser.app.get<{ id: string }>(
				'workspaces.create',
				newWorkspace('Field'),
			);
			await browser.app.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
			await server.stop();

			const acknowledged = new Map<string, string>();
			for (let round = 0; round < kills; round++) {
				await killWhileWriting(browser, `R${round}`, acknowledged, 3 + (round % 9));
				browser = await openProfile(profile, origin);
				await browser.app.get('workspaces.open', wid);
				await holdsAll(browser.app, acknowledged);
			}
			expect(acknowledged.size).toBeGreaterThan(kills);
			await eventually(
				async () =>
					(await browser.app.get<number>('records.count', 'contact')) >= acknowledged.size,
			);
			// Deep links start offline too.
			await browser.app.page.goto(`${origin}/r/contact`);
			await browser.app.page.waitForFunction(() => 'perennial' in globalThis);
			await browser.kill();
		},
		LONGEST,
	);

	test(
		`${peerKills} times killed while another browser sends and receives: both end equal`,
		async () => {
			const origin = inject('origin');
			const other = await launch();
			const peer = await openApp(other, origin);
			await peer.get('workspaces.create', newWorkspace('Field'));
			let browser = await openProfile(profile, origin);
			await share(peer, browser.app);
			const { workspace: wid } = await browser.app.get<{ workspace: string }>('ready');
			const acknowledged = new Map<string, string>();
			const sent = new Map<string, string>();
			for (let round = 0; round < peerKills; round++) {
				const stop = writeOn(peer, `P${round}`, sent, 2);
				await killWhileWriting(browser, `Q${round}`, acknowledged, 3 + (round % 9));
				browser = await openProfile(profile, origin);
				await browser.app.get('workspaces.open', wid);
				await holdsAll(browser.app, acknowledged);
				await stop();
				await eventually(() => same(peer, browser.app), 120);
				for (const app of [peer, browser.app]) await holdsAll(app, acknowledged);
				await holdsAll(browser.app, sent);
			}
			await browser.kill();
			await other.close();
		},
		LONGEST,
	);
});

/** Writes without pause on so many lines at once; call the result to stop. */
function writeOn(app: App, name: string, acknowledged: Map<string, string>, lines: number) {
	let writing = true;
	const line = async (n: number) => {
		for (let i = 0; writing; i++) {
			const firstName = `${name}L${n}N${i}`;
			const made = await app
				.call<string>('records.create', 'contact', { firstName })
				.catch(() => undefined);
			if (made?.ok) acknowledged.set(made.value, firstName);
		}
	};
	const all = Promise.all(Array.from({ length: lines }, (_, n) => line(n)));
	return async () => {
		writing = false;
		await all;
	};
}

/** Kills in the middle of writes, after so many were acknowledged. */
async function killWhileWriting(
	browser: Profile,
	name: string,
	acknowledged: Map<string, string>,
	count: number,
): Promise<void> {
	const before = acknowledged.size;
	const stop = writeOn(browser.app, name, acknowledged, 4);
	await eventually(async () => acknowledged.size >= before + count);
	await browser.kill();
	await stop();
}

/** Every acknowledged write is there, every chain is whole. */
async function holdsAll(app: App, acknowledged: ReadonlyMap<string, string>): Promise<void> {
	const found = await app.page.evaluate(
		async (ids) => {
			const { records } = (globalThis as unknown as { perennial: Scripting }).perennial;
			const names: (string | undefined)[] = [];
			for (const id of ids) {
				const row = await records.get(id);
				names.push(row.ok ? String((row.value as { firstName?: unknown }).firstName) : undefined);
			}
			return names;
		},
		[...acknowledged.keys()],
	);
	expect(found).toEqual([...acknowledged.values()]);
	expect(await app.get('trail.verify')).toMatchObject({ bad: [], dropped: 0, missing: [] });
}
