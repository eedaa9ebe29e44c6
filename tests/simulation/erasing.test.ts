/** Drills in erasing (R13) and in what waits for a decision: nothing of a record is left, and of nothing else is anything lost. */
import { expect, test } from 'vitest';
import { createRecord, updateRecord } from '#commands/records.ts';
import { systemClock } from '#core/clock.ts';
import { unwrap } from '#core/result.ts';
import { lacksWhatCounts } from '#log/chains.ts';
import { cutsOf } from '#log/cuts.ts';
import type { LogDatabase } from '#log/database.ts';
import { createMemoryStore } from '#log/memory-store.ts';
import type { Operation } from '#log/operations.ts';
import { createEngine } from '#sync/engine.ts';
import { createTeam } from '#workspace/team.ts';
import { didOf, hand } from '#tests/support/drill.ts';
import {
	foundInMemory,
	joinInMemory,
	openInMemory,
	type MemoryDevice,
} from '#tests/support/memory.ts';

const create = async (one: MemoryDevice, fields: object, entity = 'contact') =>
	unwrap(await createRecord(one.store.context, entity, { ...fields }));
const update = async (one: MemoryDevice, id: string, fields: object) =>
	unwrap(await updateRecord(one.store.context, id, { ...fields }));
const act = async ({ store }: MemoryDevice, op: Operation) =>
	unwrap(await store.log.sign(op, Date.now()));
const remove = (by: MemoryDevice, did: string) =>
	act(by, { type: 'revoke', cuts: cutsOf(by.store.log, [did]) });
const promote = (by: MemoryDevice, did: string) =>
	act(by, { type: 'role', member: did, role: 'owner', cuts: cutsOf(by.store.log, [did]) });
const letGo = (by: MemoryDevice, did: string) =>
	act(by, { type: 'settle', device: did, seq: by.store.log.vector()[did]! });

/** One takes over, then each lets go, then each confirms. */
async function erase(one: MemoryDevice, ...ids: readonly string[]) {
	await act(one, { type: 'erase', ids });
	await settled(one);
}
async function settled(one: MemoryDevice) {
	for (let i = 0; i < 4; i++) await one.store.settled(async () => {});
}
async function tell(from: MemoryDevice, to: MemoryDevice) {
	unwrap(await to.store.log.receiveMembership(from.store.log.membershipEntries()));
	await settled(to);
}

/** All that is readable of a chain. */
async function textOf({ store }: MemoryDevice, did: string): Promise<string> {
	let text = '';
	for await (const { payload } of store.log.opened(did, 1))
		for (const { update: bytes } of payload.updates) text += new TextDecoder().decode(bytes);
	return text;
}
const hasErased = ({ store }: MemoryDevice) =>
	store.log.membership.erasures.at(-1)!.done.has(store.log.device.did);

/** Rita's number stands with Ann, who removes Bo; he had changed it once more. */
async function lateNumber() {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	await create(ann, { firstName: 'Own' });
	const id = await create(bo, { firstName: 'Rita', phone: '111' });
	await update(bo, id, { phone: '222' });
	await hand(bo, ann);
	await remove(ann, didOf(bo));
	await update(bo, id, { phone: '333' });
	await hand(bo, ann, 3);
	return { ann, bos: didOf(bo), id };
}

test('a late second value of a field, which does not name its record, goes as well', async () => {
	const { ann, bos, id } = await lateNumber();
	expect(await textOf(ann, bos)).toContain('333');
	await erase(ann, id);
	expect(await textOf(ann, bos)).toBe('');
	expect(hasErased(ann)).toBe(true);
});

test('one that was let go before goes as well', async () => {
	const { ann, bos, id } = await lateNumber();
	await letGo(ann, bos);
	await erase(ann, id);
	expect(await textOf(ann, bos)).toBe('');
	expect(hasErased(ann)).toBe(true);
});

