/** Two devices that are never connected to each other, and real nats-servers between them. */
import { afterEach, describe, expect, test } from 'vitest';
import { jetstreamManager } from '@nats-io/jetstream';
import { wsconnect } from '@nats-io/nats-core';
import { unwrap } from '#core/result.ts';
import { openRelay } from '#sync/relay.ts';
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
		const { rmSync } = await import('node:fs');
		rmSync(relay.nodes[0]!.store, { recursive: true });
		await relay.nodes[0]!.start();
		await add(bo, 5, 50);
		await settled(bo);

		const cy = await joinHost(bo, 'editor').catch(() => undefined);
		expect(cy).toBeUndefined(); // Bo is no owner.
		const dee = await joinHost(ann, 'viewer', nextScope(), slow, 'Dee');
		closers.push(() => dee.close());
		unwrap(await dee.setRelay(relay.config));
		await until(() => converged(dee, bo), 30);
	});
});
