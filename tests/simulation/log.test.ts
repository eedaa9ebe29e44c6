/** Drills in the log: what a lying or merely early message must not do. Chance seldom builds them. */
import { describe, expect, test } from 'vitest';
import { createRecord, updateRecord } from '#commands/records.ts';
import { systemClock } from '#core/clock.ts';
import { unwrap } from '#core/result.ts';
import { cutsOf } from '#log/cuts.ts';
import { NO_HASH, entryId, type SealedEntry } from '#log/entry.ts';
import { StaleChain, type LogStore } from '#log/log-store.ts';
import { createMemoryStore } from '#log/memory-store.ts';
import { giveKeys, isRotationDue, rotate } from '#log/rotation.ts';
import { auditTrail } from '#workspace/audit.ts';
import { reauthored, voidEntries } from '#workspace/quarantine.ts';
import { didOf } from '#tests/support/drill.ts';
import { forgeEntry } from '#tests/support/hostile.ts';
import { createMemoryTables } from '#tests/support/memory-tables.ts';
import {
	foundInMemory,
	joinInMemory,
	openInMemory,
	type MemoryDevice,
} from '#tests/support/memory.ts';

const create = async (device: MemoryDevice, firstName: string) =>
	unwrap(await createRecord(device.store.context, 'contact', { firstName }));

/** All entries of one device's chain, handed over. */
async function hand(from: MemoryDevice, to: MemoryDevice) {
	const { log } = from.store;
	const { did } = log.device;
	return to.store.receive(await log.entries(did, 1, log.chain(did)?.seq ?? 0, 1 << 20));
}

const names = (device: MemoryDevice) =>
	[...device.rows.values()].map((row) => row.v.firstName).sort();

async function acquaint(...devices: readonly MemoryDevice[]): Promise<void> {
	for (const from of devices)
		for (const to of devices)
			if (from !== to)
				unwrap(await to.store.log.receiveMembership(from.store.log.membershipEntries()));
}

test('entries that come before the key they are sealed with are read when it has come', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await rotate(ann.store.log, Date.now());
	await create(ann, 'Early');
	await hand(ann, bo);
	expect(names(bo)).toEqual([]);
	await acquaint(ann, bo);
	await hand(ann, bo);
	expect(names(bo)).toEqual(['Early']);
});

test('a list of obsolete entries that lies drops no body of a document that lives', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await create(bo, 'Kept');
	const intent = { verb: 'rewrite', entity: 'x', count: 0 };
	const lie = { intent, updates: [], retires: ['r-z'], obsolete: [[1, 1]] as const };
	unwrap(await bo.store.log.write('base', Date.now(), lie));
	unwrap(await hand(bo, ann));
	const again = await openInMemory(ann.store.log.wid, ann.disk);
	expect(names(again)).toEqual(['Kept']);
});

test('a genuine entry that is handed on with another body or signature is refused, and the genuine one taken', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await create(bo, 'Genuine');
	const { log } = bo.store;
	const [entry] = await log.entries(log.device.did, 1, 1, 1);
	const ct = entry!.ct.slice();
	ct[0]! ^= 1;
	const sig = entry!.sig.slice();
	sig[0]! ^= 1;
	for (const spoilt of [{ ct }, { sig }])
		expect((await ann.store.receive([{ ...entry!, ...spoilt }])).ok).toBe(false);
	await hand(bo, ann);
	expect(names(ann)).toEqual(['Genuine']);
});

test('what a void rewriting replaced can be written again from it when nobody has kept it', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await create(bo, 'One');
	const { log } = bo.store;
	const { did } = log.device;
	const cut = { seq: 1, head: log.chain(did)!.id };
	await create(bo, 'Two');
	unwrap(await bo.store.rewrite(log.partsOf(did)));
	unwrap(await hand(bo, ann));
	unwrap(await ann.store.log.sign({ type: 'revoke', cuts: { [did]: cut } }, Date.now()));
	await ann.store.settled(async () => {});
	expect(names(ann)).toEqual([]);
	const late = await voidEntries(ann.store.log, ann.store.replica, did);
	const cells = await reauthored(ann.store.context, late);
	unwrap(await ann.store.context.write({ verb: 'reauthor', entity: '', count: 1 }, cells));
	expect(names(ann)).toEqual(['One', 'Two']);
});

