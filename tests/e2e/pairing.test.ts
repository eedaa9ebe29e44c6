/** Two devices, the texts of two codes, and no meeting point anywhere: the app comes from a host of files only. */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
	eventually,
	launch,
	newWorkspace,
	openApp,
	pair,
	reopen,
	same,
	shareByCode,
	type App,
} from '#tests/support/app.ts';

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

interface Traffic {
	readonly meetingPoints: readonly { readonly url: string; readonly state: string }[];
	readonly connections: readonly { readonly openSince?: number; readonly byHand: boolean }[];
}

const device = () => openApp(browser, inject('quietOrigin'));
const peersOf = async (app: App) => (await app.get<{ peers: number }>('sync.status')).peers;

async function owner(): Promise<App> {
	const ann = await device();
	await ann.get('workspaces.create', newWorkspace('Team'));
	return ann;
}

describe('with no meeting point', () => {
	test('a newcomer joins by code, goes on in the workspace, and is paired again after a restart', async () => {
		const [ann, bo] = [await owner(), await device()];
		const id = await ann.get<string>('records.create', 'contact', { firstName: 'Mia' });
		await shareByCode(ann, bo);
		expect(await bo.get('records.get', id)).toMatchObject({ firstName: 'Mia' });
		await bo.get('records.update', id, { jobTitle: 'Buyer' });
		await eventually(() => same(ann, bo));

		// Gone and back: nothing but codes can bring them together now.
		await reopen(bo);
		await eventually(async () => (await peersOf(ann)) === 0);
		await ann.get('records.update', id, { phone: '111' });
		await bo.get('records.update', id, { email: 'mia@example.com' });
		expect(await same(ann, bo)).toBe(false);
		await pair(ann, bo);
		await eventually(() => same(ann, bo));
		expect(await bo.get('records.get', id)).toMatchObject({
			jobTitle: 'Buyer',
			phone: '111',
			email: 'mia@example.com',
		});
		const traffic = await ann.get<Traffic>('sync.traffic');
		expect(traffic.meetingPoints.map(({ state }) => state)).not.toContain('open');
		expect(traffic.connections.filter(({ openSince }) => openSince)).toMatchObject([
			{ byHand: true },
		]);
		expect([...ann.errors, ...bo.errors]).toEqual([]);
	});

	test('a connected device introduces the others to each other', async () => {
		const [ann, bo, cy] = [await owner(), await device(), await device()];
		await shareByCode(ann, bo);
		await shareByCode(ann, cy);
		for (const app of [ann, bo, cy]) await eventually(async () => (await peersOf(app)) === 2);
		// The one in the middle leaves; the other two go on.
		await ann.context.close();
		await bo.get('records.create', 'contact', { firstName: 'After Ann' });
		await eventually(() => same(bo, cy));
		expect(await cy.get('records.count', 'contact')).toBe(1);
	});

	test('A-B and B-C by code: A and C find each other', async () => {
		const [ann, bo, cy] = [await owner(), await device(), await device()];
		await shareByCode(ann, bo);
		await shareByCode(ann, cy);
		for (const app of [ann, bo, cy]) {
			await reopen(app);
		}
		await eventually(async () => (await peersOf(ann)) === 0);
		await pair(ann, bo);
		await pair(cy, bo);
		for (const app of [ann, cy]) await eventually(async () => (await peersOf(app)) === 2);
	});

	test('people take their time: the answer comes back after a minute', async () => {
		const [ann, bo] = [await owner(), await device()];
		await shareByCode(ann, bo);
		await reopen(bo);
		await eventually(async () => (await peersOf(ann)) === 0);
		const offer = await ann.get<string>('share.pairing.offer');
		const answer = await bo.get<string>('share.pairing.answer', offer);
		await new Promise((resolve) => setTimeout(resolve, 60_000));
		await ann.get('share.pairing.accept', answer);
		await eventually(async () => (await peersOf(ann)) === 1);
	});

	test('a wrong code is refused in words', async () => {
		const [ann, bo] = [await owner(), await owner()];
		const offer = await ann.get<string>('share.pairing.offer');
		const later = await ann.get<string>('share.pairing.offer');
		const reasons = [
			[bo, 'answer', offer, /from another workspace/],
			[bo, 'answer', offer.slice(0, -5), /cut off or changed/],
			[bo, 'answer', 'https://example.com', /not a pairing code/],
			[ann, 'answer', offer, /this device’s own code/],
			[ann, 'accept', later, /an answer is needed here/],
		] as const;
		for (const [app, call, code, reason] of reasons) {
			const answer = await app.call(`share.pairing.${call}`, code);
			expect(answer).toMatchObject({ ok: false, error: { type: 'BadLink' } });
			expect(!answer.ok && answer.error.message).toMatch(reason);
		}
	});
});
