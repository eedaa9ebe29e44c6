/** The server of `npm start`: serves the app as a static host should, lets peers meet, and survives garbage. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../scripts/serve.mjs';

const folder = mkdtempSync(join(tmpdir(), 'perennial-serve-'));
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
	writeFileSync(join(folder, '200.html'), '<title>shell</title>');
	writeFileSync(join(folder, 'sw.js'), '');
	server = await serve({ folder, port: 0, host: 'localhost' });
});
afterAll(async () => {
	await server.stop();
	rmSync(folder, { recursive: true });
});

const get = (path: string) => fetch(`http://localhost:${server.port}${path}`);

function open(): Promise<WebSocket> {
	const socket = new WebSocket(`ws://localhost:${server.port}/meet`);
	socket.on('error', () => {});
	return new Promise((resolve) => socket.on('open', () => resolve(socket)));
}

const send = (socket: WebSocket, message: unknown) => socket.send(JSON.stringify(message));
const next = (socket: WebSocket) =>
	new Promise<Record<string, unknown>>((resolve) =>
		socket.once('message', (data) => resolve(JSON.parse(String(data)) as Record<string, unknown>)),
	);

describe('the server', () => {
	test('answers every address with the shell, isolated and uncached', async () => {
		const response = await get('/r/contact/anything');
		expect(await response.text()).toContain('shell');
		expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
		expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
		expect(response.headers.get('cache-control')).toBe('no-cache');
		expect((await get('/sw.js')).headers.get('content-security-policy')).toContain(
			"script-src 'self'",
		);
	});

	test('passes what is published to those who subscribed, and to nobody else', async () => {
		const [a, b, c] = await Promise.all([open(), open(), open()]);
		send(a, { type: 'subscribe', topics: ['room'] });
		send(b, { type: 'subscribe', topics: ['room'] });
		send(c, { type: 'subscribe', topics: ['other'] });
		send(c, { type: 'ping' });
		expect(await next(c)).toEqual({ type: 'pong' });
		let overheard = false;
		c.on('message', () => (overheard = true));
		const heard = next(b);
		send(a, { type: 'publish', topic: 'room', data: 'hello' });
		expect(await heard).toMatchObject({ type: 'publish', topic: 'room', data: 'hello' });
		expect(overheard).toBe(false);
		for (const socket of [a, b, c]) socket.close();
	});

	test('survives garbage: bytes, bad JSON, wrong shapes, huge frames, bad upgrades', async () => {
		const raw = connect(server.port, 'localhost');
		raw.on('error', () => {});
		raw.write(Buffer.from([0, 255, 13, 10, 13, 10, 7]));
		const upgrade = connect(server.port, 'localhost');
		upgrade.on('error', () => {});
		upgrade.write(
			'GET /elsewhere HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
		);
		const socket = await open();
		for (const bad of [
			'{',
			'null',
			'[]',
			'7',
			'{"type":"subscribe","topics":5}',
			'{"type":"publish"}',
			'"x"',
		])
			socket.send(bad);
		socket.send(Buffer.from([1, 2, 3]));
		send(socket, { type: 'subscribe', topics: [null, {}, 'x'.repeat(1000)] });
		const huge = await open();
		const ended = new Promise((resolve) => huge.on('close', resolve));
		huge.send('x'.repeat(1024 * 1024));
		await ended;
		expect((await get('/%E0%A4%A')).status).toBeLessThan(500);
		send(socket, { type: 'ping' });
		expect(await next(socket)).toEqual({ type: 'pong' });
		expect((await get('/')).ok).toBe(true);
		socket.close();
		raw.destroy();
		upgrade.destroy();
	});
});
