/** What a member, or a former one, could try against the others with correctly signed entries: each of these once worked. */
import { describe, expect, test } from 'vitest';
import { createHybridClock } from '#core/hlc.ts';
import { concat, fromBase64url, fromHex, utf8, type Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import { newId } from '#core/id.ts';
import { unwrap } from '#core/result.ts';
import { createDeviceKeys, sign, verify } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import { changedCells, createRecord, updateRecord } from '#commands/records.ts';
import { createMemoryStore } from '#log/memory-store.ts';
import { decodeSigned, encodeSigned } from '#log/bundle.ts';
import { writeBundle } from '#log/write-bundle.ts';
import { MOST_LIVING, joinRanges } from '#log/progress.ts';
import { emptyRow, mergeCell } from '#readmodel/merge.ts';
import type { Cell } from '#replica/cell.ts';
import { createSafety } from '#workspace/safety.ts';
import { restoreWorkspace } from '#workspace/restore.ts';
import { forgeEntry } from '#tests/support/hostile.ts';
import { NO_HASH, decodeDataHead, encodeMembershipHead, type SignedEntry } from '#log/entry.ts';
import type { Log } from '#log/log.ts';
import { boxKeys } from '#log/keyring.ts';
import { commitmentOf, kidOf } from '#log/kid.ts';
import type { Operation, OperationOf } from '#log/operations.ts';
import { decodePayload, encodePayload, type Range } from '#log/payload.ts';
import { succeedStatement } from '#log/proofs.ts';
import { isRotationDue, rotate } from '#log/rotation.ts';
import { bindingOf } from '#sync/channel-link.ts';
import { createEngine, type Engine } from '#sync/engine.ts';
import type { Link } from '#sync/link.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { decodeMessage, encodeMessage, type Message } from '#sync/messages.ts';
import type { StoredRow } from '#readmodel/database.ts';
import { openStore } from '#workspace/open-store.ts';
import { reauthored } from '#workspace/quarantine.ts';
import { newStore, nextScope, until } from '#tests/support/store.ts';
import {
	foundInMemory,
	joinInMemory,
	openInMemory,
	type MemoryDevice,
} from '#tests/support/memory.ts';

/** Signed by the device of this log as if it had seen only `seen`; kept nowhere. */
async function word(log: Log, op: object, seen = log.membership.heads): Promise<SignedEntry> {
	const head = encodeMembershipHead({
		...{ wid: fromBase64url(log.wid)!, did: log.device.did, hlc: 1 },
		...{ publicKeys: log.device.publicKeys, prevs: [...seen], op: op as Operation },
	});
	return { head, sig: await sign(log.device, head) };
}

/** Everything that `from` knows of people goes to `to`. */
const tell = async (from: MemoryDevice, to: MemoryDevice) =>
	unwrap(await to.store.log.receiveMembership(from.store.log.membershipEntries()));

/** An owner and two editors who know each other; one may join another. */
async function three() {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const eve = await joinInMemory(ann);
	await tell(ann, bo);
	await tell(ann, eve);
	let now = Date.now();
	const clock = () => now;
	const engineOf = ({ store }: MemoryDevice) => createEngine(store, { clock });
	const [anns, bos, eves] = [await engineOf(ann), await engineOf(bo), await engineOf(eve)];
	const join = (a: Engine, b: Engine, links = createMemoryLinks()) => {
		a.attach(links[0]);
		b.attach(links[1]);
		return () => links[0].close();
	};
	const later = (ms: number) => (now += ms);
	return { ann, bo, eve, anns, bos, eves, join, later };
}

const cutAt = (seq: number) => ({ seq, head: NO_HASH });

describe('keys', () => {
	test('one that was made without knowledge of a removal is changed again', async () => {
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const eve = await joinInMemory(ann);
		const { log } = ann.store;
		const did = bo.store.log.device.did;
		unwrap(await log.sign({ type: 'role', member: did, role: 'owner', cuts: {} }, 1));
		await tell(ann, bo);
		unwrap(await log.sign({ type: 'revoke', cuts: { [eve.store.log.device.did]: cutAt(0) } }, 2));
		expect(isRotationDue(log, Date.now())).toBe(true);
		unwrap(await rotate(log, Date.now()));
		expect(isRotationDue(log, Date.now())).toBe(false);
		// Deeper than the other, so that it is the newest: Eve is given it.
		unwrap(await bo.store.log.sign({ type: 'policy', settings: {} }, 3));
		unwrap(await bo.store.log.sign({ type: 'policy', settings: {} }, 3));
		unwrap(await rotate(bo.store.log, Date.now()));
		await tell(bo, ann);
		await tell(bo, eve);
		expect(eve.store.log.keyring.newest().kid).toBe(log.membership.epoch.kid);
		expect(isRotationDue(log, Date.now())).toBe(true);
		unwrap(await rotate(log, Date.now()));
		await tell(ann, eve);
		expect(eve.store.log.keyring.newest().kid).not.toBe(log.membership.epoch.kid);
		expect(isRotationDue(log, Date.now())).toBe(false);
	});

	test('a device whose key is none, and hundreds of devices, keep nobody from a new key', async () => {
		const ann = await foundInMemory();
		const eve = await joinInMemory(ann, { role: 'viewer' });
		const { log } = ann.store;
		const wid = fromBase64url(log.wid)!;
		for (let i = 0; i < 120; i++) {
			const next = await createDeviceKeys();
			const agree = i % 2 ? next.publicKeys.agree : randomBytes(65);
			const publicKeys = { sign: next.publicKeys.sign, agree };
			const { didOf } = await import('#crypto/device.ts');
			const proof = await sign(next, succeedStatement(wid, eve.store.log.device.did));
			const did = await didOf(publicKeys);
			const op = { type: 'succeed', did, publicKeys, proof, cut: cutAt(0) };
			unwrap(await log.receiveMembership([await word(eve.store.log, op)]));
		}
		const bo = await joinInMemory(ann);
		expect(log.membership.devices.size).toBe(123);
		const { kid } = log.membership.epoch;
		unwrap(await rotate(log, Date.now()));
		expect(log.membership.epoch.kid).not.toBe(kid);
		await tell(ann, bo);
		expect(bo.store.log.keyring.newest().kid).toBe(log.membership.epoch.kid);
	});

	test('who was given a key that does not open is given it again, whoever pretended', async () => {
		const { ann, bo, eve, anns, bos, join } = await three();
		const { log } = ann.store;
		const { device, wid } = log;
		const key = randomBytes(32);
		const commitment = await commitmentOf(key);
		const kid = kidOf(commitment);
		const own = await boxKeys([{ kid, key }], wid, device.did, device.publicKeys.agree);
		const rotate = { type: 'rotate', kid, commitment, keys: { [device.did]: own } };
		unwrap(await log.receiveMembership([await word(log, rotate)]));
		await tell(ann, eve);
		const { did, publicKeys } = bo.store.log.device;
		const empty = await boxKeys([], wid, did, publicKeys.agree);
		const gift = { type: 'keys', device: did, keys: empty, kids: [0, kid] };
		unwrap(await log.receiveMembership([await word(eve.store.log, gift)]));
		expect(log.membership.given(did).get(kid)).toBe(true);
		join(anns, bos);
		await until(() => bo.store.log.keyring.newest().kid === kid);
		await tell(bo, ann);
		const before = log.membershipEntries().length;
		// Once more, by the same hands: that is nothing.
		await tell(ann, eve);
		unwrap(await log.receiveMembership([await word(eve.store.log, gift)]));
		await until(() => bo.store.log.membershipEntries().length === before + 1);
		expect(log.membershipEntries()).toHaveLength(before + 1);
	});

	test('nobody hides a key behind another box that begins alike', async () => {
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const { log } = ann.store;
		const { did } = bo.store.log.device;
		unwrap(await rotate(log, Date.now()));
		const { keys } = log.membership.acts.at(-1)!.op as OperationOf<'rotate'>;
		const eve = await joinInMemory(ann);
		const bent = { enc: keys[did]!.enc, ct: randomBytes(60) };
		const op = { type: 'keys', device: did, keys: bent, kids: [] };
		const early = await word(eve.store.log, op, [fromHex(log.membership.acts[0]!.id)]);
		unwrap(await bo.store.log.receiveMembership([...log.membershipEntries(), early]));
		expect(bo.store.log.keyring.newest().kid).toBe(log.membership.epoch.kid);
	});

	test('an entry that is too large is refused, and not thrown away in silence', async () => {
		const { log } = (await foundInMemory()).store;
		const ids = Array.from({ length: 900 }, () => 'contact:aaaaaaaaaaaaaaaa');
		expect(await log.sign({ type: 'erase', ids }, 1)).toMatchObject({ ok: false });
	});
});

describe('bytes', () => {
	const nested = (depth: number): Bytes =>
		createWriter()
			.raw(Uint8Array.from(Array.from({ length: depth }, () => [117, 1]).flat()))
			.any(null)
			.done();

	test('what nests deeper than anything we say is refused before any stack decides', () => {
		const readAny = (bytes: Bytes) => read(bytes, 'word', (reader) => reader.any());
		expect(readAny(nested(20)).ok).toBe(true);
		expect(readAny(nested(200)).ok).toBe(false);
		expect(readAny(nested(100_000)).ok).toBe(false);
	});

	test('an object has the fields it names and no others', async () => {
		const hidden = JSON.parse('{"type":"rotate","keys":{"__proto__":{"x":1}}}') as object;
		const bytes = createWriter().any(hidden).done();
		expect(read(bytes, 'word', (reader) => reader.any()).ok).toBe(false);
		const ann = await foundInMemory();
		const eve = await joinInMemory(ann, { role: 'viewer' });
		const { log } = ann.store;
		const keys = `{"__proto__":{"${log.device.did}":"none"}}`;
		const { commitment, kid } = log.membership.epoch;
		const op = { type: 'rotate', kid, commitment, keys: JSON.parse(keys) as object };
		await log.receiveMembership([await word(eve.store.log, op)]);
		unwrap(await log.sign({ type: 'policy', settings: { a: 1 } }, 1));
		expect(log.membership.policy).toEqual({ a: 1 });
	});

	test('a list of old entries names each once', () => {
		const intent = { verb: 'rewrite', entity: 'document', count: 1 };
		const payload = { intent, updates: [], retires: ['r-1'] };
		const listed = (obsolete: readonly (readonly [number, number])[]) =>
			decodePayload(encodePayload({ ...payload, obsolete })).ok;
		expect(
			listed([
				[1, 2],
				[4, 4],
				[6, 900],
			]),
		).toBe(true);
		expect(
			listed([
				[1, 500],
				[1, 500],
			]),
		).toBe(false);
		expect(
			listed([
				[5, 6],
				[1, 2],
			]),
		).toBe(false);
		expect(listed([[9, 3]])).toBe(false);
	});
});

describe('public keys', () => {
	/** Curve25519's field and its Edwards form, as in RFC 8032 §5.1. */
	const p = 2n ** 255n - 19n;
	const mod = (a: bigint) => ((a % p) + p) % p;
	const power = (a: bigint, e: bigint): bigint =>
		e === 0n ? 1n : mod(power(mod(a * a), e / 2n) * (e % 2n ? a : 1n));
	const inverse = (a: bigint) => power(a, p - 2n);
	const d = mod(-121665n * inverse(121666n));
	type Point = readonly [bigint, bigint];
	function add([x1, y1]: Point, [x2, y2]: Point): Point {
		const k = mod(d * x1 * x2 * y1 * y2);
		return [
			mod((x1 * y2 + x2 * y1) * inverse(1n + k)),
			mod((y1 * y2 + x1 * x2) * inverse(mod(1n - k))),
		];
	}
	function lift(y: bigint): Point | undefined {
		const square = mod((y * y - 1n) * inverse(mod(d * y * y + 1n)));
		const root = power(square, (p + 3n) / 8n);
		const i = power(2n, (p - 1n) / 4n);
		const x = [root, mod(root * i)].find((one) => mod(one * one) === square);
		return x === undefined ? undefined : [x, y];
	}
	function encode(y: bigint, sign = 0): Bytes {
		const bytes = Uint8Array.from({ length: 32 }, (_, i) => Number((y >> BigInt(8 * i)) & 255n));
		bytes[31]! |= sign << 7;
		return bytes;
	}

	/** Of order 8: found by clearing the large factor from any point. */
	function torsion(): Point[] {
		const order = 2n ** 252n + 27742317777372353535851937790883648493n;
		for (let y = 2n; ; y++) {
			let [sum, power]: [Point, Point | undefined] = [[0n, 1n], lift(y)];
			if (!power) continue;
			for (let n = order; n; n /= 2n) {
				if (n % 2n) sum = add(sum, power);
				power = add(power, power);
			}
			const all = [sum];
			while (all.at(-1)![0] !== 0n || all.at(-1)![1] !== 1n) all.push(add(all.at(-1)!, sum));
			if (all.length === 8) return all;
		}
	}

	test('under one of small order, or one that is written twice, nothing is signed', async () => {
		const bytes = utf8('whatever');
		const points = torsion();
		// R = -h A with s = 0: some of the eight holds for these words, as far as the browser is concerned.
		const naive = async (key: Bytes, signature: Bytes) => {
			const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
			return crypto.subtle.verify('Ed25519', imported, signature, bytes);
		};
		let fooled = 0;
		for (const [x, y] of points) {
			const key = encode(y, Number(x % 2n));
			for (const [rx, ry] of points) {
				const signature = concat(encode(ry, Number(rx % 2n)), new Uint8Array(32));
				if (await naive(key, signature).catch(() => false)) fooled++;
				expect(await verify(key, signature, bytes)).toBe(false);
			}
		}
		expect(fooled).toBeGreaterThan(0);
		const sound = await createDeviceKeys();
		expect(await verify(sound.publicKeys.sign, await sign(sound, bytes), bytes)).toBe(true);
		// y = 1 once more, as p + 1: the neutral element, under which everything is signed with R = s B.
		const twice = concat(encode(1n), new Uint8Array(32));
		expect(await verify(encode(p + 1n), twice, bytes)).toBe(false);
		expect(await verify(encode(p + 1n, 1), twice, bytes)).toBe(false);
	});
});

describe('numbers', () => {
	test(
		'thousands of devices, each let in by the one before, end no stack',
		{ timeout: 60_000 },
		async () => {
			const ann = await foundInMemory();
			const eve = await joinInMemory(ann, { role: 'viewer' });
			const eves = eve.store.log;
			const wid = fromBase64url(eves.wid)!;
			let last = await createDeviceKeys();
			const entries: SignedEntry[] = [];
			let seen = eves.membership.heads;
			const { entryId } = await import('#log/entry.ts');
			const say = async (keys: typeof last, op: object) => {
				const { did, publicKeys } = keys;
				const head = encodeMembershipHead({
					...{ wid, did, publicKeys, prevs: [...seen], hlc: 1, op: op as Operation },
				});
				entries.push({ head, sig: await sign(keys, head) });
				seen = [await entryId(head)];
			};
			let by = eves.device;
			for (let i = 0; i < 2600; i++) {
				last = await createDeviceKeys();
				const { did, publicKeys } = last;
				const proof = await sign(last, succeedStatement(wid, by.did));
				await say(by, { type: 'succeed', did, publicKeys, proof, cut: cutAt(0) });
				by = last;
			}
			for (let i = 0; i < 400; i++) await say(by, { type: 'revoke', cuts: { [by.did]: cutAt(0) } });
			unwrap(await ann.store.log.receiveMembership(entries));
			expect(ann.store.log.membership.devices.get(by.did)?.ended).toBe('revoked');
		},
	);
});

describe('connections', () => {
	const described = (...prints: string[]) =>
		({
			sdp: ['v=0', ...prints.map((print) => `a=fingerprint:sha-256 ${print}`), ''].join('\r\n'),
		}) as RTCSessionDescription;

	test('a description that names two keys stands for none: nobody in the middle shows one and uses the other', async () => {
		const mine = described('AA:BB');
		const binding = (remoteDescription: RTCSessionDescription) =>
			bindingOf({ localDescription: mine, remoteDescription });
		expect(await binding(described('CC:DD'))).toHaveLength(32);
		expect(await binding(described('CC:DD', 'cc:dd'))).toEqual(await binding(described('CC:DD')));
		expect(await binding(described('CC:DD', 'EE:FF'))).toBeUndefined();
		expect(await binding(described())).toBeUndefined();
	});
});

describe('peers', () => {
	/** A link on which one end says something else than its engine wants to. */
	function bent(change: (message: Message) => Message | undefined): [Link, Link] {
		const [mine, theirs] = createMemoryLinks();
		const { send } = mine;
		mine.send = async (bytes) => {
			const message = change(unwrap(decodeMessage(bytes)));
			if (message) await send(encodeMessage(message));
		};
		return [mine, theirs];
	}

	const contact = { firstName: 'Li' };

	test('one that keeps a chain back and stays busy with others does not keep it from anybody', async () => {
		const { ann, bo, eve, anns, bos, eves, join, later } = await three();
		unwrap(await createRecord(ann.store.context, 'contact', contact));
		const own = ann.store.log.device.did;
		const all = await ann.store.log.entries(own, 1, 9, Infinity);
		unwrap(await eve.store.receive(all));
		const isAnns = (bytes: Bytes) => unwrap(decodeDataHead(bytes)).did === own;
		const keptBack = (message: Message) =>
			message.type === 'put' && isAnns(message.entry.head) ? undefined : message;
		join(eves, bos, bent(keptBack));
		await until(() => bos.status().receiving !== undefined);
		join(anns, bos);
		await until(() => bos.status().here.length === 2);
		later(61_000);
		expect(bo.rows.size).toBe(0);
		unwrap(await createRecord(eve.store.context, 'contact', contact));
		eves.announce();
		await until(() => bo.rows.size === 2);
	});

	test('what one leaves out that it should not, the next one is asked for', async () => {
		const { ann, bo, eve, anns, eves, join } = await three();
		const phone = await createEngine(bo.store, { since: () => '2026-01' });
		const note = { kind: 'note', subject: 'here', happenedAt: '2026-05-01T10:00:00.000Z' };
		unwrap(await createRecord(ann.store.context, 'activity', note));
		const own = ann.store.log.device.did;
		unwrap(await eve.store.receive(await ann.store.log.entries(own, 1, 9, Infinity)));
		const empty = (message: Message): Message =>
			message.type === 'put'
				? { ...message, entry: { ...message.entry, ct: new Uint8Array(0) } }
				: message;
		join(eves, phone, bent(empty));
		await until(() => bo.store.log.vector()[own] === 1);
		expect(bo.rows.size).toBe(0);
		join(anns, phone);
		await until(() => bo.rows.size === 1);
	});

	test('one that claims to hold more of a device than it wrote stops its pen once, not again and again', async () => {
		const { bo, bos, eves, join, later } = await three();
		const own = bo.store.log.device.did;
		const claim = (message: Message): Message =>
			message.type === 'have' ? { ...message, vector: { [own]: 1e6 }, heads: {} } : message;
		let cut = join(eves, bos, bent(claim));
		await until(() => bos.catchingUpWithItself);
		later(6000);
		expect(bos.catchingUpWithItself).toBe(false);
		cut();
		await until(() => bos.status().here.length === 0);
		cut = join(eves, bos, bent(claim));
		await until(() => bos.status().receiving !== undefined);
		expect(bos.catchingUpWithItself).toBe(false);
		cut();
	});
});

describe('documents', () => {
	/** Everything of one device's chain, to another. */
	async function hand(from: MemoryDevice, to: MemoryDevice) {
		const { log } = from.store;
		const { did } = log.device;
		for (let at = 1; at <= log.chain(did)!.seq;) {
			const some = await log.entries(did, at, Infinity, 1 << 20);
			unwrap(await to.store.receive(some));
			at += some.length;
		}
	}

	test('one device opens only so many; those that it has go on', { timeout: 60_000 }, async () => {
		const ann = await foundInMemory();
		const eve = await joinInMemory(ann);
		const { log } = eve.store;
		const { did } = log.device;
		await tell(ann, eve);
		unwrap(await createRecord(eve.store.context, 'contact', { firstName: 'One' }));
		const [own] = log.partsOf(did);
		for (let round = 0; round < 3; round++) {
			const updates = Array.from({ length: 1000 }, (_, i) => ({
				...{ part: `x-${round}-${i}`, from: 0, clock: 1, update: new Uint8Array(2) },
			}));
			const intent = { verb: 'update', entity: 'contact', count: 1 };
			unwrap(await log.write('edit', Date.now(), { intent, updates }));
		}
		const ids = [...eve.rows.keys()];
		unwrap(await updateRecord(eve.store.context, ids[0]!, { firstName: 'Two' }));
		await hand(eve, ann);
		const { log: anns } = ann.store;
		expect(anns.vector()[did]).toBe(5);
		expect(anns.partsOf(did)).toHaveLength(MOST_LIVING);
		expect(anns.partsOf(did)).toContain(own);
		expect(ann.rows.get(ids[0]!)?.v.firstName).toBe('Two');
		const again = await openInMemory(anns.wid, ann.disk);
		expect(again.store.log.partsOf(did)).toHaveLength(MOST_LIVING);
		expect(await again.store.log.isSound(did)).toBe(true);
	});

	test(
		'what happened in more months than there are documents is all there',
		{ timeout: 60_000 },
		async () => {
			const ann = await foundInMemory();
			const bo = await joinInMemory(ann);
			await tell(ann, bo);
			const month = (n: number) =>
				`${1400 + Math.floor(n / 12)}-${String(1 + (n % 12)).padStart(2, '0')}-01T10:00:00.000Z`;
			const { context, log, replica } = bo.store;
			const happened = (n: number) => ({ kind: 'note', subject: `${n}`, happenedAt: month(n) });
			const cells = Array.from({ length: 450 }, (_, n) => ({
				...{
					id: `activity:${newId()}`,
					did: context.did,
					hlc: context.nextHlc(),
					fields: happened(n),
				},
			}));
			unwrap(await context.write({ verb: 'import', entity: 'activity', count: 450 }, cells));
			unwrap(await updateRecord(context, cells[449]!.id, { subject: 'last' }));
			expect(log.partsOf(context.did)).toContain('e-undated');
			unwrap(await bo.store.rewrite(log.partsOf(context.did)));
			await hand(bo, ann);
			for (const { rows, store } of [ann, bo]) {
				await store.rebuild();
				expect(rows.size).toBe(450);
				expect(rows.get(cells[449]!.id)?.v.subject).toBe('last');
			}
			await replica.close();
		},
	);
});

describe('dates', () => {
	test('what somebody dated a century ahead is replaced by whoever writes next', () => {
		const id = 'contact:aaaaaaaaaaaaaaaa';
		const row = emptyRow(id);
		const late = 5e12;
		mergeCell(row, { id, did: 'ann', hlc: 1000, fields: { notes: 'first' } });
		mergeCell(row, { id, did: 'eve', hlc: late, field: 'notes', value: 'for ever', seen: 1000 });
		const [cell] = changedCells('bo', 2000, row, { notes: 'mine' });
		mergeCell(row, cell!);
		expect(row.v.notes).toBe('mine');
		expect(row.c.notes).toHaveLength(1);
	});

	test('the last moment that there is belongs to nobody, either, and no order of arrival decides there', () => {
		const id = 'contact:aaaaaaaaaaaaaaaa';
		const last = Number.MAX_SAFE_INTEGER;
		const field = { id, field: 'notes' };
		const cells: Cell[] = [
			{ id, did: 'ann', hlc: 1000, fields: { notes: 'first' } },
			{ ...field, did: 'eve', hlc: last, value: 'for ever', seen: 1000 },
		];
		const row = emptyRow(id);
		for (const cell of cells) mergeCell(row, cell);
		cells.push(...changedCells('bo', 2000, row, { notes: 'mine' }));
		const arrive = (some: readonly Cell[]) => {
			const merged = emptyRow(id);
			for (const cell of some) mergeCell(merged, cell);
			return merged;
		};
		expect(arrive(cells)).toMatchObject({ v: { notes: 'mine' }, c: { notes: { length: 1 } } });
		for (const seen of [0, 1000, last - 1, last])
			cells.push({ ...field, did: `liar-${seen}`, hlc: last, value: seen, seen });
		const all = arrive(cells);
		for (let turn = 1; turn < cells.length; turn++)
			for (const order of [cells, cells.toReversed()])
				expect(arrive([...order.slice(turn), ...order.slice(0, turn)])).toEqual(all);
		const clock = createHybridClock(() => 5);
		clock.observe(last);
		expect(clock.next()).toBe(5);
	});

	test('a viewer who dates what does not count sets nobody’s clock', async () => {
		const ann = await foundInMemory();
		const eve = await joinInMemory(ann, { role: 'viewer' });
		const century = Date.now() + 99 * 365 * 86_400_000;
		const entry = await forgeEntry(eve.store.log, { hlc: century });
		unwrap(await ann.store.receive([entry]));
		expect(ann.store.log.chain(eve.store.log.device.did)?.hlc).toBe(century);
		const again = await openInMemory(ann.store.log.wid, ann.disk);
		expect(again.store.context.nextHlc()).toBeLessThan(century);
	});
});

describe('lists', () => {
	test('joined, however often they come, they stay as short as the chain', () => {
		const list = [
			[1, 2],
			[6, 7],
		] as const;
		let all: readonly Range[] = [];
		for (let i = 0; i < 100; i++) all = joinRanges(all, list, 9);
		expect(all).toEqual(list);
		expect(joinRanges(all, [[2, 5]], 9)).toEqual([[1, 7]]);
		expect(
			joinRanges(
				[],
				[
					[4, 5],
					[9, 90],
					[1e15, 1e15],
				],
				9,
			),
		).toEqual([[4, 5]]);
	});
});

describe('a backup by a member', () => {
	test('whose last part is of another shape is a damaged one, and nothing is thrown', () => {
		const head = { seq: 1, id: NO_HASH };
		const publicKeys = { sign: randomBytes(32), agree: randomBytes(65) };
		const counts = { at: 1, membership: 1, entries: 1, bodiless: 0 };
		const good = {
			...{ wid: randomBytes(16), did: 'x', publicKeys, heads: { x: head }, pieces: NO_HASH },
			...counts,
		};
		const isRead = (manifest: unknown) => {
			const bytes = createWriter().text('perennial/1 backup').any(manifest).done();
			return decodeSigned(encodeSigned(bytes, randomBytes(64))).ok;
		};
		expect(isRead(good)).toBe(true);
		for (const name of Object.keys(good))
			for (const bent of [null, 'x', [null], { x: null }])
				if (name !== 'did' || bent !== 'x') expect(isRead({ ...good, [name]: bent })).toBe(false);
		for (const bent of [null, 5, 'x', []]) expect(isRead(bent)).toBe(false);
	});

	test('brings no key that the workspace does not know', async () => {
		const owner = await newStore();
		const words = unwrap(await createSafety(owner, Date.now).words()).join(' ');
		const { log } = owner;
		const strange = { kid: 77, key: randomBytes(32) };
		const keyring = { ...log.keyring, all: () => [...log.keyring.all(), strange] };
		const bent = Object.create(log, { keyring: { value: keyring } }) as Log;
		const parts: Bytes[] = [];
		for await (const { bytes } of writeBundle({ log: bent, at: Date.now() })) parts.push(bytes);
		const disk = createMemoryStore();
		const file = new Blob(parts);
		const wid = unwrap(
			await restoreWorkspace(
				file,
				{ words },
				() => true,
				Date.now,
				() => disk,
			),
		);
		expect(wid).toBe(log.wid);
		const restored = unwrap(await disk.secrets());
		expect(restored.epochs).toEqual(log.keyring.all());
	});
});

describe('leaving', () => {
	test.each(['succeed', 'revoke'] as const)(
		'with more than one ever wrote (%s) keeps nothing from being erased',
		async (way) => {
			const ann = await foundInMemory();
			const eve = await joinInMemory(ann);
			const { log } = eve.store;
			const { did } = log.device;
			await tell(ann, eve);
			const erased = unwrap(await createRecord(eve.store.context, 'contact', { firstName: 'X' }));
			const kept = unwrap(await createRecord(eve.store.context, 'contact', { firstName: 'Y' }));
			unwrap(await ann.store.receive(await log.entries(did, 1, 9, 1 << 20)));
			const next = await createDeviceKeys();
			const proof = await sign(next, succeedStatement(fromBase64url(log.wid)!, did));
			const cut = cutAt(2 ** 50);
			const successor = { did: next.did, publicKeys: next.publicKeys, proof, cut };
			const op =
				way === 'succeed' ? { type: way, ...successor } : { type: way, cuts: { [did]: cut } };
			unwrap(await ann.store.log.receiveMembership([await word(log, op)]));
			expect(ann.store.log.membership.devices.get(did)?.end).toBe(2 ** 50);
			unwrap(await ann.store.log.sign({ type: 'erase', ids: [erased] }, Date.now()));
			await ann.store.settled(async () => {});
			const month = () => Date.now() + 31 * 86_400_000;
			const again = await openInMemory(ann.store.log.wid, ann.disk, month);
			const { log: anns } = again.store;
			unwrap(await anns.sign({ type: 'policy', settings: {} }, month()));
			await until(() => anns.membership.erasures[0]!.done.has(anns.device.did));
			expect([...again.rows.keys()]).toEqual([kept]);
			const bodies = (await anns.store.page(did, 1, 9)).filter((row) => row.ct.length);
			expect(bodies).toEqual([]);
		},
	);
});

describe('words without effect', () => {
	test('an erasure that nobody may make, of things that are no ids, keeps no workspace from opening', async () => {
		const scope = nextScope();
		const owner = await newStore(scope);
		const id = unwrap(await createRecord(owner.context, 'contact', { firstName: 'Li' }));
		const ids = [id, 5, null, {}, '', 'nothing', '__proto__:aaaaaaaa'];
		unwrap(await owner.log.receiveMembership([await word(owner.log, { type: 'erase', ids })]));
		await owner.settled(async () => {});
		await owner.close();
		const again = unwrap(await openStore(owner.log.wid, { scope }));
		expect(await again.context.rows([id])).toMatchObject([{ v: { firstName: 'Li' } }]);
		await again.close();
	});
});

describe('cells', () => {
	test('what is written again has seen what this device itself had said', async () => {
		const id = 'contact:aaaaaaaaaaaaaaaa';
		const row = { ...emptyRow(id), s: [1, 'ann'] as const, v: { notes: 'own' } };
		const own = { ...row, c: { notes: [['own', 20, 'bo', 15] as const] } } as StoredRow;
		const context = { did: 'bo', nextHlc: () => 30, rows: async () => [own] };
		const cell = { id, did: 'eve', hlc: 12, field: 'notes', value: 'late', seen: 10 };
		const entry = { seq: 1, hlc: 12, receivedAt: 0, verb: 'update', cells: [cell] };
		expect(await reauthored(context as never, [entry])).toMatchObject([{ hlc: 30, seen: 20 }]);
	});

	test('two of one device and one moment: which of them is shown, their order does not decide', () => {
		const id = 'contact:aaaaaaaaaaaaaaaa';
		const cell = (value: string, seen: number) => ({
			...{ id, did: 'eve', hlc: 9, field: 'notes', value, seen },
		});
		const cells = [cell('a', 0), cell('b', 0), cell('a', 5), cell('b', 7)];
		const rows = [cells, cells.toReversed(), [1, 3, 0, 2].map((i) => cells[i]!)].map((order) => {
			const row = emptyRow(id);
			mergeCell(row, { id, did: 'ann', hlc: 6, fields: { notes: 'first' } });
			for (const one of order) mergeCell(row, one);
			return JSON.stringify(row);
		});
		expect(new Set(rows).size).toBe(1);
	});
});
