/**
 * A device in the wrong hands: it belongs (or did), holds real keys, and keeps no rule. What it may not say carries a mark that
 * must never be seen by anybody.
 */
import * as Y from 'yjs';
import { fromBase64url, type Bytes } from '#core/bytes.ts';
import { sign } from '#crypto/device.ts';
import { NO_HASH, encodeMembershipHead, entryId } from '#log/entry.ts';
import { belongs, endOf, mayWrite } from '#log/membership.ts';
import type { Operation } from '#log/operations.ts';
import { encodePayload, type Payload } from '#log/payload.ts';
import { forgeEntry } from '#tests/support/hostile.ts';
import type { SimDevice } from './device.ts';

import type { World } from './world.ts';

/** What a hostile device wrote, and where: seen by nobody unless that place in its chain counts in the end. */
export interface Evil {
	readonly mark: string;
	/** Infinity for what can never count. */
	readonly seq: number;
}

export interface Hostile {
	readonly device: SimDevice;
	readonly attacks: number;
	readonly evils: readonly Evil[];
	/** Does one bad thing to one of these. */
	attack(victims: readonly SimDevice[]): Promise<void>;
}

/** Kinds of attack. Pinned stories know only those of their day, or they would be other stories. */
export const KINDS = 14;

type Update = Payload['updates'][number];

/** Says something in a document of its own making, then in a second update takes it back in the n-th way. */
function takenBack(id: string, n: number, marks: readonly [string, string]): [Update, Update] {
	const doc = new Y.Doc();
	doc.clientID = 1;
	const map = doc.getMap('c');
	const now = Date.now();
	const [said, instead] = marks;
	const base = (name: string, hlc: number) => [JSON.stringify({ firstName: name }), hlc];
	const key = n === 4 ? id : `${id}:notes`;
	const part = `r-e-g${1 + (now % 1e6)}`;
	map.set(key, n === 4 ? base(said, now) : [said, now + 60_000, now]);
	const clock = Y.getState(doc.store, 1);
	const first = { part, from: 0, clock, update: Y.encodeStateAsUpdate(doc) as Bytes };
	const before = Y.encodeStateVector(doc);
	if (n === 0) map.set(key, [instead, now - 1000, 0]);
	else if (n === 1) map.set(key, [instead, now + 120_000, 0]);
	else if (n === 2) map.set(key, instead);
	else if (n === 3) map.delete(key);
	else map.set(key, base(instead, now + 1));
	const update = Y.encodeStateAsUpdate(doc, before) as Bytes;
	return [first, { part, from: clock, clock: Y.getState(doc.store, 1), update }];
}

/** A cell in a document of its own making. */
function evilUpdate(id: string, field: string, value: unknown): Update {
	const doc = new Y.Doc();
	doc.clientID = 1;
	doc.getMap('c').set(`${id}:${field}`, [value, Date.now() + 60_000, 0]);
	const update = Y.encodeStateAsUpdate(doc) as Bytes;
	return { part: 'r-f-g7', from: 0, clock: Y.getState(doc.store, 1), update };
}

