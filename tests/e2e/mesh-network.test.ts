/** Networks as they are: a meeting point that goes and comes, and one that talks nonsense. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright';
import { WebSocketServer } from 'ws';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
	eventually,
	launch,
	newWorkspace,
	openApp,
	reopen,
	same,
	share,
	type App,
} from '#tests/support/app.ts';
import { serveMeetingPoint } from '../../scripts/meeting-point.mjs';

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

async function openMeeting(port = 0) {
	const server = createServer();
	const end = serveMeetingPoint(server, '/meet');
	await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		stop: () => {
			end();
			return new Promise((resolve) => server.close(resolve));
		},
	};
}

async function device(...urls: string[]): Promise<App> {
	const app = await openApp(browser, inject('quietOrigin'));
	await app.page.evaluate(
		(meetingPoints) => localStorage.setItem('perennial.network', JSON.stringify({ meetingPoints })),
		urls,
	);
	await app.page.reload();
	await app.page.waitForFunction(() => 'perennial' in globalThis);
	return app;
}

const peersOf = async (app: App) => (await app.get<{ peers: number }>('sync.status')).peers;

test('a meeting point goes away and comes back: connections stay, new ones are made again', async () => {
	let meeting = await openMeeting();
	const { port } = meeting;
	const [ann, bo] = [
		await device(`ws://localhost:${port}/meet`),
		await device(`ws://localhost:${port}/meet`),
	];
	await ann.get('workspaces.create', newWorkspace('Team'));
	await share(ann, bo);
	await meeting.stop();
	await ann.get('records.create', 'contact', { firstName: 'Still' });
	await eventually(() => same(ann, bo));
	await reopen(bo);
	await eventually(async () => (await peersOf(ann)) === 0);
	await bo.get('records.create', 'contact', { firstName: 'Later' });
	meeting = await openMeeting(port);
	await eventually(async () => (await peersOf(ann)) === 1, 40);
	await eventually(() => same(ann, bo));
	await meeting.stop();
	expect([...ann.errors, ...bo.errors]).toEqual([]);
});

test('a meeting point that talks nonsense hurts nobody', async () => {
	const hostile = new WebSocketServer({ port: 0, host: 'localhost' });
	await once(hostile, 'listening');
	let said = 0;
	hostile.on('connection', (client) => {
		client.on('message', (data) => {
			const {
				topics,
				topic,
				data: sealed,
			} = JSON.parse(String(data)) as {
				topics?: string[];
				topic?: string;
				data?: string;
			};
			const [name] = topics ?? [topic];
			const nonsense = [
				'no json',
				'null',
				'[]',
				'{"type":"publish"}',
				...['', '!!', 'AAAA', 'A'.repeat(40_000), sealed, String(sealed).replace(/.$/, 'A'), 7].map(
					(bad) => JSON.stringify({ type: 'publish', topic: name, data: bad }),
				),
			];
			for (const text of nonsense) client.send(text);
			client.send(Buffer.from([0, 255, 1]));
			said += nonsense.length;
		});
	});
	const good = await openMeeting();
	const urls = [
		`ws://localhost:${(hostile.address() as AddressInfo).port}`,
		`ws://localhost:${good.port}/meet`,
	];
	const [ann, bo] = [await device(...urls), await device(...urls)];
	await ann.get('workspaces.create', newWorkspace('Team'));
	await share(ann, bo);
	expect(said).toBeGreaterThan(20);
	expect([...ann.errors, ...bo.errors]).toEqual([]);
	hostile.clients.forEach((client) => client.terminate());
	hostile.close();
	await good.stop();
});
