/** Who belongs, through a mailbox: frames of members lie there in whatever order, and some of them hold what nobody can use. */
import { describe, expect, test } from 'vitest';
import { fromBase64url } from '#core/bytes.ts';
import { fail, unwrap } from '#core/result.ts';
import { createDeviceKeys, sign } from '#crypto/device.ts';
import { cutsOf } from '#log/cuts.ts';
import { encodeMembershipHead, type SignedEntry } from '#log/entry.ts';
import { belongs } from '#log/membership.ts';
import { encodeMembers } from '#sync/mail-frame.ts';
import type { Mailbox } from '#sync/mailbox.ts';
import { didOf } from '#tests/support/drill.ts';
import { createMemoryMailbox, placesOf, roundsOf } from '#tests/support/mailbox.ts';
import { foundInMemory, joinInMemory, type MemoryDevice } from '#tests/support/memory.ts';

const policy = ({ store: { log } }: MemoryDevice, settings: Record<string, unknown>) =>
	log.sign({ type: 'policy', settings }, Date.now());

/** Well sealed and signed, by a device that nobody let in. */
async function rubbish({ store: { log } }: MemoryDevice): Promise<SignedEntry> {
	const keys = await createDeviceKeys();
	const head = encodeMembershipHead({
		...{ wid: fromBase64url(log.wid)!, did: keys.did, publicKeys: keys.publicKeys },
		...{ prevs: log.membership.heads, hlc: 1, op: { type: 'policy', settings: { a: 1 } } },
	});
	return { head, sig: await sign(keys, head) };
}

async function put(
	by: MemoryDevice,
	mailbox: Mailbox,
	name: string,
	entries: readonly SignedEntry[],
): Promise<void> {
	const [place] = await placesOf(by);
	const { space, members, seal } = place!;
	const sealed = await seal(members, name, encodeMembers(entries));
	unwrap(await mailbox.append(space, members, name, sealed, undefined));
}

describe.each(['folder', 'relay'] as const)('through a %s', (kind) => {
	test('what a newcomer signed reaches who reads it before the admission', async () => {
		const mailbox = createMemoryMailbox(kind);
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const bosRound = roundsOf(bo, mailbox);
		await bosRound();
		// Bo is away. Cy and Eve come in, and Cy, who is made an owner, is the first of them at the mailbox.
		const cy = await joinInMemory(ann);
		const eve = await joinInMemory(ann);
		const role = { type: 'role', member: didOf(cy), role: 'owner', cuts: {} } as const;
		unwrap(await ann.store.log.sign(role, Date.now()));
		unwrap(await cy.store.log.receiveMembership(ann.store.log.membershipEntries()));
		unwrap(
			await cy.store.log.sign(
				{ type: 'revoke', cuts: cutsOf(cy.store.log, [didOf(eve)]) },
				Date.now(),
			),
		);
		const before = new Set(ann.store.log.membershipEntries().map(({ id }) => id));
		const news = cy.store.log.membershipEntries().filter(({ id }) => !before.has(id));
		const old = ann.store.log.membershipEntries();
		if (kind === 'folder') await put(ann, mailbox, 'members-b', old);
		await put(ann, mailbox, 'members-a', news);
		// Bo looks while the admission is still on its way.
		if (kind === 'relay') {
			await bosRound();
			await put(ann, mailbox, 'members-b', old);
		}
		await bosRound();
		expect(belongs(bo.store.log.membership, didOf(eve))).toBe(false);
		expect(bo.store.log.membershipEntries().length).toBe(cy.store.log.membershipEntries().length);
	});

	test('frames that turn out to hold nothing are read again when others have come, and then only', async () => {
		const mailbox = createMemoryMailbox(kind);
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const [annsRound, bosRound] = [roundsOf(ann, mailbox), roundsOf(bo, mailbox)];
		await annsRound();
		const name = 'members-rubbish';
		await put(ann, mailbox, name, [await rubbish(ann)]);
		const timesLoaded = () => mailbox.loaded.filter((one) => one === name).length;
		const loads: number[] = [];
		for (let i = 0; i < 3; i++) {
			await bosRound();
			loads.push(timesLoaded());
		}
		expect(loads[0]).toBeGreaterThan(0);
		expect(loads).toEqual(loads.map(() => loads[0]));
		unwrap(await policy(ann, { name: 'New' }));
		const old = timesLoaded();
		await annsRound();
		const byAnn = timesLoaded() - old;
		await bosRound();
		expect(bo.store.log.membership.policy.name).toBe('New');
		await bosRound();
		const after = timesLoaded();
		expect(after - old - byAnn).toBeGreaterThan(0);
		for (let i = 0; i < 3; i++) await bosRound();
		expect(timesLoaded()).toBe(after);
	});

	test('what a disk could not take is read again', async () => {
		const mailbox = createMemoryMailbox(kind);
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const [annsRound, bosRound] = [roundsOf(ann, mailbox), roundsOf(bo, mailbox)];
		await annsRound();
		await bosRound();
		// It was searched for more already, in vain.
		await put(ann, mailbox, 'members-rubbish', [await rubbish(ann)]);
		await bosRound();
		unwrap(await policy(ann, { name: 'New' }));
		await annsRound();
		const receiveMembership = async () => fail('Storage', 'The disk is full.');
		await expect(bosRound({ receiveMembership })).rejects.toThrow('full');
		expect(bo.store.log.membership.policy.name).toBeUndefined();
		await bosRound();
		expect(bo.store.log.membership.policy.name).toBe('New');
	});

	test('all frames of members of a round are judged together', async () => {
		const mailbox = createMemoryMailbox(kind);
		const ann = await foundInMemory();
		const bo = await joinInMemory(ann);
		const annsRound = roundsOf(ann, mailbox);
		const topics: string[] = [];
		for (const place of await placesOf(ann)) topics.push(place.members);
		for (let i = 0; i < 5; i++) {
			unwrap(await policy(ann, { i }));
			await annsRound();
		}
		const bosRound = roundsOf(bo, {
			...mailbox,
			// Confirmations stand between them in a relay: of members alone.
			async read(space, mark) {
				const { whole, frames } = unwrap(await mailbox.read(space, mark));
				const members = async function* () {
					for await (const frame of frames) if (topics.includes(frame.topic)) yield frame;
				};
				return { ok: true, value: { whole, frames: members() } };
			},
		});
		let judged = 0;
		const { receiveMembership } = bo.store.log;
		await bosRound({
			receiveMembership: (...all) => (judged++, receiveMembership(...all)),
		});
		expect(bo.store.log.membership.policy.i).toBe(4);
		expect(judged).toBe(1);
	});
});
