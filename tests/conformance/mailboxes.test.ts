/** The relay's mailboxes against real servers; the folder's stand in tests/browser, on a real file system. */
import { afterAll, beforeAll, describe } from 'vitest';
import { unwrap } from '#core/result.ts';
import { openRelay } from '#sync/relay.ts';
import { startRelay, type Relay } from '#tests/support/nats.ts';
import { mailboxSuite } from './mailbox-suite.ts';

describe('relay on one node', () => {
	let relay: Relay;
	beforeAll(async () => {
		relay = await startRelay();
	});
	afterAll(() => relay.stop());
	mailboxSuite(async () => unwrap(await openRelay(relay.config)));
});

describe('relay on three nodes', () => {
	let relay: Relay;
	beforeAll(async () => {
		relay = await startRelay(3);
	});
	afterAll(() => relay.stop());
	mailboxSuite(async () => unwrap(await openRelay(relay.config)));
});
