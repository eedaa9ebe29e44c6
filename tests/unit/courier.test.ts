/** What a relay may do to a courier: lose its confirmations, keep rubbish, put frames in the wrong place. */
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRecord } from '#commands/records.ts';
import { toHex } from '#core/bytes.ts';
import { fail, ok, unwrap } from '#core/result.ts';
import { randomBytes } from '#crypto/hash.ts';
import { startCourier, type Courier } from '#sync/courier.ts';
import { decodeChain, encodeChain, placeOf } from '#sync/mail-frame.ts';
import { rangeOf } from '#sync/mail-memory.ts';
import type { Mailbox } from '#sync/mailbox.ts';
import { missing, union } from '#sync/ranges.ts';
import { openRelay } from '#sync/relay.ts';
import { startRelay, type Relay } from '#tests/support/nats.ts';
import { newStore, until } from '#tests/support/store.ts';
import type { BrowserStore } from '#workspace/open-store.ts';

let relay: Relay;
let store: BrowserStore;
let courier: Courier | undefined;
beforeEach(async () => {
	relay = await startRelay();
	store = await newStore();
	for (let n = 0; n < 20; n++)
		unwrap(await createRecord(store.context, 'contact', { firstName: `No ${n}` }));
});
afterEach(async () => {
	await courier?.close();
	await store.close();
	await relay.stop();
});

const epochs = () => store.log.keyring.all();

function run(wrap: (mailbox: Mailbox) => Mailbox): Courier {
	courier = startCourier({
		log: store.log,
		receive: store.receive,
		onHolds() {},
		epochs,
		async open() {
			const opened = await openRelay(relay.config);
			return opened.ok ? ok(wrap(opened.value)) : opened;
		},
		load: async () => undefined,
		save: async () => {},
		every: 100,
	});
	return courier;
}

/** Names of the frames of this device's chain, and the bodies in those that open. */
async function chainOnRelay() {
	const place = await placeOf(epochs()[0]!);
	const { did } = store.log.device;
	const topic = await place.chain(did);
	const mailbox = unwrap(await openRelay(relay.config));
	const names: string[] = [];
	const bodies: string[] = [];
	for await (const frame of unwrap(await mailbox.read(place.space, undefined)).frames) {
		if (frame.topic !== topic) continue;
		names.push(frame.name);
		const plain = await place.open(topic, frame.name, await frame.load());
		const entries = plain.ok && decodeChain(plain.value, did, rangeOf(frame.name)!);
		if (entries && entries.ok) bodies.push(...entries.value.map(({ ct }) => toHex(ct)));
	}
	await mailbox.close();
	return { names, bodies };
}
const chainFrames = async () => (await chainOnRelay()).names;

const settled = () =>
	until(() => courier!.status().state === 'settled' && courier!.status().waiting === 0, 30);

describe('a courier', () => {
	test('that is not told of its success looks, and sends nothing twice', async () => {
		let lost = 0;
		run((mailbox) => ({
			...mailbox,
			async append(...frame) {
				const kept = await mailbox.append(...frame);
				return lost++ % 2 ? kept : fail('Timeout', 'The confirmation was lost.');
			},
			get closed() {
				return mailbox.closed;
			},
		}));
		await settled();
		unwrap(await createRecord(store.context, 'contact', { firstName: 'Later' }));
		courier!.nudge();
		await settled();
		expect(lost).toBeGreaterThan(2);
		const ranges = (await chainFrames()).map((name) => rangeOf(name)!);
		expect(missing(union(ranges), store.log.vector()[store.log.device.did]!)).toEqual([]);
		expect(ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)).toBe(21);
	});

	test('leaves and counts rubbish, frames under a false name or without their bodies, and frames from elsewhere', async () => {
		const place = await placeOf(epochs()[0]!);
		const other = await placeOf({ kid: 0, key: randomBytes(32) });
		const topic = await place.chain(store.log.device.did);
		const mailbox = unwrap(await openRelay(relay.config));
		const name = '000000001-000000020-aaaaaaaa';
		const put = async (where: string, as: string, bytes: Uint8Array<ArrayBuffer>) =>
			unwrap(await mailbox.append(place.space, where, as, bytes, undefined));
		await put(topic, name, randomBytes(500));
		await put(topic, name.replace('aaaaaaaa', 'bbbbbbbb'), randomBytes(3));
		await put(
			topic,
			name.replace('aaaaaaaa', 'cccccccc'),
			await other.seal(topic, name, randomBytes(99)),
		);
		await put(
			topic,
			name.replace('aaaaaaaa', 'dddddddd'),
			await place.seal(topic, name, randomBytes(99)),
		);
		await put(
			place.members,
			'members-eeee',
			await place.seal(place.members, 'members-eeee', randomBytes(99)),
		);
		await put('f'.repeat(32), name, randomBytes(99));
		const { did } = store.log.device;
		const own = await store.log.entries(did, 1, 20, Infinity);
		const without = own.map((entry) => ({ ...entry, ct: new Uint8Array(0) }));
		const forged = own.map((entry) => ({ ...entry, sig: randomBytes(64) }));
		for (const [tail, entries] of [
			['eeeeeeee', without],
			['ffffffff', forged],
		] as const) {
			const as = name.replace('aaaaaaaa', tail);
			await put(topic, as, await place.seal(topic, as, encodeChain(entries)));
		}
		await mailbox.close();
		run((plain) => plain);
		await settled();
		// One more lies in a topic of nobody known: it is left, not judged.
		expect(courier!.status().bad).toBe(7);
		expect(await chainFrames()).toHaveLength(7);
	});

	test('fills an emptied relay again, without what was erased meanwhile', async () => {
		const { log, context } = store;
		const { did } = log.device;
		const id = unwrap(await createRecord(context, 'contact', { firstName: 'Erased' }));
		const body = toHex((await log.entries(did, 21, 21, Infinity))[0]!.ct);
		run((plain) => plain);
		await settled();
		unwrap(await log.sign({ type: 'erase', ids: [id] }, Date.now()));
		await until(() => log.membership.erasures[0]!.done.has(did));
		courier!.nudge();
		await settled();
		// Nothing is taken out of a relay.
		expect((await chainOnRelay()).bodies).toContain(body);
		const [node] = relay.nodes;
		await node!.kill();
		rmSync(node!.store, { recursive: true });
		await node!.start();
		const seq = log.vector()[did]!;
		const lacking = async () =>
			missing(union((await chainFrames()).map((name) => rangeOf(name)!)), seq);
		await until(async () => !(await lacking()).length, 30);
		const { bodies } = await chainOnRelay();
		expect(bodies).toHaveLength(seq);
		expect(bodies).not.toContain(body);
	});
});
