/**
 * Bytes that nobody honest sent, through the real receive paths. None may be stored or applied, none may throw, none may take
 * two seconds. FUZZ=1000000 for the full number; FUZZ_SEED for other bytes.
 */
import { afterAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '#core/bytes.ts';
import { createRandom, type Random } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { createRecord, setDeleted, updateRecord } from '#commands/records.ts';
import { sign } from '#crypto/device.ts';
import {
	NO_HASH,
	decodeDataHead,
	encodeDataHead,
	type SealedEntry,
	type SignedEntry,
} from '#log/entry.ts';
import { encodePayload } from '#log/payload.ts';
import { rotate } from '#log/rotation.ts';
import { noCache, openPartDocument, type PartUpdate } from '#replica/document.ts';
import { createHandshake } from '#sync/handshake.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { decodeMessage, encodeMessage, type Message } from '#sync/messages.ts';
import { startSession, type SessionHost } from '#sync/session.ts';
import { forgeEntry } from '#tests/support/hostile.ts';
import {
	foundInMemory,
	inviteTo,
	joinInMemory,
	openInMemory,
	standing,
	type MemoryDevice,
} from '#tests/support/memory.ts';
import { mutate, noise, sameBytes } from '#tests/support/mutate.ts';

const total = Number(process.env.FUZZ ?? 4000);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const SLOW_MS = 2000;
const tally: Record<string, { cases: number; slowest: number; seconds: number }> = {};
afterAll(() => console.log(JSON.stringify(tally)));

/** Runs `share` of all cases; `one` answers what was wrong, if anything. */
async function cases(
	name: string,
	share: number,
	one: (random: Random) => Promise<string | undefined>,
	/** After every thousand, outside the time that is measured. */
	check: () => Promise<string | undefined> = async () => undefined,
): Promise<void> {
	const random = createRandom(seed);
	const count = Math.ceil(total * share);
	const wrong: string[] = [];
	const begun = performance.now();
	let slowest = 0;
	for (let n = 0; n < count && wrong.length < 5; n++) {
		const start = performance.now();
		let said: string | undefined;
		try {
			said = await one(random);
		} catch (error) {
			said = `threw ${(error as Error).stack}`;
		}
		const took = performance.now() - start;
		slowest = Math.max(slowest, took);
		if (took > SLOW_MS) said ??= `took ${took} ms`;
		if (n % 1000 === 999) said ??= await check();
		if (said) wrong.push(`case ${n}: ${said}`);
	}
	tally[name] = { cases: count, slowest, seconds: (performance.now() - begun) / 1000 };
	expect(wrong.join('\n')).toBe('');
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!;

/** Counts what reaches the disk: whatever is accepted must pass there. */
async function watched(device: MemoryDevice) {
	let writes = 0;
	const disk = {
		...device.disk,
		write: (...args: Parameters<typeof device.disk.write>) => {
			writes++;
			return device.disk.write(...args);
		},
	};
	const opened = await openInMemory(device.store.log.wid, disk);
	return Object.assign(opened, { writes: () => writes });
}

/** Ann has written; Bo knows the first half of her entries and membership; Cy's he does not know at all. */
async function team() {
	const ann = await foundInMemory();
	const [bo, cy, dee] = [await joinInMemory(ann), await joinInMemory(ann), await joinInMemory(ann)];
	const tell = async (to: MemoryDevice) =>
		unwrap(await to.store.log.receiveMembership(ann.store.log.membershipEntries()));
	for (const one of [bo, cy]) await tell(one);
	for (const { store } of [ann, cy]) {
		const { context } = store;
		for (let i = 0; i < 6; i++) {
			const fields = { firstName: `Li ${i}`, jobTitle: 'Buyer' };
			const id = unwrap(await createRecord(context, 'contact', fields));
			unwrap(await updateRecord(context, id, { lastName: '王', notes: 'x'.repeat(i * 40) }));
			if (i === 3) unwrap(await setDeleted(context, [id], true));
		}
	}
	const chain = ({ store: { log } }: MemoryDevice) =>
		log.entries(log.device.did, 1, Infinity, Infinity);
	const [anns, cys] = [await chain(ann), await chain(cy)];
	// One body is missing: only its own may take the place.
	const bodiless = (entry: SealedEntry, i: number) => (i === 2 ? { ...entry, ct: NOTHING } : entry);
	unwrap(await bo.store.receive(anns.slice(0, 6).map(bodiless)));
	const known = ann.store.log.membershipEntries().length;
	await speak(ann, dee.store.log.device.did);
	return { ann, bo, cy, dee, anns, cys, unknown: ann.store.log.membershipEntries().slice(known) };
}

/** One of each thing an owner can say. */
async function speak({ store: { log } }: MemoryDevice, victim: string): Promise<void> {
	const { id } = await inviteTo(log);
	const cut = { seq: 0, head: NO_HASH };
	const say = async (op: Parameters<typeof log.sign>[0]) => unwrap(await log.sign(op, Date.now()));
	await say({ type: 'uninvite', invite: id });
	await say({ type: 'role', member: victim, role: 'viewer', cuts: { [victim]: cut } });
	await say({ type: 'policy', settings: { binDays: 30 } });
	await say({ type: 'checkpoint', chains: { [victim]: cut } });
	await say({ type: 'erase', ids: ['contact:aaaaaaaaaaaaaaaa'] });
	await say({ type: 'settle', device: victim, seq: 3 });
	await rotate(log, Date.now());
	await say({ type: 'revoke', cuts: { [victim]: cut } });
}

describe(`${total} cases`, () => {
	test('data entries changed on the way', { timeout: 1e9 }, async () => {
		const { ann, bo, cy, dee, anns, cys } = await team();
		const victim = await watched(bo);
		const genuine = [...anns, ...cys];
		const before = standing(victim);
		/** An entry without its body is genuine, too: bodies may be dropped. */
		const isGenuine = (entry: SealedEntry) =>
			genuine.some(
				({ head, sig, ct }) =>
					sameBytes(head, entry.head) &&
					sameBytes(sig, entry.sig) &&
					(!entry.ct.length || sameBytes(ct, entry.ct)),
			);
		await cases('entries', 0.5, async (random) => {
			const entry = await spoilt(random, pick(random, genuine), pick(random, genuine));
			if (isGenuine(entry)) return undefined;
			const writes = victim.writes();
			await victim.store.receive([entry], random.below(2) === 1);
			return victim.writes() === writes ? undefined : `stored ${describeEntry(entry)}`;
		});
		expect(standing(victim)).toBe(before);
		// The genuine ones still come in after all that.
		unwrap(await victim.store.receive([...anns, ...cys]));
		expect(victim.store.log.vector()).toMatchObject({
			[ann.store.log.device.did]: anns.length,
			[cy.store.log.device.did]: cys.length,
		});

		async function spoilt(random: Random, entry: SealedEntry, other: SealedEntry) {
			const { head, sig, ct } = entry;
			switch (random.below(8)) {
				case 0:
				case 1:
					return { head: mutate(random, head, other.head), sig, ct };
				case 2:
					return { head, sig: mutate(random, sig, other.sig), ct };
				case 3:
					return { head, sig, ct: mutate(random, ct, other.ct) };
				case 4: // parts of two
					return pick(random, [
						{ head, sig: other.sig, ct },
						{ head, sig, ct: other.ct },
						{ head: other.head, sig, ct },
						{ head, sig: other.sig, ct: other.ct },
					]);
				case 5: {
					// Well-formed, and not what was signed.
					const read = unwrap(decodeDataHead(head));
					const changed = encodeDataHead({
						...read,
						...pick(random, [
							{ seq: read.seq + 1 + random.below(20) },
							{ did: bo.store.log.device.did },
							{ prev: noise(random, 32) },
							{ hlc: random.below(2 ** 31) },
							{ kid: read.kid + random.below(3) },
							{ kind: `kind-${random.below(2 ** 20)}` as const },
							{ iv: noise(random, 12) },
							{ ctLength: ct.length ^ 1 },
							{ wid: noise(random, 16) },
						]),
					});
					// Signed by somebody else who belongs.
					const by = random.below(2) ? await sign(dee.store.log.device, changed) : sig;
					return { head: changed, sig: by, ct };
				}
				case 6:
					return { head: noise(random, random.below(300)), sig, ct };
				default:
					return {
						head: mutate(random, head, other.head),
						sig: mutate(random, sig, other.sig),
						ct: mutate(random, ct, other.ct),
					};
			}
		}
	});

	test('membership entries changed on the way', { timeout: 1e9 }, async () => {
		const { ann, bo, unknown } = await team();
		const victim = await watched(bo);
		const genuine = ann.store.log.membershipEntries().map(({ head, sig }) => ({ head, sig }));
		const before = standing(victim);
		const from = ann.store.log.device.did;
		await cases('membership', 0.1, async (random) => {
			const { head, sig } = pick(random, genuine);
			const other = pick(random, genuine);
			const entries = [
				() => ({ head: mutate(random, head, other.head), sig }),
				() => ({ head: mutate(random, head, other.head), sig }),
				() => ({ head, sig: mutate(random, sig, other.sig) }),
				() => ({ head, sig: other.sig }),
				() => ({ head: noise(random, random.below(400)), sig: noise(random, 64) }),
			];
			const entry: SignedEntry = pick(random, entries)();
			if (genuine.some((one) => sameBytes(one.head, entry.head) && sameBytes(one.sig, entry.sig)))
				return undefined;
			const writes = victim.writes();
			await victim.store.log.receiveMembership([entry], from);
			return victim.writes() === writes ? undefined : 'stored a membership entry';
		});
		expect(standing(victim)).toBe(before);
		expect(unwrap(await victim.store.log.receiveMembership(unknown, from))).toBe(unknown.length);
	});

	test('bodies that a member sealed, of bytes that are none', { timeout: 1e9 }, async () => {
		let { bo: victim, cy: author } = await team();
		const renew = async () => {
			const { ann, bo, cy, anns, cys } = await team();
			[victim, author] = [bo, cy];
			unwrap(await bo.store.log.receiveMembership(ann.store.log.membershipEntries()));
			unwrap(await bo.store.receive([...anns, ...cys]));
			return others(bo, cy.store.log.device.did);
		};
		let annSaid = await renew();
		const bodies: Bytes[] = [];
		for await (const { payload } of author.store.log.opened(author.store.log.device.did, 1))
			bodies.push(encodePayload(payload));
		await cases(
			'bodies',
			0.06,
			async (random) => {
				const { log } = victim.store;
				const { did } = author.store.log.device;
				const body = mutate(random, pick(random, bodies), pick(random, bodies));
				const chain = log.chain(did)!;
				const entry = await forgeEntry(author.store.log, {
					...{ seq: chain.seq + 1, prev: chain.id, body },
				});
				const received = await victim.store.receive([entry]);
				// It has its place in the chain, whatever it says: else its author could stop everybody's copy of it.
				if (!received.ok) return `refused: ${received.error.message}`;
				return undefined;
			},
			async () => {
				const { log } = victim.store;
				const { did } = author.store.log.device;
				if ((await others(victim, did)) !== annSaid) return "somebody else's cells moved";
				const again = await openInMemory(log.wid, victim.disk);
				if (standing(again) !== standing(victim)) return 'it looks otherwise after a restart';
				annSaid = await renew();
				return undefined;
			},
		);
		expect(await others(victim, author.store.log.device.did)).toBe(annSaid);
		const again = await openInMemory(victim.store.log.wid, victim.disk);
		expect(standing(again)).toBe(standing(victim));
	});

	test('updates that Yjs might choke on', { timeout: 1e9 }, async () => {
		const base = new Y.Doc();
		base.clientID = 1;
		const updates: PartUpdate[] = [];
		base.on('update', (update: Uint8Array) => {
			const from = updates.at(-1)?.clock ?? 0;
			updates.push({ from, clock: Y.getState(base.store, 1), update: update as Bytes });
		});
		const map = base.getMap('c');
		for (let i = 0; i < 8; i++)
			base.transact(() => {
				const id = `contact:aaaaaaaaaaaaaa${i % 3}`;
				map.set(`${id}x`, [JSON.stringify({ firstName: 'Li', notes: 'y'.repeat(i * 9) }), i + 1]);
				map.set(`${id}x:lastName`, [{ a: [1, 'b', null, true, 2.5] }, i + 1, i]);
			});
		const half = updates.slice(0, 4);
		const open = () =>
			openPartDocument(
				'',
				'did',
				{ clock: () => half.at(-1)!.clock, updates: async () => half },
				noCache,
			);
		let document = await open();
		const clean = JSON.stringify(document.cells());
		const { superseded } = document;
		await cases('updates', 0.24, async (random) => {
			const next = updates[4]!;
			const other = pick(random, updates).update;
			const update = random.below(20) ? mutate(random, next.update, other) : deep(random);
			const clock = random.below(3) ? next.clock : next.from + random.below(9);
			const changed = document.apply({ from: next.from, clock, update });
			for (const cell of changed) if (cell.did !== 'did') return 'a cell in another name';
			if (document.superseded === superseded && JSON.stringify(document.cells()) === clean)
				return undefined;
			// Its author may say so. Then the document says exactly as much as the log counts.
			const reopened = await openPartDocument(
				'',
				'did',
				{ clock: () => clock, updates: async () => [...half, { from: next.from, clock, update }] },
				noCache,
			);
			const stands = reopened.write([]);
			const same = JSON.stringify(reopened.cells()) === JSON.stringify(document.cells());
			await reopened.close();
			await document.close();
			document = await open();
			return stands && same ? undefined : 'a document that is not whole';
		});
	});

	test('messages on the wire, before and after the greeting', { timeout: 1e9 }, async () => {
		const { ann, bo, anns } = await team();
		const victim = await watched(bo);
		const { log } = victim.store;
		const before = standing(victim);
		const samples = messagesOf(ann, anns);
		const bytes = samples.map(encodeMessage);
		const genuine = new Set(bytes.map((one) => Buffer.from(one).toString('latin1')));

		await cases('messages before the greeting', 0.05, async (random) => {
			const message = random.below(10)
				? mutate(random, pick(random, bytes), pick(random, bytes))
				: noise(random, random.below(200));
			const { end, closed } = await meet();
			await end.send(message);
			await end.send(message);
			await settled();
			end.close();
			const writes = victim.writes();
			await closed;
			return victim.writes() === writes ? undefined : 'stored for a stranger';
		});

		let line: Awaited<ReturnType<typeof greeted>> | undefined;
		await cases('messages after the greeting', 0.05, async (random) => {
			const message = mutate(random, pick(random, bytes), pick(random, bytes));
			if (genuine.has(Buffer.from(message).toString('latin1'))) return undefined;
			line = line?.open() ? line : await greeted();
			const writes = victim.writes();
			await line.end.send(message);
			await settled();
			await victim.store.settled(async () => {});
			return victim.writes() === writes
				? undefined
				: `stored what ${JSON.stringify(decodeMessage(message))} says`;
		});
		line?.end.close();
		expect(standing(victim)).toBe(before);

		async function meet(opened: () => void = () => {}) {
			const [end, theirs] = createMemoryLinks();
			const closed = new Promise<void>((resolve) => end.onClose(resolve));
			const host: SessionHost = {
				log,
				clock: Date.now,
				partial: false,
				async receive(entries) {
					const received = await victim.store.receive(entries);
					return received.ok ? undefined : received.error;
				},
				opened,
				told(session) {
					for (const [did, seq] of Object.entries(session.holds))
						if (seq > (log.vector()[did] ?? 0) && seq < 1000)
							void session.want(did, (log.vector()[did] ?? 0) + 1, seq, '');
				},
				closed() {},
			};
			const session = startSession(theirs, host);
			return { end, closed, session };
		}

		/** Ann's own keys on the other side, and nothing else of hers: from here on, anything may come. */
		async function greeted() {
			const { end, session } = await meet();
			const shake = createHandshake(ann.store.log.device, log.membership.wid, end.binding);
			const send = (message: Message) => end.send(encodeMessage(message));
			const heard: Message[] = [];
			end.onMessage((said) => {
				const message = unwrap(decodeMessage(said));
				heard.push(message);
				if (message.type === 'hello')
					void shake.greet(message).then(async (answer) => {
						await send(shake.hello);
						await send(unwrap(answer));
						const ids = log.membershipEntries().map(({ id }) => hex(id));
						await send({ type: 'members', ids, time: Date.now() });
						await send({ type: 'proof', entries: [], more: false });
						const vector = { [ann.store.log.device.did]: anns.length };
						await send({ type: 'have', vector, partial: false });
					});
			});
			const deadline = Date.now() + 5000;
			while (!heard.some(({ type }) => type === 'want') && Date.now() < deadline) await settled();
			if (!session.open) throw new Error('The genuine greeting failed.');
			return { end, open: () => session.open };
		}
	});
});

const NOTHING: Bytes = new Uint8Array(0);
const hex = (id: string): Bytes => Uint8Array.from(Buffer.from(id, 'hex'));
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const describeEntry = ({ head, sig, ct }: SealedEntry) =>
	[head, sig, ct].map((part) => Buffer.from(part).toString('base64url')).join('.');

/** What others than this author have said, as the documents hold it. */
async function others({ store }: MemoryDevice, author: string): Promise<string> {
	const said = [];
	for (const { did, part } of store.log.partKeys())
		if (did !== author) said.push([did, part, await store.replica.cells(did, part)]);
	return JSON.stringify(said);
}

/** A value that stands inside itself thousands of times. */
function deep(random: Random): Bytes {
	const depth = 1 + random.below(random.below(2) ? 200 : 30_000);
	const writer: number[] = [1, 1, 1, 0, 40, 1, 1, 99, 1, 120, 1];
	for (let i = 0; i < depth; i++) writer.push(117, 1);
	writer.push(126, 0);
	return Uint8Array.from(writer);
}

/** One of each kind, as an honest device sends them. */
function messagesOf({ store: { log } }: MemoryDevice, entries: readonly SealedEntry[]): Message[] {
	const { did, publicKeys } = log.device;
	const members = log.membershipEntries().map(({ head, sig }) => ({ head, sig }));
	const nonce = new Uint8Array(32).fill(7);
	return [
		{ type: 'hello', nonce, publicKeys },
		{ type: 'auth', sig: new Uint8Array(64).fill(3) },
		{
			type: 'members',
			ids: log.membershipEntries().map(({ id }) => hex(id)),
			time: Date.now(),
		},
		{ type: 'proof', entries: members.slice(0, 4), more: false },
		{ type: 'have', vector: { [did]: entries.length }, partial: false },
		{ type: 'want', did, from: 1, to: 5, since: '' },
		...entries.slice(4, 9).map((entry) => ({ type: 'put' as const, entry })),
		{ type: 'bye', reason: 'The app closed.' },
		{ type: 'knock', commitment: nonce },
		{ type: 'answer', nonce, did, invite: nonce, workspace: 'Test' },
		{ type: 'ask', nonce, join: members[1]!, bound: new Uint8Array(64) },
		{ type: 'welcome', entries: members, more: false },
	];
}
