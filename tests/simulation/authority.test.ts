/**
 * Drills in rights (R3-R8): small graphs of signed entries in which somebody tries what the rules forbid, replayed in many orders.
 * Chance seldom builds them; the simulator's stories would need thousands of seeds.
 */
import { describe, expect, test } from 'vitest';
import { fromHex, toHex, type Bytes } from '#core/bytes.ts';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import {
	createDeviceKeys,
	sign,
	signingPairFromSeed,
	type DeviceKeys,
	type Did,
} from '#crypto/device.ts';
import { boxKeys } from '#log/keyring.ts';
import { commitmentOf, kidOf } from '#log/kid.ts';
import {
	NO_HASH,
	NO_WORKSPACE,
	encodeDataHead,
	encodeMembershipHead,
	entryId,
	widOf,
	type SignedEntry,
} from '#log/entry.ts';
import { belongs, endOf, replayMembership, type Membership } from '#log/membership.ts';
import type { Operation } from '#log/operations.ts';
import { joinStatement, recoverStatement, succeedStatement } from '#log/proofs.ts';
import type { Role } from '#log/workspaces.ts';

const seed = (n: number): Bytes => new Uint8Array(32).fill(n);

/** A workspace's entries as they are signed, by whoever claims to have seen whatever. */
async function newDrill() {
	const entries: SignedEntry[] = [];
	const founder = await createDeviceKeys();
	const recovery = await signingPairFromSeed(seed(9));
	let wid: Bytes = NO_WORKSPACE;
	let all: Bytes[] = [];

	async function say(by: DeviceKeys, op: Operation, seen: readonly Bytes[] = all): Promise<Bytes> {
		const head = encodeMembershipHead({
			...{ wid, did: by.did, publicKeys: by.publicKeys, prevs: [...seen], hlc: 1, op },
		});
		const entry = { head, sig: await sign(by, head) };
		entries.push(entry);
		const id = await entryId(head);
		if (seen === all) all = [id];
		return id;
	}
	const commitment = await commitmentOf(seed(1));
	const genesis = await say(founder, {
		type: 'genesis',
		...{ name: 'Drill', language: 'en', currency: 'EUR', timeZone: 'UTC', userName: 'founder' },
		commitment,
		recovery: { sign: recovery.publicKey, agree: founder.publicKeys.agree },
	});
	wid = widOf(genesis);

	type Admission = { role?: 'editor' | 'viewer'; member?: Did; offline?: boolean; by?: DeviceKeys };

	/** Whoever holds the invite's seed lets a device ask. */
	async function ask(pair: { privateKey: CryptoKey }, invite: Bytes, seen?: readonly Bytes[]) {
		const keys = await createDeviceKeys();
		const statement = joinStatement(wid, keys.did);
		const proof = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, statement));
		const op = { type: 'join', invite: toHex(invite), name: 'x', proof } as const;
		return { keys, joined: await say(keys, op, seen) };
	}

	async function approve(by: DeviceKeys, joined: Bytes, did: Did, seen?: readonly Bytes[]) {
		const keys = await boxKeys([{ kid: 0, key: seed(1) }], 'w', did, founder.publicKeys.agree);
		return say(by, { type: 'approve', join: toHex(joined), keys }, seen);
	}
	/** An invite, and what its link holds. */
	async function open(inviter: DeviceKeys, { role = 'editor', member, offline }: Admission = {}) {
		const pair = await signingPairFromSeed(seed(entries.length));
		const invite = await say(inviter, {
			...{ type: 'invite', role, uses: 1, expiresAt: 1, publicKey: pair.publicKey },
			...(member && { member }),
			...(offline && { offline: { name: 'n', password: 'p' } }),
		});
		return { invite, pair };
	}

	/** Invited and admitted; `by` admits, which only an owner may, or anybody where the invite says so. */
	async function join(inviter: DeviceKeys, wish: Admission = {}): Promise<DeviceKeys> {
		const { role = 'editor', member, offline, by = inviter } = wish;
		const { invite, pair } = await open(inviter, { role, ...(member && { member }), offline });
		const { keys, joined } = await ask(pair, invite);
		await approve(by, joined, keys.did);
		return keys;
	}

	/** The same in every order, or it throws. */
	async function judge(): Promise<Membership> {
		const random = createRandom(entries.length);
		let first: { text: string; membership: Membership } | undefined;
		for (let i = 0; i < 4; i++) {
			const order = entries
				.map((entry) => [i ? random.next() : 0, entry] as const)
				.sort((a, b) => a[0] - b[0]);
			const membership = unwrap(
				await replayMembership(
					wid,
					order.map(([, entry]) => entry),
				),
			);
			const text = JSON.stringify([
				[...membership.devices.values()].map(({ did, role, end, ended }) => [
					did,
					role,
					end,
					ended,
				]),
				membership.acts.map(({ id, effective }) => [id, effective]),
				membership.epoch.kid,
			]);
			if (first && first.text !== text) throw new Error('The order decides.');
			first ??= { text, membership };
		}
		return first!.membership;
	}

	return {
		...{ founder, entries, say, open, ask, approve, join, judge, genesis },
		get wid() {
			return wid;
		},
		/** What everybody has seen by now. */
		get seen(): readonly Bytes[] {
			return [...all];
		},
		recovery,
		role: (by: DeviceKeys, member: Did, role: Role, seq = 0, seen?: readonly Bytes[]) =>
			say(by, { type: 'role', member, role, cuts: { [member]: { seq, head: NO_HASH } } }, seen),
		revoke: (by: DeviceKeys, did: Did, seq = 0, seen?: readonly Bytes[]) =>
			say(by, { type: 'revoke', cuts: { [did]: { seq, head: NO_HASH } } }, seen),
	};
}

