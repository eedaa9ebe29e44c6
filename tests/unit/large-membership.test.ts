/** Who belongs, when it is more than one message holds: teams of some years get there, each erasure alone adds an entry for every device. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createRecord } from '#commands/records.ts';
import { fromBase64url, fromHex, type Bytes } from '#core/bytes.ts';
import { read } from '#core/codec.ts';
import { unwrap } from '#core/result.ts';
import { createDeviceKeys, sign } from '#crypto/device.ts';
import { encodeMembershipHead, entryId, type SignedEntry } from '#log/entry.ts';
import { createMemoryStore } from '#log/memory-store.ts';
import { askToJoin, receiveNewcomer } from '#sync/admission.ts';
import { createEngine, type Engine } from '#sync/engine.ts';
import { createHandshake } from '#sync/handshake.ts';
import type { Link } from '#sync/link.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { decodeMessage, encodeMessage, type Message } from '#sync/messages.ts';
import { foundInMemory, inviteTo, joinInMemory, type MemoryDevice } from '#tests/support/memory.ts';
import type { Store } from '#workspace/store.ts';

async function meet(a: MemoryDevice, b: Engine, wrap = (link: Link) => link) {
	const [ours, theirs] = createMemoryLinks();
	const engine = await createEngine(a.store);
	engine.attach(wrap(ours));
	b.attach(theirs);
	return () => [engine, b].forEach((one) => one.close());
}

/** Membership entries without end, as a team signs them in the course of years. */
async function babble({ log }: Store, count: number, pad = 0): Promise<SignedEntry[]> {
	const { did, publicKeys } = log.device;
	const words: SignedEntry[] = [];
	let prevs = log.membership.heads;
	for (let hlc = 0; hlc < count; hlc++) {
		const op = { type: 'policy', settings: { pad: 'x'.repeat(pad) } };
		const head = encodeMembershipHead({
			...{ wid: fromBase64url(log.wid)!, did, publicKeys, prevs, hlc, op },
		});
		words.push({ head, sig: await sign(log.device, head) });
		prevs = [await entryId(head)];
	}
	return words;
}

const known = ({ store }: MemoryDevice) => store.log.membershipEntries().length;

describe('beyond the membership entries that one message names', { timeout: 1e6 }, () => {
	let ann: MemoryDevice;
	let bo: MemoryDevice;
	let words: readonly SignedEntry[];

	beforeAll(async () => {
		ann = await foundInMemory();
		bo = await joinInMemory(ann);
		words = await babble(ann.store, 10_100);
		unwrap(await ann.store.log.receiveMembership(words));
	}, 1e6);

	test('devices tell each other who belongs, once, and what they write', async () => {
		const id = unwrap(await createRecord(ann.store.context, 'contact', { firstName: 'N' }));
		const part = await meet(ann, await createEngine(bo.store));
		await expect.poll(() => bo.rows.has(id), { timeout: 60_000 }).toBe(true);
		expect(known(bo)).toBe(known(ann));
		part();
		const again = unwrap(await createRecord(bo.store.context, 'contact', { firstName: 'M' }));
		let proved = 0;
		const partAgain = await meet(ann, await createEngine(bo.store), (link) => ({
			...link,
			async send(message) {
				if (message[1] === PROOF) proved += message.length;
				await link.send(message);
			},
		}));
		await expect.poll(() => ann.rows.has(again), { timeout: 60_000 }).toBe(true);
		expect(proved).toBeLessThan(1000);
		partAgain();
	});

	test('a device of a version that knows no parts is told, and tells', async () => {
		const [left, right] = createMemoryLinks();
		const engine = await createEngine(ann.store);
		engine.attach(left);
		const { log } = bo.store;
		const shake = createHandshake(log.device, fromBase64url(log.wid)!, right.binding);
		const send = (message: Message) => right.send(encodeMessage(message));
		let holds = 0;
		let skew = NaN;
		let greeted = false;
		async function hear(bytes: Bytes): Promise<void> {
			const message = unwrap(decodeMessage(bytes));
			if (message.type === 'hello') await send(unwrap(await shake.greet(message)));
			else if (message.type === 'auth') {
				// All in one message, and an answer to each that comes.
				const ids = log.membershipEntries().map(({ id }) => fromHex(id));
				await send({ type: 'members', ids, time: Date.now() });
			} else if (message.type === 'members') {
				const { ids, time } = readOldMembers(bytes);
				holds += ids;
				skew = time - Date.now();
				await send({ type: 'proof', entries: words.slice(0, 5), more: false });
			} else if (message.type === 'have') greeted = true;
		}
		let work = Promise.resolve();
		right.onMessage((bytes) => (work = work.then(() => hear(bytes))));
		await send(shake.hello);
		await expect.poll(() => greeted && engine.status().here.length, { timeout: 60_000 }).toBe(1);
		expect(holds).toBe(known(ann));
		expect(Math.abs(skew)).toBeLessThan(60_000);
		engine.close();
	});
});

test('more of who belongs than a device may say unasked comes in one greeting', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	unwrap(await ann.store.log.receiveMembership(await babble(ann.store, 1_200, 15_000)));
	// At one moment, in which nothing is forgiven.
	const now = Date.now();
	const part = await meet(ann, await createEngine(bo.store, { clock: () => now }));
	await expect.poll(() => known(bo), { timeout: 60_000 }).toBe(known(ann));
	part();
});

test('a newcomer hears all of who belongs before it judges', async () => {
	const { log } = (await foundInMemory()).store;
	const { id, seed } = await inviteTo(log);
	const [mine, theirs] = createMemoryLinks();
	const nothing = { head: new Uint8Array(1), sig: new Uint8Array(1) };
	const much: Message = { type: 'welcome', entries: Array(7_000).fill(nothing), more: true };
	const wordy: Link = {
		...theirs,
		async send(message) {
			if (unwrap(decodeMessage(message)).type === 'welcome')
				for (let i = 0; i < 3; i++) await theirs.send(encodeMessage(much));
			await theirs.send(message);
		},
	};
	receiveNewcomer(wordy, {
		...{ log, inviteId: id, now: Date.now, onGone() {} },
		onRequest: (request) => void request.admit().then(unwrap),
	});
	const disk = createMemoryStore();
	const joined = await askToJoin(mine, {
		...{ invite: { wid: log.wid, seed }, device: await createDeviceKeys(), name: 'Bo' },
		...{ now: Date.now, storeOf: () => disk, onCode() {} },
	});
	expect(joined).toEqual({ ok: true, value: log.wid });
});

/** As versions without parts read them. */
const readOldMembers = (bytes: Uint8Array) =>
	unwrap(
		read(bytes, 'message', (reader) => {
			const [version, type, ids] = [reader.uint(), reader.uint(), reader.uint()];
			if (version !== 1 || type !== 2 || ids > 10_000) throw new Error('it is none');
			reader.raw(32 * ids);
			return { ids, time: reader.uint() };
		}),
	);

/** Of the message types on the wire. */
const PROOF = 3;
