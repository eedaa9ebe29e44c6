/** Drills in the conversation between two devices: what must not be forgotten while something else goes on. */
import { expect, test, vi } from 'vitest';
import { createRecord, updateRecord } from '#commands/records.ts';
import type { Bytes } from '#core/bytes.ts';
import { read } from '#core/codec.ts';
import { ok, unwrap } from '#core/result.ts';
import { cutsOf } from '#log/cuts.ts';
import { succeedDevice } from '#log/found.ts';
import { belongs } from '#log/membership.ts';
import { createEngine, type Engine } from '#sync/engine.ts';
import type { Link } from '#sync/link.ts';
import { decodeHolds, encodeHolds, type Holds } from '#sync/mail-frame.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { didOf, hand } from '#tests/support/drill.ts';
import {
	foundInMemory,
	joinInMemory,
	openInMemory,
	type MemoryDevice,
} from '#tests/support/memory.ts';

async function meet(
	a: MemoryDevice,
	b: MemoryDevice,
	wrap = (link: Link) => link,
	engine?: Engine,
) {
	const [ours, theirs] = createMemoryLinks();
	const engines = [await createEngine(a.store), engine ?? (await createEngine(b.store))];
	engines[0]!.attach(wrap(ours));
	engines[1]!.attach(theirs);
	return Object.assign(() => engines.forEach((one) => one.close()), { link: ours.close });
}

test(
	'a chain of more entries than are asked for at once comes whole',
	{ timeout: 1e6 },
	async () => {
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const id = unwrap(await createRecord(ann.store.context, 'contact', { firstName: 'N' }));
		for (let i = 0; i < 600; i++)
			unwrap(await updateRecord(ann.store.context, id, { firstName: `N${i}` }));
		const part = await meet(ann, bo);
		await expect.poll(() => bo.rows.get(id)?.v.firstName, { timeout: 60_000 }).toBe('N599');
		part();
	},
);

test('who has sent everything is not taken for silent', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	try {
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const id = unwrap(await createRecord(ann.store.context, 'contact', { firstName: 'N' }));
		const engine = await createEngine(bo.store);
		const part = await meet(ann, bo, undefined, engine);
		for (let i = 0; i < 10_000 && !bo.rows.has(id); i++) await new Promise(setImmediate);
		await vi.advanceTimersByTimeAsync(120_000);
		expect(engine.status().here).toEqual([ann.store.log.device.did]);
		part();
	} finally {
		vi.useRealTimers();
	}
});

test('who was asked and goes away is not waited for', async () => {
	const ann = await foundInMemory();
	const [bo, cy] = [await joinInMemory(ann), await joinInMemory(ann)] as const;
	const id = unwrap(await createRecord(ann.store.context, 'contact', { firstName: 'N' }));
	for (const to of [bo, cy])
		unwrap(await to.store.log.receiveMembership(ann.store.log.membershipEntries()));
	const did = ann.store.log.device.did;
	unwrap(await cy.store.receive(await ann.store.log.entries(did, 1, 1, 1)));
	const engine = await createEngine(bo.store);
	let asked = () => {};
	const wasAsked = new Promise<void>((resolve) => (asked = resolve));
	// Ann hears the question and says nothing any more.
	const close = await meet(
		ann,
		bo,
		(link) => ({
			...link,
			async send(message) {
				if (message[1] === PUT) asked();
				else await link.send(message);
			},
		}),
		engine,
	);
	await wasAsked;
	const part = await meet(cy, bo, undefined, engine);
	close.link();
	await expect.poll(() => bo.rows.has(id), { timeout: 10_000 }).toBe(true);
	part();
});

test('what is signed while a greeting is under way is told when it is over', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const { log } = ann.store;
	let signed: string | undefined;
	const part = await meet(ann, bo, (link) => ({
		...link,
		async send(message) {
			// The proof: the entries that the other one lacks have been gathered already.
			if (message[1] === PROOF && !signed) {
				signed = '';
				const op = { type: 'policy', settings: { name: 'New' } } as const;
				signed = unwrap(await log.sign(op, Date.now()));
			}
			return link.send(message);
		},
	}));
	await expect.poll(() => bo.store.log.membership.policy.name, { timeout: 10_000 }).toBe('New');
	part();
});