const roleOf = (membership: Membership, keys: DeviceKeys) => membership.devices.get(keys.did)?.role;

describe('seniority', () => {
	test('what an owner signs after, or without having seen, their removal is void', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const cy = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'owner');
		const before = drill.seen;
		await drill.revoke(drill.founder, bo.did, 3);
		await drill.role(bo, cy.did, 'owner', 0, before);
		await drill.say(bo, { type: 'erase', ids: ['contact:aaaaaaaaaaaaaaaa'] }, before);
		const after = await drill.say(bo, { type: 'policy', settings: { name: 'x' } });
		const judged = await drill.judge();
		expect(roleOf(judged, cy)).toBe('editor');
		expect(judged.erasures).toEqual([]);
		expect(judged.policy).toEqual({});
		expect(belongs(judged, bo.did)).toBe(false);
		expect(endOf(judged, bo.did)).toBe(3);
		expect(judged.acts.find(({ id }) => id === toHex(after))?.effective).toBe(false);
	});

	test('a demoted owner is none, for what they sign without having seen it, too', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const cy = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'owner');
		const before = drill.seen;
		await drill.role(drill.founder, bo.did, 'editor');
		await drill.role(bo, cy.did, 'owner', 0, before);
		await drill.role(bo, cy.did, 'viewer');
		const judged = await drill.judge();
		expect([roleOf(judged, bo), roleOf(judged, cy)]).toEqual(['editor', 'editor']);
	});

	test('nobody removes or demotes a senior; two owners cannot remove each other', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const cy = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'owner');
		await drill.role(drill.founder, cy.did, 'owner');
		const before = drill.seen;
		await drill.revoke(cy, drill.founder.did, 0, before);
		await drill.role(cy, bo.did, 'viewer', 0, before);
		await drill.revoke(cy, bo.did, 0, before);
		await drill.revoke(bo, cy.did, 0, before);
		const judged = await drill.judge();
		expect(belongs(judged, drill.founder.did)).toBe(true);
		expect(belongs(judged, bo.did)).toBe(true);
		expect(roleOf(judged, bo)).toBe('owner');
		expect(belongs(judged, cy.did)).toBe(false);
	});

	test("a junior's word against a senior counts for nothing, seen or not", async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const cy = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'owner');
		await drill.role(drill.founder, cy.did, 'owner');
		for (const senior of [drill.founder, bo]) {
			await drill.role(cy, senior.did, 'viewer');
			await drill.revoke(cy, senior.did);
		}
		const judged = await drill.judge();
		for (const senior of [drill.founder, bo]) {
			expect(belongs(judged, senior.did)).toBe(true);
			expect(roleOf(judged, senior)).toBe('owner');
			expect(endOf(judged, senior.did)).toBe(Infinity);
		}
	});

	test('of two changes made without knowledge of each other the senior stands', async () => {
		for (const founderFirst of [true, false]) {
			const drill = await newDrill();
			const bo = await drill.join(drill.founder);
			const cy = await drill.join(drill.founder);
			await drill.role(drill.founder, bo.did, 'owner');
			const before = drill.seen;
			const demote = () => drill.role(drill.founder, cy.did, 'viewer', 2, before);
			const promote = () => drill.role(bo, cy.did, 'owner', 5, before);
			for (const act of founderFirst ? [demote, promote] : [promote, demote]) await act();
			const judged = await drill.judge();
			expect(roleOf(judged, cy)).toBe('viewer');
			expect(endOf(judged, cy.did)).toBe(2);
		}
	});

	test('whom one has not seen become senior is senior all the same', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const cy = await drill.join(drill.founder);
		const before = drill.seen;
		await drill.role(drill.founder, cy.did, 'owner', 0, before);
		const promoted = await entryId(drill.entries.at(-1)!.head);
		await drill.role(drill.founder, bo.did, 'owner', 0, before);
		const other = await entryId(drill.entries.at(-1)!.head);
		const [senior, junior] = toHex(promoted) < toHex(other) ? [cy, bo] : [bo, cy];
		await drill.revoke(junior, senior.did, 0, [junior === cy ? promoted : other]);
		await drill.role(junior, senior.did, 'viewer', 0, [junior === cy ? promoted : other]);
		const judged = await drill.judge();
		expect(belongs(judged, senior.did)).toBe(true);
		expect(roleOf(judged, senior)).toBe('owner');
	});

	test('a recovered device stays, whatever the founder claims not to have seen', async () => {
		const drill = await newDrill();
		const found = await createDeviceKeys();
		const before = drill.seen;
		const statement = recoverStatement(drill.wid, found.did);
		const proof = new Uint8Array(
			await crypto.subtle.sign('Ed25519', drill.recovery.privateKey, statement),
		);
		await drill.say(found, { type: 'recover', name: 'back', proof });
		const thiefs = await drill.revoke(drill.founder, found.did, 0, before);
		await drill.say(found, { type: 'policy', settings: { by: 'found' } });
		await drill.revoke(found, drill.founder.did, 0, [thiefs, ...drill.seen]);
		const judged = await drill.judge();
		expect(belongs(judged, found.did)).toBe(true);
		expect(belongs(judged, drill.founder.did)).toBe(false);
		expect(judged.policy).toEqual({ by: 'found' });
	});

	test('being let in once more, long ago, takes nothing back of what one did', async () => {
		const drill = await newDrill();
		const eve = await drill.join(drill.founder, { role: 'viewer' });
		const { invite, pair } = await drill.open(drill.founder, { offline: true });
		const { keys: ann, joined } = await drill.ask(pair, invite);
		const early = drill.seen;
		await drill.say(drill.founder, { type: 'policy', settings: { a: 1 } });
		await drill.approve(drill.founder, joined, ann.did);
		await drill.role(drill.founder, ann.did, 'owner');
		await drill.say(ann, { type: 'policy', settings: { b: 1 } });
		await drill.approve(eve, joined, ann.did, early);
		await drill.revoke(ann, eve.did);
		const judged = await drill.judge();
		expect(judged.policy).toMatchObject({ b: 1 });
		expect(belongs(judged, eve.did)).toBe(false);
	});

	test('whom somebody let in cannot shut them out', async () => {
		const drill = await newDrill();
		const { invite, pair } = await drill.open(drill.founder);
		const ann = await drill.ask(pair, invite);
		const early = drill.seen;
		await drill.say(drill.founder, { type: 'policy', settings: { a: 1 } });
		await drill.approve(drill.founder, ann.joined, ann.keys.did);
		const victim = await drill.join(drill.founder, { offline: true, by: ann.keys });
		const eve = await drill.join(drill.founder, { offline: true, by: victim });
		await drill.approve(eve, ann.joined, ann.keys.did, early);
		const judged = await drill.judge();
		for (const keys of [ann.keys, victim, eve]) expect(roleOf(judged, keys)).toBe('editor');
	});

	test('a recovered device that was demoted stays so, whatever it signs with its old proof', async () => {
		const drill = await newDrill();
		const early = drill.seen;
		const found = await createDeviceKeys();
		const statement = recoverStatement(drill.wid, found.did);
		const proof = new Uint8Array(
			await crypto.subtle.sign('Ed25519', drill.recovery.privateKey, statement),
		);
		const recover = { type: 'recover', name: 'back', proof } as const;
		await drill.say(found, recover);
		const cy = await drill.join(found);
		await drill.role(found, found.did, 'viewer');
		// Again, and as if it had been earlier: the one gives no rights, the other takes none back.
		await drill.say(found, { ...recover, name: 'again' });
		await drill.say(found, { type: 'policy', settings: { after: 1 } });
		await drill.revoke(found, drill.founder.did);
		await drill.say(found, { ...recover, name: 'before' }, early);
		const before = await entryId(drill.entries.at(-1)!.head);
		await drill.say(found, { type: 'policy', settings: { before: 1 } }, [before, ...drill.seen]);
		const judged = await drill.judge();
		expect(roleOf(judged, found)).toBe('viewer');
		expect(judged.policy).toEqual({});
		expect(belongs(judged, drill.founder.did)).toBe(true);
		expect(roleOf(judged, cy)).toBe('editor');
	});

	test('a recovered device outranks the founder', async () => {
		const drill = await newDrill();
		const found = await createDeviceKeys();
		const before = drill.seen;
		const statement = recoverStatement(drill.wid, found.did);
		const good = new Uint8Array(
			await crypto.subtle.sign('Ed25519', drill.recovery.privateKey, statement),
		);
		await drill.say(found, { type: 'recover', name: 'back', proof: good }, before);
		const thief = await createDeviceKeys();
		await drill.say(thief, { type: 'recover', name: 'thief', proof: good }, before);
		const seen = [await entryId(drill.entries.at(-2)!.head)];
		await drill.revoke(found, drill.founder.did, 0, seen);
		await drill.revoke(drill.founder, found.did, 0, before);
		const judged = await drill.judge();
		expect(roleOf(judged, found)).toBe('owner');
		expect(belongs(judged, drill.founder.did)).toBe(false);
		expect(judged.devices.has(thief.did)).toBe(false);
	});
});

