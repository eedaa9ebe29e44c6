/** Two devices that are never connected to each other, and real nats-servers between them. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { jetstreamManager } from '@nats-io/jetstream';
import { wsconnect } from '@nats-io/nats-core';
import { unwrap } from '#core/result.ts';
import type { Host } from '#workspace/host.ts';
import type { CourierStatus } from '#sync/courier.ts';
import { PASSWORD, checkConfig, single, startRelay, tls, type Relay } from '#tests/support/nats.ts';
import { connect, converged, joinHost, newHost, nextScope, until } from '#tests/support/store.ts';

const MARKER = 'Zanzibarmarker';
const quick = { every: 300, healAfter: 0 };
const slow = { every: 300, healAfter: 3_600_000 };

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closers.reverse()) await close();
	closers = [];
});

async function relayOf(size: 1 | 3 = 1): Promise<Relay> {
	const relay = await startRelay(size);
	closers.push(() => relay.stop());
	return relay;
}

/** Ann and Bo of one workspace; no link between them after Bo was let in. */
async function team(options: typeof quick = slow): Promise<[Host, Host]> {
	const ann = await newHost(nextScope(), options, {
		name: `${MARKER} Ltd`,
		userName: `Ann ${MARKER}`,
	});
	const bo = await joinHost(ann, 'editor', nextScope(), options, `Bo ${MARKER}`);
	closers.push(
		() => ann.close(),
		() => bo.close(),
	);
	return [ann, bo];
}

const add = async (host: Host, count: number, from = 0) => {
	for (let n = from; n < from + count; n++)
		unwrap(await host.create('contact', { firstName: `${MARKER} ${n}`, lastName: 'Lee' }));
};
const mail = (host: Host): CourierStatus => host.mailStatus().relay!;
const settled = (host: Host) =>
	until(() => mail(host).state === 'settled' && mail(host).waiting === 0, 30);

describe('through a relay', () => {
	test('devices that are never online together converge, and the relay reads nothing', async () => {
		const relay = await relayOf();
		const [ann, bo] = await team();
		await add(ann, 30);
		unwrap(await ann.setRelay(relay.config));
		await settled(ann);
		unwrap(await ann.setRelay(undefined));
		expect(bo.status().copies).toBe(0);

		unwrap(await bo.setRelay(relay.config));
		await until(() => converged(ann, bo), 30);
		await add(bo, 20, 100);
		await settled(bo);
		unwrap(await bo.setRelay(undefined));

		unwrap(await ann.setRelay(relay.config));
		await until(() => converged(ann, bo), 30);
		expect(await ann.find('contact', MARKER.toLowerCase(), 100)).toHaveLength(50);
		// Bo has said, through the relay, that it holds everything of Ann's.
		await until(() => ann.status().unsent === 0 && ann.status().copies === 1, 30);

		const files = relay.files();
		expect(files.length).toBeGreaterThan(10_000);
		for (const secret of [MARKER, MARKER.toLowerCase(), ann.info().workspace.id, ann.info().did])
			expect(files.includes(secret), secret).toBe(false);
	});

	test('a device that leaves months with the others is no full copy until it has fetched them', async () => {
		const relay = await relayOf();
		const [ann, bo] = await team();
		await add(ann, 2);
		const happenedAt = '2020-02-03T10:00:00Z';
		unwrap(await ann.create('activity', { kind: 'call', happenedAt, subject: 'Old' }));
		unwrap(await bo.keepMonths(3));
		let cut = connect(ann, bo);
		await until(() => ann.status().unsent === 0, 30);
		cut();
		for (const host of [bo, ann]) unwrap(await host.setRelay(relay.config));
		const said = () => ann.members().find(({ self }) => !self)!.lastSeen;
		const before = said();
		await until(() => said() !== before, 30);
		expect(ann.status()).toMatchObject({ unsent: 0, copies: 0 });
		unwrap(await bo.keepMonths(0));
		cut = connect(ann, bo);
		await until(() => converged(ann, bo), 30);
		cut();
		await until(() => ann.status().copies === 1, 30);
	});

	test('changes travel at once between two that are both there', async () => {
		const relay = await relayOf();
		const [ann, bo] = await team({ ...slow, every: 60_000 });
		for (const host of [ann, bo]) unwrap(await host.setRelay(relay.config));
		await Promise.all([ann, bo].map(settled));
		await add(ann, 1);
		await until(() => converged(ann, bo), 5);
	});

	test('who joins is known to those who were away, and what came early is found again', async () => {
		const relay = await relayOf();
		const [ann, bo] = await team();
		for (const host of [ann, bo]) {
			unwrap(await host.setRelay(relay.config));
			await settled(host);
		}
		unwrap(await bo.setRelay(undefined));
		const cy = await joinHost(ann, 'editor', nextScope(), slow, 'Cy');
		closers.push(() => cy.close());
		await add(cy, 5);
		unwrap(await cy.setRelay(relay.config));
		await settled(cy);
		unwrap(await bo.setRelay(relay.config));
		await until(() => converged(bo, cy), 30);
		expect(bo.members()).toHaveLength(3);
	});

	test('a wiped relay is filled again, also with what its writer no longer brings', async () => {
		const relay = await relayOf();
		const [ann, bo] = await team(quick);
		await add(ann, 10);
		for (const host of [ann, bo]) unwrap(await host.setRelay(relay.config));
		await until(() => converged(ann, bo), 30);
		unwrap(await ann.setRelay(undefined));
		const connection = await wsconnect({
			servers: [...relay.config.urls],
			user: 'team',
			pass: PASSWORD,
		});
		const jsm = await jetstreamManager(connection, { checkAPI: false });
		// The page's permissions do not let the app's own user do this.
		await expect(jsm.streams.delete('perennial')).rejects.toThrow();
		await connection.close();
		await relay.nodes[0]!.kill();
		rmSync(relay.nodes[0]!.store, { recursive: true });
		await relay.nodes[0]!.start();
		await add(bo, 5, 50);
		await settled(bo);

		const dee = await joinHost(ann, 'viewer', nextScope(), slow, 'Dee');
		closers.push(() => dee.close());
		unwrap(await dee.setRelay(relay.config));
		await until(() => converged(dee, bo), 30);
	});

	test('a relay restored from an old copy gets back what it lost', async () => {
		const relay = await relayOf();
		const [ann, bo] = await team();
		await add(ann, 5);
		unwrap(await ann.setRelay(relay.config));
		await settled(ann);
		const [node] = relay.nodes;
		await node!.kill();
		cpSync(node!.store, `${node!.store}.old`, { recursive: true });
		await node!.start();
		await add(ann, 5, 5);
		await settled(ann);
		await node!.kill();
		rmSync(node!.store, { recursive: true });
		cpSync(`${node!.store}.old`, node!.store, { recursive: true });
		await node!.start();
		// Bo's frames take the numbers that Ann's lost ones had.
		await add(bo, 1, 90);
		unwrap(await bo.setRelay(relay.config));
		await settled(bo);
		await until(() => converged(ann, bo), 60);
	});

	test('a revoked password is told in words, and the new one sends what waited', async () => {
		const relay = await relayOf();
		const [ann, bo] = await team();
		for (const host of [ann, bo]) unwrap(await host.setRelay(relay.config));
		await Promise.all([ann, bo].map(settled));
		await relay.nodes[0]!.setPassword('another');
		await add(ann, 3);
		await until(() => mail(ann).trouble?.type === 'Forbidden', 60);
		expect(mail(ann).trouble!.message).toMatch(/does not accept this name and password/);
		await until(() => mail(ann).waiting === 3);
		expect(await ann.testRelay(relay.config)).toMatchObject({ error: { type: 'Forbidden' } });
		const config = { ...relay.config, password: 'another' };
		unwrap(await ann.testRelay(config));
		for (const host of [ann, bo]) unwrap(await host.setRelay(config));
		await until(() => converged(ann, bo), 30);
	});

	test('addresses that lead nowhere, or to something else, are told apart', async () => {
		const [ann] = await team();
		const answer = (...urls: string[]) => ann.testRelay({ urls, user: 'team', password: PASSWORD });
		expect(await answer('relay.example.org')).toMatchObject({ error: { type: 'Invalid' } });
		expect(await answer()).toMatchObject({ error: { type: 'Invalid' } });
		expect(await answer('ws://127.0.0.1:9')).toMatchObject({ error: { type: 'Offline' } });
	});
});

