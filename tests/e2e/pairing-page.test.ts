/** Pairing as people do it: on the People page and the Join page, by camera and by pasting, with no meeting point. */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
	chromiumOptions,
	eventually,
	newWorkspace,
	openApp,
	reopen,
	same,
	shareByCode,
	type App,
} from '#tests/support/app.ts';

/** What stands before the camera of every page here. */
const film = join(tmpdir(), `perennial-camera-${process.pid}.y4m`);

let browser: Browser;
beforeAll(async () => {
	film640(new Array<number>(640 * 480).fill(128));
	browser = await chromium.launch({
		...chromiumOptions,
		args: [
			...chromiumOptions.args,
			'--use-fake-device-for-media-stream',
			`--use-file-for-fake-video-capture=${film}`,
		],
	});
});
afterAll(async () => {
	await browser.close();
	rmSync(film, { force: true });
});

/** One grey picture of 640 x 480, over and over (YUV4MPEG2, 4:2:0). */
function film640(luma: readonly number[]): void {
	const head = Buffer.from('YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n');
	const frame = Buffer.concat([
		Buffer.from('FRAME\n'),
		Buffer.from(luma),
		Buffer.alloc((640 * 480) / 2, 128),
	]);
	writeFileSync(film, Buffer.concat([head, ...new Array<Buffer>(10).fill(frame)]));
}