test('who comes later lacks nothing that counts, and can take the rest over', async () => {
	const { ann, bos, id } = await lateNumber();
	const sam = await create(ann, { firstName: 'Sam' });
	await letGo(ann, bos);
	const cy = await joinInMemory(ann);
	await promote(ann, didOf(cy));
	await erase(ann, id);
	const di = await joinInMemory(ann);
	for (const one of [cy, di]) {
		await tell(ann, one);
		await hand(ann, one);
		unwrap(await one.store.receive(await ann.store.log.entries(bos, 1, 3, 1 << 20)));
		await settled(one);
		const missing = await one.store.log.missing();
		expect(missing.wanted).toEqual([[bos, 3]]);
		expect(lacksWhatCounts(missing, one.store.log.membership)).toBe(false);
		expect(one.rows.get(sam)?.v.firstName).toBe('Sam');
	}
});

async function teamOf({ store }: MemoryDevice) {
	const database = { invites: { toArray: async () => [] } } as unknown as LogDatabase;
	const engine = await createEngine(store);
	return createTeam({ store, engine, database, clock: systemClock, changed() {} });
}

test('late edits of others that stand beside it in one entry wait for a decision', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const bos = didOf(bo);
	const rita = await create(bo, { firstName: 'Rita' });
	const sam = await create(bo, { firstName: 'Sam' });
	await hand(bo, ann);
	await remove(ann, bos);
	const { context } = bo.store;
	const hlc = context.nextHlc();
	const cells = [
		...[rita, sam].map((id) => ({ id, did: bos, hlc, field: 'jobTitle', value: 'LATE', seen: 0 })),
		{ id: 'contact:newnewnewnewnew1', did: bos, hlc, fields: { firstName: 'New' } },
	];
	unwrap(await context.write({ verb: 'import', entity: 'contact', count: 3 }, cells));
	await hand(bo, ann, 3);
	await erase(ann, rita);
	expect(hasErased(ann)).toBe(false);
	const team = await teamOf(ann);
	expect((await team.erasures()).map(({ late }) => late)).toEqual([[bos]]);
	unwrap(await team.reauthor(bos));
	await settled(ann);
	expect(ann.rows.get(sam)?.v.jobTitle).toBe('LATE');
	expect(ann.rows.get('contact:newnewnewnewnew1')?.v.firstName).toBe('New');
	expect(await textOf(ann, bos)).toBe('');
	expect(hasErased(ann)).toBe(true);
	team.close();
});

test('who cannot decide waits for no branch of a forked chain that is here alone', async () => {
	const ann = await foundInMemory();
	const [bo, cy] = [await joinInMemory(ann), await joinInMemory(ann)];
	const bos = didOf(bo);
	const id = await create(bo, { firstName: 'Rita' });
	for (const one of [ann, cy]) await hand(bo, one);
	const disk = createMemoryStore();
	const { device, epochs } = unwrap(await bo.disk.secrets());
	await disk.write({
		...{ secrets: { device, epochs }, membership: await bo.disk.membership() },
		...{ chains: await bo.disk.chains(), parts: await bo.disk.parts() },
		entries: await bo.disk.page(bos, 1, 9),
	});
	const copy = await openInMemory(bo.store.log.wid, disk);
	await update(bo, id, { phone: '222' });
	await create(copy, { firstName: 'Sam' });
	await update(copy, id, { phone: '333' });
	await hand(bo, ann, 2);
	await hand(copy, cy, 2);
	// Proves the fork; Ann stays with the branch that she has.
	await ann.store.receive(await copy.store.log.entries(bos, 2, 2, 1 << 20));
	expect(ann.store.log.membership.devices.get(bos)?.ended).toBe('forked');
	await erase(ann, id);
	await tell(ann, cy);
	expect([hasErased(cy), await textOf(cy, bos)]).toEqual([false, expect.stringContaining('333')]);
	await letGo(ann, bos);
	await settled(ann);
	await tell(ann, cy);
	expect(hasErased(cy)).toBe(true);
	expect(await textOf(cy, bos)).not.toContain('333');
});