describe('a relay of three nodes', () => {
	test('loses nothing when one of them is killed in the middle', async () => {
		const relay = await relayOf(3);
		const [ann, bo] = await team();
		unwrap(await ann.setRelay(relay.config));
		await settled(ann);
		const writing = add(ann, 60);
		await until(() => mail(ann).confirmedAt !== undefined && mail(ann).waiting > 0, 30);
		// The node that this device talks to, or another: any may die.
		await relay.nodes[1]!.kill();
		await writing;
		await settled(ann);
		unwrap(await ann.setRelay(undefined));

		unwrap(await bo.setRelay(relay.config));
		await until(() => converged(ann, bo), 60);
		await relay.nodes[1]!.start();
		await relay.nodes[0]!.kill();
		await add(bo, 10, 200);
		await until(() => mail(bo).state === 'settled' && mail(bo).waiting === 0, 60);
		unwrap(await bo.setRelay(undefined));
		unwrap(await ann.setRelay(relay.config));
		await until(() => converged(ann, bo), 60);
		expect(await ann.find('contact', MARKER.toLowerCase(), 100)).toHaveLength(70);
		expect(relay.files().includes(MARKER)).toBe(false);
	});
});

describe('docs/relay.md', () => {
	test('its TLS variant is a configuration that nats-server takes', async () => {
		const { generate } = await import('selfsigned');
		const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
		const folder = mkdtempSync(join(tmpdir(), 'perennial-tls-'));
		closers.push(async () => rmSync(folder, { recursive: true }));
		writeFileSync(join(folder, 'cert.pem'), cert);
		writeFileSync(join(folder, 'key.pem'), key);
		const text = single
			.replace(/websocket \{.*?\n\}\n/s, () => tls)
			.replaceAll('/etc/nats', folder);
		expect(text).toContain('cert_file');
		checkConfig(text);
		expect(() => checkConfig(text.replace('cert.pem', 'none.pem'))).toThrow();
	});
});