/** The QR code on the screen, as the other device's camera would see it. */
async function holdUp(page: Page): Promise<void> {
	const code = page.getByRole('img', { name: 'QR code of this device' });
	await code.waitFor();
	const luma = await code.evaluate(async (svg) => {
		const drawn = svg.cloneNode(true) as SVGElement;
		drawn.setAttribute('width', '400');
		drawn.setAttribute('height', '400');
		const image = new Image();
		const text = new XMLSerializer().serializeToString(drawn);
		image.src = `data:image/svg+xml;base64,${btoa(text)}`;
		await image.decode();
		const context = new OffscreenCanvas(640, 480).getContext('2d')!;
		context.fillStyle = '#999';
		context.fillRect(0, 0, 640, 480);
		context.drawImage(image, 120, 40, 400, 400);
		const { data } = context.getImageData(0, 0, 640, 480);
		return Array.from({ length: 640 * 480 }, (_, i) => data[i * 4]!);
	});
	film640(luma);
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const shownCode = (page: Page) =>
	page.getByRole('textbox', { name: 'Code of this device' }).inputValue();

async function toPeople({ page }: App): Promise<void> {
	await page.goto(`${inject('quietOrigin')}/people`);
	await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
}

async function owner(): Promise<App> {
	const ann = await openApp(browser, inject('quietOrigin'));
	await ann.get('workspaces.create', newWorkspace('Team'));
	return ann;
}

describe('pairing by hand', () => {
	test('two devices of a team: one shows, the other scans; the answer is pasted', async () => {
		const [ann, bo] = [await owner(), await openApp(browser, inject('quietOrigin'))];
		await shareByCode(ann, bo);
		await reopen(bo);
		await bo.get('records.create', 'contact', { firstName: 'Late' });
		await toPeople(ann);
		await toPeople(bo);
		await press(ann.page, 'Show a code');
		await holdUp(ann.page);

		await press(bo.page, 'Scan or paste a code');
		await press(bo.page, 'Scan with the camera');
		await bo.page.getByText('The camera was refused.').waitFor();
		await bo.context.grantPermissions(['camera']);
		await press(bo.page, 'Scan with the camera');
		await bo.page.getByText('Now the other device must take this code.').waitFor();
		expect(await bo.page.locator('video').count()).toBe(0);

		await ann.page.getByLabel('Code of the other device').fill(await shownCode(bo.page));
		await press(ann.page, 'Use this code');
		for (const { page } of [ann, bo])
			await page.getByText('The two devices are connected.').waitFor();
		await eventually(() => same(ann, bo));
		expect([...ann.errors, ...bo.errors]).toEqual([]);
	});

	test('a newcomer whom no meeting point helps shows a code to the owner', async () => {
		const [ann, bo] = [await owner(), await openApp(browser, inject('quietOrigin'))];
		const { url } = await ann.get<{ url: string }>('share.invite', { role: 'editor' });
		await toPeople(ann);
		await bo.page.goto(url);
		await bo.page.getByLabel('Your name').fill('Bo');
		await press(bo.page, 'Ask to join');
		await press(bo.page, 'No answer? Connect by code');

		await press(ann.page, 'Scan or paste a code');
		const paste = ann.page.getByLabel('Code of the other device');
		await paste.fill('https://example.com/');
		await press(ann.page, 'Use this code');
		await ann.page.getByText('This is not a pairing code.').waitFor();
		await paste.fill(await shownCode(bo.page));
		await press(ann.page, 'Use this code');
		const answer = await shownCode(ann.page);
		await bo.page.getByLabel('Code of the other device').fill(answer);
		await press(bo.page, 'Use this code');

		await ann.page.getByText('Bo wants to join').waitFor();
		await press(ann.page, 'Admit');
		await bo.page.waitForURL('**/today');
		await eventually(() => same(ann, bo));
		await ann.page.getByText('here now').waitFor();
	});

	test('a code that another app scanned opens here and is answered', async () => {
		const [ann, bo] = [await owner(), await openApp(browser, inject('quietOrigin'))];
		await shareByCode(ann, bo);
		await reopen(bo);
		const offer = await ann.get<string>('share.pairing.offer');
		await bo.page.goto(offer);
		const answer = await shownCode(bo.page);
		expect(bo.page.url()).not.toContain('#');
		await ann.get('share.pairing.accept', answer);
		await bo.page.getByText('The two devices are connected.').waitFor();
	});

	test('meeting points and TURN servers are chosen, checked, tested, and all traffic is shown', async () => {
		const ann = await owner();
		const { page } = ann;
		await page.goto(`${inject('quietOrigin')}/settings`);
		const meet = `${inject('origin').replace('http', 'ws')}/meet`;
		const address = page.getByLabel('Address of a meeting point');
		await address.fill('https://example.com');
		await address.press('Enter');
		await page.getByText('A meeting point’s address begins with').waitFor();
		await address.fill('ws://localhost:9/meet');
		await address.press('Enter');
		await page.getByText('No answer. Check the address').waitFor();
		await press(page, 'Remove ws://localhost:9/meet');
		await address.fill(meet);
		await address.press('Enter');
		await page.getByText('It answers.').waitFor();
		await page.getByLabel('Address of the server').fill('turn:turn.example.org:3478');
		await page.getByLabel('Address of the server').press('Enter');
		await page.getByText('A TURN server needs a user and a password.').waitFor();

		// Applied at once: a device that knows the invite alone is found through it, on a host without a meeting point.
		const bo = await openApp(browser, inject('quietOrigin'));
		const { url } = await ann.get<{ url: string }>('share.invite', { role: 'viewer' });
		const joining = bo.get('share.join', url);
		await eventually(async () => (await ann.get<unknown[]>('share.pending')).length > 0);
		const [request] = await ann.get<{ id: string }[]>('share.pending');
		await ann.get('share.admit', request!.id);
		await joining;
		await reopen(bo);
		await eventually(async () => (await bo.get<{ peers: number }>('sync.status')).peers === 1);

		await page.getByRole('link', { name: 'See all network requests' }).click();
		await page.getByText(meet).waitFor();
		await page.getByText('A device of the team').first().waitFor();
		await page.getByText('UDP').first().waitFor();
		await page.getByText('The app itself (page)').waitFor();
		// A worker loads what it needs when it is first asked.
		await ann.get('analysis.run', 'sentiment', { text: 'Lovely tea' });
		await page.getByText('The app itself (worker)').waitFor();
		expect(await page.getByText('That should not happen').count()).toBe(0);
	});
});
