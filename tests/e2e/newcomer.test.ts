/**
 * A newcomer whose connection is cut halfway goes on where it was: by the count of the bytes that reach it, nothing it held comes
 * again. Cut by SIGKILL of its browser, and by its network. `MB=30` is the full run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { openProfile } from '#tests/support/profile.ts';
import { notesCsv } from '../../scripts/people.mjs';

const MB = Number(process.env.MB ?? 8);
/** What is on the wire beside the entries: DTLS, SCTP, the greeting; and what was under way when the cut came is sent again. */
const MOST_BESIDE = 1.08;
const MOST_UNDER_WAY = 1.5e6;

const profile = mkdtempSync(join(tmpdir(), 'perennial-newcomer-'));
let browser: Browser;
let owner: App;
let wid: string;
beforeAll(async () => {
	browser = await launch();
	owner = await openApp(browser, inject('origin'));
	wid = (await owner.get<{ id: string }>('workspaces.create', newWorkspace('Large'))).id;
	await owner.get('imports.run', { name: 'people.csv', data: notesCsv(MB * 1e6) });
});
afterAll(async () => {
	await browser.close();
	rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

interface Connection {
	readonly openSince?: number;
	readonly received?: number;
}

/** Adds up what came over each connection as long as it lives; call the result for the sum of all. */
function meter(app: App) {
	const most = new Map<number, number>();
	return async () => {
		const { connections } = await app.get<{ connections: Connection[] }>('sync.traffic');
		for (const { openSince = 0, received = 0 } of connections)
			most.set(openSince, Math.max(received, most.get(openSince) ?? 0));
		return [...most.values()].reduce((sum, bytes) => sum + bytes, 0);
	};
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
	const received = meter(app);
	await comeBack();
	await eventually(async () => {
		await received();
		return (await logSize(app.page, wid)).bytes >= total.bytes;
	}, 300);
	const came = await received();
	await eventually(() => same(owner, app), 300);
	const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
	console.log(`${how}: held ${mb(held.bytes)} of ${mb(total.bytes)} MB; ${mb(came)} MB came after`);
	expect(came).toBeGreaterThan(rest * 0.95);
	expect(came).toBeLessThan(rest * MOST_BESIDE + MOST_UNDER_WAY);
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