test('a removed device learns that it is removed, and nothing of what came after', async () => {
	const ann = await foundInMemory();
	const eve = await joinInMemory(ann);
	const eves = eve.store.log.device.did;
	const cuts = cutsOf(ann.store.log, [eves]);
	unwrap(await ann.store.log.sign({ type: 'revoke', cuts }, Date.now()));
	const bo = await joinInMemory(ann);
	const part = await meet(bo, eve);
	await expect
		.poll(() => eve.store.log.membership.devices.get(eves)?.ended, { timeout: 10_000 })
		.toBe('revoked');
	const policy = { type: 'policy', settings: { name: 'Later' } } as const;
	unwrap(await ann.store.log.sign(policy, Date.now()));
	unwrap(await bo.store.log.receiveMembership(ann.store.log.membershipEntries()));
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(eve.store.log.membership.policy.name).toBeUndefined();
	part();
});

test('a removed device that went on as another one before it heard of it learns it, too', async () => {
	const ann = await foundInMemory();
	const { store, disk } = await joinInMemory(ann);
	const { wid, device, membership } = store.log;
	unwrap(await succeedDevice(wid, disk, Date.now()));
	const eve = await openInMemory(wid, disk);
	expect(belongs(eve.store.log.membership, eve.store.log.device.did)).toBe(true);
	const cuts = cutsOf(ann.store.log, [device.did]);
	unwrap(await ann.store.log.sign({ type: 'revoke', cuts }, Date.now()));
	const part = await meet(ann, eve);
	await expect
		.poll(() => belongs(eve.store.log.membership, eve.store.log.device.did), { timeout: 10_000 })
		.toBe(false);
	expect(ann.store.log.membership.devices.size).toBe(membership.devices.size);
	part();
});

test('a chain whose device turned out to be none keeps nobody from holding everything', async () => {
	const ann = await foundInMemory();
	const [bo, cy] = [await joinInMemory(ann), await joinInMemory(ann)] as const;
	const role = { type: 'role', member: didOf(bo), role: 'owner', cuts: {} } as const;
	unwrap(await ann.store.log.sign(role, Date.now()));
	unwrap(await bo.store.log.receiveMembership(ann.store.log.membershipEntries()));
	const eve = await joinInMemory(bo);
	unwrap(await createRecord(eve.store.context, 'contact', { firstName: 'N' }));
	await hand(eve, cy);
	// Ann does not know of Eve, so Bo had no right to let her in.
	const cuts = cutsOf(ann.store.log, [didOf(bo)]);
	unwrap(await ann.store.log.sign({ type: 'revoke', cuts }, Date.now()));
	const engine = await createEngine(cy.store);
	const part = await meet(ann, cy, undefined, engine);
	await expect.poll(() => engine.status().copies, { timeout: 10_000 }).toBe(1);
	expect(cy.store.log.membership.devices.has(didOf(eve))).toBe(false);
	expect(cy.store.log.vector()[didOf(eve)]).toBe(1);
	part();
});

/** Of the message types on the wire. */
const PROOF = 3;
const PUT = 6;

test('an older word that names less makes no full copy of a device that lacks bodies', async () => {
	const ann = await foundInMemory();
	const bo = await joinInMemory(ann);
	const [anns, bos] = [ann, bo].map(didOf) as [string, string];
	const id = unwrap(await createRecord(ann.store.context, 'contact', { firstName: 'A' }));
	unwrap(await updateRecord(ann.store.context, id, { firstName: 'B' }));
	const engine = await createEngine(ann.store);
	const copiesAfter = (seq: number, partial: boolean) => {
		engine.confirm(bos, { [anns]: seq }, partial);
		return engine.status().copies;
	};
	expect(copiesAfter(2, true)).toBe(0);
	expect(copiesAfter(1, false)).toBe(0);
	expect(copiesAfter(2, false)).toBe(1);
	engine.close();
});

test('a device says in a mailbox that it lacks bodies; versions that do not know this read the rest', async () => {
	const { log } = (await foundInMemory()).store;
	const { membership, device } = log;
	const vector = { [device.did]: 7 };
	const frame = (holds: Holds) => encodeHolds(membership.wid, device, holds);
	for (const partial of [true, false])
		expect(await decodeHolds(await frame({ vector, partial }), membership, device.did)).toEqual(
			ok({ vector, partial }),
		);
	// A chain of nobody's, in the form that was there before.
	const more = { ...vector, AAAAAAAAAAAAAAAAAAAAAA: 1 };
	const said = (bytes: Bytes) =>
		unwrap(read(bytes, 'frame', (reader) => [reader.bytes(), reader.bytes()]))[0];
	expect(said(await frame({ vector, partial: true }))).toEqual(
		said(await frame({ vector: more, partial: false })),
	);
});