describe('leaving', () => {
	const leave = (drill: Awaited<ReturnType<typeof newDrill>>, by: DeviceKeys, seq: number) =>
		drill.revoke(by, by.did, seq);

	test('who leaves signs nothing any more, and their chain ends where they say', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'owner');
		await leave(drill, bo, 3);
		await drill.say(bo, { type: 'policy', settings: { a: 1 } });
		await leave(drill, bo, 1);
		const judged = await drill.judge();
		expect(judged.policy).toEqual({});
		expect(belongs(judged, bo.did)).toBe(false);
		expect(endOf(judged, bo.did)).toBe(3);
		expect(judged.epoch.stale).toBe(true);
	});

	test('who claims to have left long ago takes nothing back of what they did', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'owner');
		const early = drill.seen;
		const mal = await drill.join(drill.founder);
		const cy = await drill.join(bo);
		await drill.revoke(bo, mal.did, 7);
		await leave(drill, bo, 9);
		const now = drill.seen;
		const before = await drill.revoke(bo, bo.did, 5, early);
		const isAsBefore = async () => {
			const judged = await drill.judge();
			expect(roleOf(judged, cy)).toBe('editor');
			expect(endOf(judged, cy.did)).toBe(Infinity);
			expect(belongs(judged, mal.did)).toBe(false);
			expect(endOf(judged, mal.did)).toBe(7);
			expect(belongs(judged, bo.did)).toBe(false);
			expect(endOf(judged, bo.did)).toBe(5);
		};
		await isAsBefore();
		// What it signs now has no effect, whichever of both it claims to have seen.
		for (const seen of [[before], now])
			await drill.say(bo, { type: 'role', member: cy.did, role: 'owner', cuts: {} }, seen);
		await isAsBefore();
		await drill.revoke(drill.founder, bo.did, 5, [before, ...drill.seen]);
		await isAsBefore();
	});

	test('whom somebody let in by an invite that says so stays when they claim to have left before', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const early = drill.seen;
		const cy = await drill.join(drill.founder, { offline: true, by: bo });
		await drill.revoke(bo, bo.did, 0, early);
		const judged = await drill.judge();
		expect(roleOf(judged, cy)).toBe('editor');
		expect(belongs(judged, bo.did)).toBe(false);
	});

	test('an owner who leaves and removes another in one word does both', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const mal = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'owner');
		const early = drill.seen;
		await drill.say(bo, { type: 'policy', settings: { a: 1 } });
		const end = (seq: number) => ({ seq, head: NO_HASH });
		await drill.say(bo, { type: 'revoke', cuts: { [bo.did]: end(1), [mal.did]: end(2) } }, early);
		const judged = await drill.judge();
		expect([endOf(judged, bo.did), endOf(judged, mal.did)]).toEqual([1, 2]);
		expect([bo, mal].map(({ did }) => belongs(judged, did))).toEqual([false, false]);
		expect(judged.policy).toEqual({ a: 1 });
	});

	test('nobody leaves who has not come yet', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		await drill.revoke(bo, bo.did, 0, [drill.genesis]);
		const left = await entryId(drill.entries.at(-1)!.head);
		const invite = { type: 'invite', role: 'editor', uses: 1, expiresAt: 1 } as const;
		const { publicKey } = await signingPairFromSeed(seed(7));
		await drill.say(bo, { ...invite, member: bo.did, publicKey }, [left, ...drill.seen]);
		const judged = await drill.judge();
		expect(belongs(judged, bo.did)).toBe(true);
		expect(judged.invites.size).toBe(2);
	});
});

