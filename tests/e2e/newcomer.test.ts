/**
 * A newcomer whose connection is cut halfway goes on where it was: by the count of the bytes that reach it, nothing it held comes
 * again. Cut by SIGKILL of its browser, and by its network. `MB=30` is the full run.
 */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
	admit,
	eventually,
	launch,
	newWorkspace,
	openApp,
	same,
	type App,
} from '#tests/support/app.ts';
import { logSize } from '#tests/support/log-size.ts';
import { openProfile, profileFolder } from '#tests/support/profile.ts';
import { notesCsv } from '../../scripts/people.mjs';

const MB = Number(process.env.MB ?? 8);
/** Signatures, lengths, the greeting: what comes beside entries' heads and bodies. */
const MOST_BESIDE = 1.02;

const profile = profileFolder();
let browser: Browser;
let owner: App;
let wid: string;
beforeAll(async () => {
	browser = await launch();
	owner = await openApp(browser, inject('origin'));
	wid = (await owner.get<{ id: string }>('workspaces.create', newWorkspace('Large'))).id;
	await owner.get('imports.run', { name: 'people.csv', data: notesCsv(MB * 1e6) });
});
afterAll(() => browser.close());

/** Counts from now on what connections that are still to come deliver to the ledger; without what SCTP sent twice. */
async function meter({ page }: App): Promise<() => Promise<number>> {
	await page.evaluate(() => {
		const counting = Object.assign(globalThis, { delivered: 0 });
		const { prototype } = RTCPeerConnection;
		const make = prototype.createDataChannel;
		prototype.createDataChannel = function (label, options) {
			const channel = make.call(this, label, options);
			if (label === 'ledger')
				channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
					counting.delivered += data.byteLength;
				});
			return channel;
		};
	});
	return () => page.evaluate(() => (globalThis as unknown as { delivered: number }).delivered);
}

/** Resolves when the newcomer holds so much of it; the cut itself takes a moment, too. */
async function holds(share: number, app: App): Promise<void> {
	const total = (await logSize(owner.page, wid)).bytes;
	expect(total).toBeGreaterThan(MB * 1e6);
	while ((await logSize(app.page, wid)).bytes < total * share);
}

/** The newcomer is there again and hears nothing yet; `comeBack` lets it. */
async function resumes(app: App, how: string, comeBack: () => Promise<void>): Promise<void> {
	const held = await logSize(app.page, wid);
	const total = await logSize(owner.page, wid);
	expect(held.bytes).toBeLessThan(total.bytes * 0.95);
	const rest = total.bytes - held.bytes;
	const delivered = await meter(app);
	await comeBack();
	await eventually(() => same(owner, app), 300);
	const came = await delivered();
	const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
	console.log(`${how}: held ${mb(held.bytes)} of ${mb(total.bytes)} MB; ${mb(came)} MB came after`);
	expect(came).toBeGreaterThan(rest);
	expect(came).toBeLessThan(rest * MOST_BESIDE);
	expect(await logSize(app.page, wid)).toEqual(await logSize(owner.page, wid));
	expect(await app.get('trail.verify')).toMatchObject({ bad: [], missing: [] });
}

describe(`a newcomer to ${MB} MB, cut at half`, () => {
	test('by SIGKILL of its browser', async () => {
		const origin = inject('origin');
		const first = await openProfile(profile, origin);
		const joining = admit(owner, first.app).catch(() => {});
		await holds(0.4, first.app);
		await first.kill();
		await joining;
		await owner.context.setOffline(true);
		const second = await openProfile(profile, origin);
		await second.app.get('workspaces.open', wid);
		await resumes(second.app, 'killed', () => owner.context.setOffline(false));
		await second.kill();
	});

	test('by its network', async () => {
		const guest = await openApp(browser, inject('origin'));
		const joining = admit(owner, guest);
		await holds(0.25, guest);
		await guest.context.setOffline(true);
		await joining;
		await eventually(async () => (await guest.get<{ peers: number }>('sync.status')).peers === 0);
		await resumes(guest, 'network gone', () => guest.context.setOffline(false));
	});
});
