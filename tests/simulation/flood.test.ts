/** Drills: a device that says without end what has no effect, and claims to have seen the founding only. */
import { expect, test } from 'vitest';
import { fromBase64url, fromHex } from '#core/bytes.ts';
import { unwrap } from '#core/result.ts';
import { sign } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import { cutsOf } from '#log/cuts.ts';
import { encodeMembershipHead, type SignedEntry } from '#log/entry.ts';
import { belongs } from '#log/membership.ts';
import { SEED_LENGTH, inviteKeys } from '#sync/invite.ts';
import { didOf } from '#tests/support/drill.ts';
import { foundInMemory, joinInMemory, type MemoryDevice } from '#tests/support/memory.ts';

async function babble({ store: { log } }: MemoryDevice, words: number): Promise<SignedEntry[]> {
	const { device } = log;
	const said = { wid: fromBase64url(log.wid)!, did: device.did, publicKeys: device.publicKeys };
	const prevs = [fromHex(log.membershipEntries()[0]!.id)];
	const entries: SignedEntry[] = [];
	for (let hlc = 0; hlc < words; hlc++) {
		const head = encodeMembershipHead({ ...said, prevs, hlc, op: { type: 'x' } });
		entries.push({ head, sig: await sign(device, head) });
	}
	return entries;
}

const revoke = ({ store: { log } }: MemoryDevice, did: string) =>
	log.sign({ type: 'revoke', cuts: cutsOf(log, [did]) }, Date.now());
const sizeOf = ({ store }: MemoryDevice) => store.log.membershipEntries().length;

async function tell(from: MemoryDevice, to: MemoryDevice, ...more: readonly SignedEntry[]) {
	const entries = [...from.store.log.membershipEntries(), ...more];
	unwrap(await to.store.log.receiveMembership(entries, didOf(from)));
}

test('a viewer silences nobody', async () => {
	const ann = await foundInMemory();
	const [bo, vic] = [await joinInMemory(ann), await joinInMemory(ann, { role: 'viewer' })];
	const promotion = { type: 'role', member: didOf(bo), role: 'owner', cuts: {} } as const;
	unwrap(await ann.store.log.sign(promotion, Date.now()));
	await tell(ann, bo);
	unwrap(await bo.store.log.sign({ type: 'policy', settings: { a: 1 } }, Date.now()));
	const words = await babble(vic, 300);
	const before = sizeOf(bo);
	for (const one of [ann, bo]) await tell(vic, one, ...words);
	expect(sizeOf(bo) - before).toBeLessThan(300);
	// Admits one, whose name the next entries must have seen.
	const cy = await joinInMemory(ann);
	await tell(ann, bo);
	expect(belongs(bo.store.log.membership, didOf(cy))).toBe(true);
	unwrap(await revoke(bo, didOf(vic)));
	await tell(bo, ann);
	expect(belongs(ann.store.log.membership, didOf(vic))).toBe(false);
	expect(ann.store.log.membership.policy).toEqual({ a: 1 });
});

test('a removed device fills nobody’s membership', async () => {
	const ann = await foundInMemory();
	const vic = await joinInMemory(ann);
	unwrap(await revoke(ann, didOf(vic)));
	const before = sizeOf(ann);
	const words = await babble(vic, 200);
	await tell(vic, ann, ...words.slice(0, 100));
	await tell(vic, ann, ...words.slice(100));
	expect(sizeOf(ann) - before).toBeLessThan(20);
});

test('what somebody who had not heard of it rests on is kept', async () => {
	const ann = await foundInMemory();
	const [bo, vic] = [await joinInMemory(ann), await joinInMemory(ann)];
	await tell(ann, bo);
	unwrap(await revoke(ann, didOf(vic)));
	const words = await babble(vic, 40);
	await tell(vic, bo, ...words);
	const { publicKey } = await inviteKeys(randomBytes(SEED_LENGTH));
	const invite = { role: 'editor', uses: 1, expiresAt: Date.now(), publicKey } as const;
	const op = { type: 'invite', ...invite, member: didOf(bo) } as const;
	unwrap(await bo.store.log.sign(op, Date.now()));
	await tell(vic, ann, ...words);
	await tell(bo, ann);
	const own = ({ store }: MemoryDevice) =>
		store.log.membership.acts.filter(({ did, effective }) => effective && did === didOf(bo));
	expect(own(ann).map(({ type }) => type)).toEqual(own(bo).map(({ type }) => type));
	expect(own(ann).length).toBeGreaterThan(1);
});
