/** Drills in the log: what a lying or merely early message must not do. Chance seldom builds them. */
import { expect, test } from 'vitest';
import { createRecord, updateRecord } from '#commands/records.ts';
import { unwrap } from '#core/result.ts';
import { entryId } from '#log/entry.ts';
import { rotate } from '#log/rotation.ts';
import { reauthored, voidEntries } from '#workspace/quarantine.ts';
import { forgeEntry } from '#tests/support/hostile.ts';
import { foundInMemory, joinInMemory, type MemoryDevice } from '#tests/support/memory.ts';

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
	await ann.store.rebuild();
	expect(names(ann)).toEqual(['Kept']);
});

test('a genuine entry that is handed on with another body is refused, and the genuine body taken', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await create(bo, 'Genuine');
	const { log } = bo.store;
	const [entry] = await log.entries(log.device.did, 1, 1, 1);
	const ct = entry!.ct.slice();
	ct[0]! ^= 1;
	expect((await ann.store.receive([{ ...entry!, ct }])).ok).toBe(false);
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
