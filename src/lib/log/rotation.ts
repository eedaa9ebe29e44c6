/**
 * Changing the epoch key (R8): when a device is removed or leaves, when somebody came in without an owner, and every 90 days. Each device
 * that belongs gets the new key boxed for it alone; what was sealed before stays readable to those who had its key.
 */
import { DAY } from '#core/clock.ts';
import { ok, type Result } from '#core/result.ts';
import type { DeviceKeys, Did } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import type { Boxed } from '#crypto/seal.ts';
import { boxKeys, type EpochKey } from './keyring.ts';
import { commitmentOf, kidOf } from './kid.ts';
import type { Log } from './log.ts';
import { belongs } from './membership.ts';
import type { OperationOf } from './operations.ts';

const ROTATE_EVERY = 90 * DAY;

/** What fits into one entry, twice over; the others are given theirs one by one. */
const MOST_BOXES = 50;

/** Owners only. This device learns the key from its own box, so key and entry are stored together or not at all. */
export async function rotate(log: Log, now: number): Promise<Result<string>> {
	const { membership, wid, device } = log;
	const key = randomBytes(32);
	const commitment = await commitmentOf(key);
	const kid = kidOf(commitment);
	const keys: Record<Did, Boxed> = {};
	const others = [...membership.devices.values()].filter(
		({ did }) => did !== device.did && belongs(membership, did),
	);
	for (const one of [device, ...others].slice(0, MOST_BOXES)) {
		const boxed = await boxFor(one, [{ kid, key }], wid);
		if (boxed) keys[one.did] = boxed;
	}
	const signed = await log.sign({ type: 'rotate', kid, commitment, keys }, now);
	if (!signed.ok) return signed;
	const given = await giveKeys(log, log.membership.devices.keys(), now);
	return given.ok ? signed : given;
}

/** Undefined for a device whose key is none: it could not read anyway, and must not keep the others from a new one. */
async function boxFor(
	{ did, publicKeys }: Pick<DeviceKeys, 'did' | 'publicKeys'>,
	keys: readonly EpochKey[],
	wid: string,
): Promise<Boxed | undefined> {
	try {
		return await boxKeys(keys, wid, did, publicKeys.agree);
	} catch {
		return undefined;
	}
}

/** Why an owner's device should rotate now. */
export const isRotationDue = ({ membership }: Log, now: number): boolean =>
	now - membership.epoch.since > ROTATE_EVERY ||
	membership.epoch.stale ||
	[...membership.devices.values()].some(
		({ unreviewed, did }) => unreviewed && belongs(membership, did),
	);

/** This device holds keys that the other one was not given; what it has given it itself is in the log for good. */
function owes({ membership, keyring, device }: Log, did: Did): boolean {
	const given = membership.given(did);
	const owed = keyring.all().filter(({ kid }) => given.get(kid) === false);
	if (!owed.length) return false;
	const own = membership.acts.flatMap((act) =>
		act.type === 'keys' && act.effective && act.did === device.did && act.op.device === did
			? ((act.op as OperationOf<'keys'>).kids ?? [])
			: [],
	);
	return owed.some(({ kid }) => !own.includes(kid));
}

/** Says which keys this device holds when one that it was given did not open: others give it then. */
export async function askForKeys(log: Log, now: number): Promise<Result<void>> {
	const { membership, wid, keyring, device } = log;
	const kids = keyring.all().map(({ kid }) => kid);
	const given = [...membership.given(device.did)];
	if (given.every(([kid, was]) => !was || kids.includes(kid))) return ok(undefined);
	const keys = belongs(membership, device.did) && (await boxFor(device, [], wid));
	if (!keys) return ok(undefined);
	const signed = await log.sign({ type: 'keys', device: device.did, keys, kids }, now);
	return signed.ok ? ok(undefined) : signed;
}

/** All keys for those of the devices that lack some. Does nothing while this one waits for the newest itself. */
export async function giveKeys(
	log: Log,
	devices: Iterable<Did>,
	now: number,
): Promise<Result<void>> {
	const { membership, wid, keyring } = log;
	if (keyring.newest().kid !== membership.epoch.kid) return ok(undefined);
	for (const did of devices) {
		const device = membership.devices.get(did);
		if (!device || did === log.device.did || !belongs(membership, did)) continue;
		if (!owes(log, did)) continue;
		const ring = keyring.all();
		const keys = await boxFor(device, ring, wid);
		if (!keys) continue;
		const kids = ring.map(({ kid }) => kid);
		const signed = await log.sign({ type: 'keys', device: did, keys, kids }, now);
		if (!signed.ok) return signed;
	}
	return ok(undefined);
}