export function createHostile(world: World, device: SimDevice, kinds = KINDS): Hostile {
	const { random } = world;
	const evils: Evil[] = [];
	let attacks = 0;

	const someRow = (victim: SimDevice) => {
		const ids = [...victim.rows.keys()];
		return ids[random.below(Math.max(1, ids.length))] ?? 'contact:nobodynobody';
	};
	function newMark(seq: number): string {
		const mark = `EVIL-${device.name}-${evils.length}-`;
		evils.push({ mark, seq });
		return mark;
	}
	const intent = { verb: 'update', entity: 'contact', count: 1 };
	const edit = (victim: SimDevice, seq: number): Payload => ({
		intent,
		updates: [evilUpdate(someRow(victim), 'notes', newMark(seq))],
	});

	/** Signed as if it had only seen what was there long ago: concurrent with whatever removed it. */
	async function backdated(op: Operation): Promise<{ head: Bytes; sig: Bytes }> {
		const { log } = device.store;
		const acts = log.membership.acts;
		const early = acts[random.below(acts.length)]!;
		const head = encodeMembershipHead({
			wid: fromBase64url(log.wid)!,
			did: device.did,
			publicKeys: log.device.publicKeys,
			prevs: [Uint8Array.from(Buffer.from(early.id, 'hex'))],
			hlc: world.now() - random.below(1e9),
			op,
		});
		return { head, sig: await sign(log.device, head) };
	}

	async function attack(victims: readonly SimDevice[]): Promise<void> {
		const victim = victims[random.below(victims.length)]!;
		if (!victim.running || !device.running) return;
		attacks++;
		const { log } = device.store;
		const { did } = device;
		const told = victim.store.log;
		const standing = told.membership.devices.get(did);
		const mayNot =
			!standing ||
			standing.end < Infinity ||
			!mayWrite(standing.role) ||
			!belongs(told.membership, did);
		const chain = told.chain(did);
		const next = {
			seq: (chain?.seq ?? 0) + 1,
			prev: chain?.id ?? NO_HASH,
		};
		const receive = victim.store.receive;
		switch (random.below(kinds)) {
			case 0: // writes where it may not
				if (mayNot)
					await receive([await forgeEntry(log, { ...next, payload: edit(victim, Infinity) })]);
				return;
			case 1: // in another's name
				await receive([
					await forgeEntry(log, {
						did: told.device.did,
						seq: (told.chain(told.device.did)?.seq ?? 0) + 1,
						prev: told.chain(told.device.did)?.id ?? NO_HASH,
						payload: edit(victim, Infinity),
					}),
				]);
				return;
			case 2: {
				// two entries in one place
				const twin = { ...next, payload: edit(victim, next.seq) };
				await receive([await forgeEntry(log, { ...twin, hlc: 1 })]);
				const other = await forgeEntry(log, { ...twin, hlc: 2 });
				if (random.next() < 0.5) return void (await receive([other]));
				// and goes on behind one of them as if the other were not there
				const behind = { seq: next.seq + 1, prev: await entryId(other.head) };
				const third = await forgeEntry(log, { ...behind, payload: edit(victim, next.seq) });
				const second = victims.find((one) => one !== victim && one.running);
				await second?.store.receive([other, third]);
				await receive([third]);
				return;
			}
			case 3: // a key nobody has
				await receive([
					await forgeEntry(log, {
						...next,
						kid: 12345,
						key: new Uint8Array(32),
						payload: edit(victim, Infinity),
					}),
				]);
				return;
			case 4: // a body that is none
				await receive([
					await forgeEntry(log, {
						...next,
						body: Uint8Array.from({ length: 40 }, () => random.below(256)),
					}),
				]);
				return;
			case 5: {
				// bytes changed on the way
				const entry = await forgeEntry(log, { ...next, payload: edit(victim, Infinity) });
				const parts = [entry.head, entry.sig, entry.ct];
				const part = parts[random.below(3)]!;
				part[random.below(part.length)]! ^= 1 + random.below(255);
				await receive([entry]);
				return;
			}
			case 6: {
				// removes the founder, from long ago
				const seniors = [...told.membership.devices.keys()].filter((one) => one !== did);
				const target = seniors[random.below(seniors.length)]!;
				if (
					told.membership.devices.get(did)?.role === 'owner' &&
					!mayNot &&
					target !== told.membership.founder
				)
					return;
				const op = { type: 'revoke', cuts: { [target]: { seq: 0, head: NO_HASH } } } as const;
				await told.receiveMembership([await backdated(op)], did);
				return;
			}
			case 7: // makes itself an owner
				await told.receiveMembership(
					[await backdated({ type: 'role', member: did, role: 'owner', cuts: {} })],
					did,
				);
				return;
			case 8: {
				// says that somebody forked
				const own = await forgeEntry(log, { ...next, hlc: 5 });
				const other = await forgeEntry(log, { ...next, did: told.device.did, hlc: 6 });
				await told.receiveMembership([await backdated({ type: 'fork', a: own, b: other })], did);
				return;
			}
			case 9: {
				// erases, settles, checkpoints, sets policies without the right to
				if (told.membership.devices.get(did)?.role === 'owner' && !mayNot) return;
				const ops: Operation[] = [
					{ type: 'erase', ids: [someRow(victim)] },
					{ type: 'settle', device: told.device.did, seq: 1e9 },
					{ type: 'policy', settings: { name: 'EVIL' } },
					{ type: 'rotate', kid: 1, commitment: new Uint8Array(32), keys: {} },
				];
				const { erasures, policy, epoch } = told.membership;
				await told.receiveMembership([await backdated(ops[random.below(ops.length)]!)], did);
				const after = told.membership;
				if (
					after.erasures.length > erasures.length ||
					after.epoch.kid !== epoch.kid ||
					after.policy.name !== policy.name
				)
					throw new Error('A hostile act had effect.');
				return;
			}
			case 10: // a newer version's entry: kept, without effect
				if (endOf(told.membership, did) < next.seq) return;
				await receive([
					await forgeEntry(log, {
						...next,
						kind: 'kind-9',
						body: Uint8Array.of(
							...encodePayload({ intent: { verb: 'x', entity: 'y', count: 1 }, updates: [] }),
							118,
							1,
							1,
							97,
							125,
							1,
						),
					}),
				]);
				return;
			case 11: {
				// hands on an honest entry with another body
				const [chain, last] =
					Object.entries(log.vector()).find(([one, seq]) => (told.vector()[one] ?? 0) < seq) ?? [];
				if (!chain || !last) return;
				const wanted = (told.vector()[chain] ?? 0) + 1;
				const [genuine] = await log.entries(chain, wanted, wanted, 1);
				if (!genuine?.ct.length) return;
				const ct = genuine.ct.slice();
				ct[random.below(ct.length)]! ^= 1;
				await receive([{ ...genuine, ct }]);
				return;
			}
			case 13: {
				// takes back what it said, an entry later
				if (mayNot) return;
				const marks = [newMark(next.seq), newMark(next.seq + 1)] as const;
				const [said, back] = takenBack(someRow(victim), random.below(5), marks);
				const first = await forgeEntry(log, { ...next, payload: { intent, updates: [said] } });
				const behind = { seq: next.seq + 1, prev: await entryId(first.head) };
				const second = await forgeEntry(log, { ...behind, payload: { intent, updates: [back] } });
				await receive([first]);
				await receive([second]);
				return;
			}
			default: // takes back what it said: a base that lies
				if (mayNot) return;
				await receive([
					await forgeEntry(log, {
						...next,
						kind: 'base',
						payload: {
							intent: { verb: 'rewrite', entity: 'x', count: 0 },
							updates: [],
							retires: ['r-1', 'r-2-g3', 'r-7'],
							obsolete: [[1, next.seq]],
						},
					}),
				]);
		}
	}

	return {
		device,
		evils,
		get attacks() {
			return attacks;
		},
		attack,
	};
}