test('late edits are not settled where what they change was left with the others', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const bos = didOf(bo);
	const past = { kind: 'call', happenedAt: '2020-01-05T10:00:00Z', subject: 'x' };
	const id = await create(bo, past, 'activity');
	await tell(bo, ann);
	unwrap(await ann.store.receive(await bo.store.log.entries(bos, 1, 1, 1 << 20, '2024-01'), true));
	await remove(ann, bos);
	await update(bo, id, { subject: 'LATE' });
	await hand(bo, ann, 2);
	const team = await teamOf(ann);
	expect(await team.reauthor(bos)).toMatchObject({ ok: false, error: { type: 'Busy' } });
	expect((await ann.store.log.missing()).wanted).toEqual([[bos, 1]]);
	await hand(bo, ann, 1, 1);
	expect(unwrap(await team.reauthor(bos))).toBe(1);
	expect(ann.rows.get(id)?.v.subject).toBe('LATE');
	expect(await team.quarantine()).toEqual([]);
	team.close();
});

test('who asks for it and has left months with the others fetches them, and takes over', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const bos = didOf(bo);
	await create(ann, { firstName: 'Own' });
	const id = await create(bo, { firstName: 'Rita' });
	const past = { kind: 'call', happenedAt: '2020-01-05T10:00:00Z', subject: 'Kept' };
	const event = await create(bo, past, 'activity');
	await tell(bo, ann);
	unwrap(await ann.store.receive(await bo.store.log.entries(bos, 1, 2, 1 << 20, '2024-01'), true));
	await remove(ann, bos);
	await erase(ann, id);
	expect(hasErased(ann)).toBe(false);
	const { wanted } = await ann.store.log.missing();
	expect(wanted).toHaveLength(1);
	await hand(bo, ann);
	await settled(ann);
	expect(hasErased(ann)).toBe(true);
	expect(await textOf(ann, bos)).toBe('');
	expect(ann.rows.get(event)?.v.subject).toBe('Kept');
});

/** Bo's, who is removed; Ann and Cy hold all that he wrote. */
async function removedColleague() {
	const ann = await foundInMemory();
	const [bo, cy] = [await joinInMemory(ann), await joinInMemory(ann)];
	const bos = didOf(bo);
	const id = await create(bo, { firstName: 'Rita' });
	await hand(bo, ann);
	await hand(bo, cy);
	await remove(ann, bos);
	return { ann, cy, bos, id };
}

test('a body that had been spoilt and comes back is searched again', async () => {
	const { ann, cy, bos, id } = await removedColleague();
	const row = (await ann.disk.get(bos, 1))!;
	const ct = row.ct.slice();
	ct[5]! ^= 1;
	await ann.disk.write({ entries: [{ ...row, ct }] });
	await ann.store.mend(bos);
	await erase(ann, id);
	await tell(ann, cy);
	expect([hasErased(cy), await textOf(cy, bos)]).toEqual([false, expect.stringContaining('Rita')]);
	unwrap(await ann.store.receive(await cy.store.log.entries(bos, 1, 1, 1 << 20)));
	await settled(ann);
	await tell(ann, cy);
	for (const one of [ann, cy]) expect([hasErased(one), await textOf(one, bos)]).toEqual([true, '']);
});

test('an owner who has never written anything can take over a chain of which nothing is left', async () => {
	const { ann, cy, bos, id } = await removedColleague();
	await erase(ann, id);
	await tell(ann, cy);
	for (const one of [ann, cy]) expect([hasErased(one), await textOf(one, bos)]).toEqual([true, '']);
});

test('as many erased records, but others, are searched for again', async () => {
	const ann = await foundInMemory();
	const [bo, cy, di] = [await joinInMemory(ann), await joinInMemory(ann), await joinInMemory(ann)];
	const bos = didOf(bo);
	for (const one of [cy, di]) await promote(ann, didOf(one));
	const id = await create(bo, { firstName: 'Rita' });
	await create(di, { firstName: 'Own' });
	await hand(bo, di);
	await tell(di, ann);
	await hand(bo, ann);
	await remove(ann, bos);
	for (const one of [cy, di]) await tell(ann, one);
	// Cy's does not count any more when Ann removes him, who has not heard of it.
	await act(cy, { type: 'erase', ids: ['contact:zzzzzzzzzzzzzzzz'] });
	await tell(cy, di);
	await remove(ann, didOf(cy));
	await tell(ann, di);
	await erase(di, id);
	expect(di.store.log.membership.erasedIds.size).toBe(1);
	expect([hasErased(di), await textOf(di, bos)]).toEqual([true, '']);
});