describe('rights', () => {
	test('editors and viewers sign nothing that an owner must', async () => {
		const drill = await newDrill();
		const eve = await drill.join(drill.founder, { role: 'viewer' });
		const bo = await drill.join(drill.founder);
		const commitment = await commitmentOf(seed(7));
		for (const by of [eve, bo]) {
			await drill.role(by, by.did, 'owner');
			await drill.revoke(by, drill.founder.did);
			await drill.say(by, { type: 'erase', ids: ['contact:aaaaaaaaaaaaaaaa'] });
			await drill.say(by, { type: 'policy', settings: { name: 'x' } });
			await drill.say(by, { type: 'rotate', kid: kidOf(commitment), commitment, keys: {} });
			await drill.say(by, { type: 'checkpoint', chains: {} });
			await drill.say(by, { type: 'settle', device: drill.founder.did, seq: 9 });
		}
		const judged = await drill.judge();
		expect([roleOf(judged, eve), roleOf(judged, bo)]).toEqual(['viewer', 'editor']);
		expect(belongs(judged, drill.founder.did)).toBe(true);
		expect(judged).toMatchObject({ erasures: [], policy: {}, checkpoint: undefined });
		expect(judged.epoch.kid).toBe(0);
		expect(judged.settled.size).toBe(0);
		expect(endOf(judged, eve.did)).toBe(0);
		expect(endOf(judged, bo.did)).toBe(Infinity);
	});

	test('an invite that admits by itself lets in as many as it says: nobody comes in by it twice', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const { invite, pair } = await drill.open(drill.founder, { offline: true });
		const first = await drill.ask(pair, invite);
		await drill.approve(bo, first.joined, first.keys.did);
		await drill.role(drill.founder, first.keys.did, 'viewer');
		const again = await drill.ask(pair, invite);
		await drill.approve(first.keys, again.joined, again.keys.did);
		const judged = await drill.judge();
		expect(roleOf(judged, first.keys)).toBe('viewer');
		expect(judged.devices.has(again.keys.did)).toBe(false);
		expect(judged.invites.get(toHex(invite))?.used).toBe(1);
	});

	test('a cancelled invite lets nobody in, whoever claims not to have heard of it', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const { invite, pair } = await drill.open(drill.founder, { offline: true });
		const before = drill.seen;
		await drill.say(drill.founder, { type: 'uninvite', invite: toHex(invite) });
		const late = await drill.ask(pair, invite, before);
		await drill.approve(bo, late.joined, late.keys.did, [late.joined, ...before]);
		expect((await drill.judge()).devices.has(late.keys.did)).toBe(false);
	});

	test('nobody comes in by an editor, unless the invite says so; nobody into another person', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const byEditor = await drill.join(bo);
		const approvedByEditor = await drill.join(drill.founder, { by: bo });
		const offline = await drill.join(drill.founder, { by: bo, offline: true });
		const own = await drill.join(bo, { member: bo.did });
		const stolen = await drill.join(bo, { member: drill.founder.did });
		const judged = await drill.judge();
		const inside = (keys: DeviceKeys) => judged.devices.has(keys.did);
		expect([byEditor, approvedByEditor, stolen].map(inside)).toEqual([false, false, false]);
		expect([offline, own].map(inside)).toEqual([true, true]);
		expect(judged.devices.get(own.did)?.member).toBe(bo.did);
		expect(judged.devices.get(offline.did)?.unreviewed).toBe(true);
	});

	test('cuts end chains exactly; a viewer made editor at the same place goes on', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		await drill.role(drill.founder, bo.did, 'viewer', 4);
		expect(endOf(await drill.judge(), bo.did)).toBe(4);
		await drill.role(drill.founder, bo.did, 'editor', 4);
		expect(endOf(await drill.judge(), bo.did)).toBe(Infinity);
		await drill.role(drill.founder, bo.did, 'viewer', 6);
		await drill.role(drill.founder, bo.did, 'editor', 9);
		expect(endOf(await drill.judge(), bo.did)).toBe(6);
	});

	test('among their own devices of one person the earlier is senior', async () => {
		const drill = await newDrill();
		const phone = await drill.join(drill.founder, { member: drill.founder.did });
		const before = drill.seen;
		await drill.revoke(phone, drill.founder.did, 0, before);
		await drill.revoke(drill.founder, phone.did, 0, before);
		const judged = await drill.judge();
		expect(belongs(judged, drill.founder.did)).toBe(true);
		expect(belongs(judged, phone.did)).toBe(false);
	});

	test('a removed device has no successor', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const before = drill.seen;
		await drill.revoke(drill.founder, bo.did, 0, before);
		const next = await createDeviceKeys();
		const proof = await sign(next, succeedStatement(drill.wid, bo.did));
		const cut = { seq: 0, head: NO_HASH };
		const { did, publicKeys } = next;
		await drill.say(bo, { type: 'succeed', did, publicKeys, proof, cut }, before);
		expect((await drill.judge()).devices.has(did)).toBe(false);
	});
});