test('bodies that came back while a rewriting did not count go again when it does', async () => {
	const ann = await foundInMemory();
	const [bo, cy, dan] = [await joinInMemory(ann), await joinInMemory(ann), await joinInMemory(ann)];
	const [bos, cys] = [bo!, cy!].map((device) => device.store.log.device.did) as [string, string];
	await create(bo!, 'One');
	const cut = { seq: 1, head: bo!.store.log.chain(bos)!.id };
	const promotion = { type: 'role', member: cys, role: 'owner', cuts: {} } as const;
	unwrap(await ann.store.log.sign(promotion, Date.now()));
	await acquaint(ann, bo!, cy!, dan!);
	await hand(bo!, cy!);
	unwrap(await bo!.store.rewrite(bo!.store.log.partsOf(bos)));
	await hand(bo!, dan!);
	const body = async () => (await dan!.store.log.store.get(bos, 1))!.ct.length;
	expect(await body()).toBe(0);
	unwrap(await cy!.store.log.sign({ type: 'revoke', cuts: { [bos]: cut } }, Date.now()));
	await acquaint(cy!, dan!);
	await dan!.store.settled(async () => {});
	unwrap(await dan!.store.receive(await cy!.store.log.entries(bos, 1, 1, 1)));
	expect(await body()).toBeGreaterThan(0);
	// A senior's removal of Cy, signed without having seen what Cy did: Bo was never removed.
	const none = { seq: 0, head: NO_HASH };
	unwrap(await ann.store.log.sign({ type: 'revoke', cuts: { [cys]: none } }, Date.now()));
	await acquaint(ann, dan!);
	await dan!.store.settled(async () => {});
	expect(names(dan!)).toEqual(['One']);
	expect(await body()).toBe(0);
});

test('a removed owner’s device does not go on handing out keys', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const bos = didOf(bo);
	unwrap(
		await ann.store.log.sign({ type: 'role', member: bos, role: 'owner', cuts: {} }, Date.now()),
	);
	await acquaint(ann, bo);
	// Cy comes in while Bo changes the key, so nobody has given Cy that one yet.
	const cy = await joinInMemory(ann);
	unwrap(await rotate(bo.store.log, Date.now()));
	await acquaint(bo, ann);
	const cuts = cutsOf(ann.store.log, [bos]);
	unwrap(await ann.store.log.sign({ type: 'revoke', cuts }, Date.now()));
	await acquaint(ann, bo);
	const { log } = bo.store;
	const before = log.membershipEntries().length;
	expect(await giveKeys(log, [didOf(cy)], Date.now())).toMatchObject({ ok: false });
	expect(await log.sign({ type: 'policy', settings: { name: 'X' } }, Date.now())).toMatchObject({
		...{ ok: false, error: { type: 'Forbidden' } },
	});
	expect(log.membershipEntries()).toHaveLength(before);
});

describe('erasing what a removed device wrote', () => {
	async function removedColleague() {
		const ann = await foundInMemory();
		const [bo, cy] = [await joinInMemory(ann), await joinInMemory(ann)] as const;
		const id = await create(bo, 'Erased');
		await create(bo, 'Kept');
		await hand(bo, ann);
		await hand(bo, cy);
		const bos = bo.store.log.device.did;
		unwrap(
			await ann.store.log.sign({ type: 'revoke', cuts: cutsOf(ann.store.log, [bos]) }, Date.now()),
		);
		await acquaint(ann, cy);
		return { ann, cy, bos, id };
	}
	const bodies = async (device: MemoryDevice, did: string) =>
		(await device.store.log.store.page(did, 1, 99)).filter((row) => row.ct.length).length;

	test('an owner takes over the rest, then everybody lets the bodies go', async () => {
		const { ann, cy, bos, id } = await removedColleague();
		unwrap(await ann.store.log.sign({ type: 'erase', ids: [id] }, Date.now()));
		await ann.store.settled(async () => {});
		await ann.store.settled(async () => {});
		expect(names(ann)).toEqual(['Kept']);
		expect(await bodies(ann, bos)).toBe(0);
		await acquaint(ann, cy);
		await cy.store.settled(async () => {});
		// What the owner wrote again is not here yet: nothing may go before.
		expect(names(cy)).toEqual(['Kept']);
		expect(await bodies(cy, bos)).toBe(2);
		unwrap(await hand(ann, cy));
		expect(await bodies(cy, bos)).toBe(0);
		await acquaint(ann, cy);
		const [erasure] = cy.store.log.membership.erasures;
		expect([...erasure!.done].sort()).toEqual([ann, cy].map(didOf).sort());
		for (const one of [ann, cy]) {
			await one.store.rebuild();
			expect(names(one)).toEqual(['Kept']);
			for await (const { why } of one.store.log.verify(bos)) expect(why).toBeUndefined();
		}
	});

	test('a chain that the disk does not let go leaves no row in doubt', async () => {
		const { ann, bos, id } = await removedColleague();
		let refuses = true;
		const write: LogStore['write'] = async (change) => {
			if (refuses && change.chains?.some(({ taken }) => taken))
				throw new DOMException('', 'QuotaExceededError');
			return ann.disk.write(change);
		};
		const memory = createMemoryTables();
		const { wid } = ann.store.log;
		const again = await openInMemory(wid, { ...ann.disk, write }, systemClock, memory);
		unwrap(await again.store.log.sign({ type: 'erase', ids: [id] }, Date.now()));
		await again.store.settled(async () => {});
		await again.store.settled(async () => {});
		expect([await bodies(again, bos), names(again)]).toEqual([2, ['Kept']]);
		await create(again, 'Own');
		expect([...(await memory.open().doubted())]).toEqual([]);
		expect(names(again)).toEqual(['Kept', 'Own']);
		refuses = false;
		unwrap(await again.store.log.sign({ type: 'policy', settings: { name: 'X' } }, Date.now()));
		await again.store.settled(async () => {});
		expect([await bodies(again, bos), names(again)]).toEqual([0, ['Kept', 'Own']]);
	});

	test('what of it was missing and comes when all is erased does not stay in the quarantine', async () => {
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const id = await create(bo, 'Erased');
		const bos = didOf(bo);
		unwrap(
			await ann.store.log.sign({ type: 'revoke', cuts: cutsOf(ann.store.log, [bos]) }, Date.now()),
		);
		const [entry] = await bo.store.log.entries(bos, 1, 1, 1);
		unwrap(await ann.store.receive([{ ...entry!, ct: new Uint8Array(0) }]));
		unwrap(await ann.store.log.sign({ type: 'erase', ids: [id] }, Date.now()));
		await ann.store.settled(async () => {});
		unwrap(await ann.store.receive([entry!]));
		await ann.store.settled(async () => {});
		expect(await bodies(ann, bos)).toBe(0);
	});

	test('a takeover that leaves something out takes nothing from those who hold it', async () => {
		const { ann, cy, bos } = await removedColleague();
		const op = { type: 'takeover', device: bos, seq: 0 } as const;
		unwrap(await ann.store.log.sign(op, Date.now()));
		await create(ann, 'Own');
		await acquaint(ann, cy);
		await hand(ann, cy);
		expect(await bodies(cy, bos)).toBe(2);
		await cy.store.rebuild();
		expect(names(cy)).toEqual(['Erased', 'Kept', 'Own']);
	});
});

test('a document does not run ahead of a body that is missing, and goes on when it comes', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const { log } = bo.store;
	const { did } = log.device;
	const id = await create(bo, 'One');
	for (const jobTitle of ['Two', 'Three'])
		unwrap(await updateRecord(bo.store.context, id, { jobTitle }));
	const [one, two, three] = await log.entries(did, 1, 3, 1 << 20);
	const [part] = log.partsOf(did) as [string];
	unwrap(await ann.store.receive([one!, { ...two!, ct: new Uint8Array(0) }, three!]));
	expect(ann.store.log.partClock(did, part)).toBe(1);
	unwrap(await ann.store.receive([two!]));
	expect(ann.store.log.partClock(did, part)).toBe(3);
	expect(ann.rows.get(id)?.v.jobTitle).toBe('Three');
});

test('what a device takes back is gone from the screens of all', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await create(bo, 'Taken back');
	await hand(bo, ann);
	expect(names(ann)).toEqual(['Taken back']);
	const { log } = bo.store;
	const intent = { verb: 'rewrite', entity: 'x', count: 0 };
	const retires = log.partsOf(log.device.did);
	const taken = { intent, updates: [], retires, obsolete: [[1, 1]] as const };
	unwrap(await log.write('base', Date.now(), taken));
	unwrap(await hand(bo, ann));
	expect(names(ann)).toEqual([]);
	const verbs = async () => (await auditTrail(ann.store)).map(({ verb }) => verb);
	expect(await verbs()).toContain('rewrite');
	// An honest rewriting leaves no trace in the trail.
	await create(ann, 'Mine');
	unwrap(await ann.store.rewrite(ann.store.log.partsOf(didOf(ann))));
	await hand(ann, bo);
	const told = (await auditTrail(bo.store)).filter(({ did }) => did === didOf(ann));
	expect(told.map(({ verb }) => verb)).not.toContain('rewrite');
});

test('a write that failed leaves nothing behind, and others can follow the next one', async () => {
	const disk = createMemoryStore();
	let fails = false;
	const write: LogStore['write'] = async (change) => {
		if (fails) throw new StaleChain();
		return disk.write(change);
	};
	const ann = await foundInMemory({ ...disk, write });
	const bo = await joinInMemory(ann);
	const id = await create(ann, 'One');
	fails = true;
	const edit = (jobTitle: string) => updateRecord(ann.store.context, id, { jobTitle });
	expect((await edit('Failed')).ok).toBe(false);
	fails = false;
	await ann.store.rebuild();
	expect(ann.rows.get(id)?.v.jobTitle).toBeUndefined();
	unwrap(await edit('Two'));
	await hand(ann, bo);
	expect(bo.rows.get(id)?.v.jobTitle).toBe('Two');
});