describe('proofs', () => {
	test('a fork ends a chain where it forks; a forged one ends nothing', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const entry = async (by: DeviceKeys, did: Did, hlc: number) => {
			const head = encodeDataHead({
				...{ wid: drill.wid, did, seq: 5, prev: NO_HASH, kind: 'edit', schema: 1, hlc, kid: 0 },
				...{ iv: new Uint8Array(12), ctLength: 16, ctHash: NO_HASH },
			});
			return { head, sig: await sign(by, head) };
		};
		const { founder } = drill;
		const forged = { a: await entry(bo, founder.did, 1), b: await entry(bo, founder.did, 2) };
		await drill.say(bo, { type: 'fork', ...forged });
		const twice = await entry(bo, bo.did, 3);
		await drill.say(founder, { type: 'fork', a: twice, b: twice });
		expect(endOf(await drill.judge(), founder.did)).toBe(Infinity);
		expect(endOf(await drill.judge(), bo.did)).toBe(Infinity);
		await drill.say(founder, { type: 'fork', a: twice, b: await entry(bo, bo.did, 4) });
		expect(endOf(await drill.judge(), bo.did)).toBe(4);
	});

	test('nobody makes up the keys by which somebody else forks', async () => {
		const drill = await newDrill();
		const eve = await drill.join(drill.founder, { role: 'viewer' });
		const bo = await drill.join(drill.founder);
		const mask = { ...eve, did: bo.did };
		await drill.say(
			eve,
			{
				...{
					type: 'succeed',
					did: bo.did,
					publicKeys: eve.publicKeys,
					cut: { seq: 0, head: NO_HASH },
				},
				proof: await sign(eve, succeedStatement(drill.wid, eve.did)),
			},
			[drill.genesis],
		);
		const fake = await entryId(drill.entries.at(-1)!.head);
		const entry = async (hlc: number) => {
			const head = encodeDataHead({
				...{ wid: drill.wid, did: mask.did, seq: 1, prev: NO_HASH, kind: 'edit', schema: 1, hlc },
				...{ kid: 0, iv: new Uint8Array(12), ctLength: 16, ctHash: NO_HASH },
			});
			return { head, sig: await sign(eve, head) };
		};
		const op = { type: 'fork', a: await entry(1), b: await entry(2) } as const;
		await drill.say(eve, op, [fake, ...drill.seen]);
		const judged = await drill.judge();
		expect(judged.devices.get(bo.did)?.ended).toBeUndefined();
		expect(endOf(judged, bo.did)).toBe(Infinity);
	});

	test('an entry with a wrong signature, or in another name, is none', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const eve = await createDeviceKeys();
		await drill.say({ ...eve, did: drill.founder.did }, { type: 'policy', settings: { a: 1 } });
		const spoilt = drill.entries.length;
		await drill.say(drill.founder, { type: 'policy', settings: { b: 1 } }, [drill.genesis]);
		drill.entries[spoilt]!.sig[3]! ^= 1;
		const judged = await drill.judge();
		expect(judged.policy).toEqual({});
		expect(belongs(judged, bo.did)).toBe(true);
	});

	test('a key that somebody announces under the name of another is none', async () => {
		const drill = await newDrill();
		const eve = await drill.join(drill.founder, { role: 'viewer' });
		const before = drill.seen;
		const commitment = await commitmentOf(seed(3));
		const kid = kidOf(commitment);
		await drill.say(drill.founder, { type: 'rotate', kid, commitment, keys: {} });
		const other = await commitmentOf(seed(4));
		await drill.say(eve, { type: 'rotate', kid, commitment: other, keys: {} }, before);
		const judged = await drill.judge();
		expect(judged.commitments.get(toHex(commitment))).toBe(kid);
		expect(judged.commitments.has(toHex(other))).toBe(false);
	});

	test('a key that turns out void is owed to whom it left out, also when the founder made it', async () => {
		const drill = await newDrill();
		const bo = await drill.join(drill.founder);
		const before = drill.seen;
		const ann = await createDeviceKeys();
		const statement = recoverStatement(drill.wid, ann.did);
		const { privateKey } = drill.recovery;
		const proof = new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, statement));
		await drill.say(ann, { type: 'recover', name: 'x', proof });
		await drill.revoke(ann, drill.founder.did);
		const commitment = await commitmentOf(seed(2));
		const kid = kidOf(commitment);
		await drill.say(drill.founder, { type: 'rotate', kid, commitment, keys: {} }, before);
		const judged = await drill.judge();
		expect(judged.kids).toEqual([0]);
		expect(judged.given(bo.did).get(kid)).toBe(false);
	});

	test('keys that were handed to those who came while they changed are theirs', async () => {
		const drill = await newDrill();
		const before = drill.seen;
		const bo = await drill.join(drill.founder);
		const commitment = await commitmentOf(seed(3));
		const kid = kidOf(commitment);
		await drill.say(drill.founder, { type: 'rotate', kid, commitment, keys: {} }, before);
		const rotated = [await entryId(drill.entries.at(-1)!.head), ...drill.seen];
		expect((await drill.judge()).given(bo.did).get(kid)).toBe(false);
		const wid = 'w';
		const keys = await boxKeys([{ kid, key: seed(3) }], wid, bo.did, bo.publicKeys.agree);
		await drill.say(drill.founder, { type: 'keys', device: bo.did, keys }, rotated);
		const judged = await drill.judge();
		expect(judged.given(bo.did).get(kid)).toBe(true);
		expect(judged.boxes(bo.did)).toHaveLength(2);
		expect(judged.epoch.kid).toBe(kid);
		expect(judged.commitments.get(toHex(commitment))).toBe(kid);
		expect(fromHex(toHex(commitment))).toEqual(commitment);
	});
});