test('an answer counts as later than what it answers, also on a device whose clock is slow', async () => {
	const ann = await foundInMemory();
	const { disk } = await joinInMemory(ann);
	const id = await create(ann, 'One');
	const bo = await openInMemory(ann.store.log.wid, disk, () => Date.now() - 3_600_000);
	await hand(ann, bo);
	unwrap(await updateRecord(bo.store.context, id, { firstName: 'Two' }));
	await hand(bo, ann);
	for (const one of [ann, bo]) {
		expect(one.rows.get(id)?.v.firstName).toBe('Two');
		expect(one.rows.get(id)?.c.firstName).toHaveLength(1);
	}
});

test('an entry behind another one than the one held here is not taken, and the fork comes to light', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const id = await create(bo, 'First');
	await hand(bo, ann);
	const { log } = bo.store;
	const { seq, id: prev } = log.chain(log.device.did)!;
	const [a, b] = [
		await forgeEntry(log, { seq: seq + 1, prev, hlc: 1 }),
		await forgeEntry(log, { seq: seq + 1, prev, hlc: 2 }),
	];
	const behind = await forgeEntry(log, { seq: seq + 2, prev: await entryId(b!.head) });
	unwrap(await ann.store.receive([a!]));
	const answer = unwrap(await ann.store.receive([behind]));
	expect(ann.store.log.vector()[log.device.did]).toBe(seq + 1);
	expect(answer.ask).toEqual([[log.device.did, seq + 1]]);
	unwrap(await ann.store.receive([b!]));
	expect(ann.store.log.membership.devices.get(log.device.did)).toMatchObject({
		...{ ended: 'forked', end: seq },
	});
	expect(await updateRecord(ann.store.context, id, { firstName: 'Still' })).toMatchObject({
		ok: true,
	});
});

test('of two histories of one device nothing counts from where they part', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await create(bo, 'First');
	await hand(bo, ann);
	const { log } = bo.store;
	const did = didOf(bo);
	const { seq, id: prev } = log.chain(did)!;
	const histories: SealedEntry[][] = [];
	for (const hlc of [1, 2]) {
		const one = await forgeEntry(log, { seq: seq + 1, prev, hlc });
		const next = { seq: seq + 2, prev: await entryId(one.head), hlc };
		histories.push([one, await forgeEntry(log, next)]);
	}
	const [here, there] = histories as [SealedEntry[], SealedEntry[]];
	unwrap(await ann.store.receive(here));
	const { ask } = unwrap(await ann.store.receive([there[1]!]));
	expect(ask).toEqual([[did, seq + 1]]);
	unwrap(await ann.store.receive([there[0]!]));
	expect(ann.store.log.membership.devices.get(did)).toMatchObject({ ended: 'forked', end: seq });
});

describe('a word dated years ahead', () => {
	const YEARS = 10 * 365 * 86_400_000;

	test('is taken to be no later than it came: keys and checkpoints go on by their own time', async () => {
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const { log } = ann.store;
		const ahead = Date.now() + YEARS;
		await rotate(log, ahead);
		unwrap(await log.sign({ type: 'checkpoint', chains: {} }, ahead));
		unwrap(await log.sign({ type: 'erase', ids: ['contact:aaaaaaaaaaaaaaaa'] }, ahead));
		await acquaint(ann, bo);
		const after = Date.now();
		const again = await openInMemory(log.wid, bo.disk);
		for (const { store } of [bo, again]) {
			const { epoch, checkpoint, erasures } = store.log.membership;
			for (const at of [epoch.since, checkpoint!.at, erasures[0]!.at])
				expect(at).toBeLessThanOrEqual(after);
			expect(isRotationDue(store.log, after + 89 * 86_400_000)).toBe(false);
			expect(isRotationDue(store.log, after + 91 * 86_400_000)).toBe(true);
		}
		expect(JSON.stringify(again.store.log.membership.acts)).toContain(String(ahead));
	});

	test('holds where its own clock was as far ahead, and what is earlier stays earlier', async () => {
		const { store, disk } = await foundInMemory();
		const ahead = () => Date.now() + YEARS;
		const { log } = (await openInMemory(store.log.wid, disk, ahead)).store;
		const claimed = ahead() - 1000;
		await rotate(log, claimed);
		expect(log.membership.epoch.since).toBe(claimed);
		await rotate(log, 5);
		expect(log.membership.epoch.since).toBe(5);
	});
});
