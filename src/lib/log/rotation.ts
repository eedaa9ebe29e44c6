/**
 * Changing the epoch key (R8): when a device is removed or leaves, when somebody came in without an owner, and every 90 days. Each device
 * that belongs gets the new key boxed for it alone; what was sealed before stays readable to those who had its key.
 */
import { DAY } from '#core/clock.ts';
import { ok, type Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import type { Boxed } from '#crypto/seal.ts';
import { boxKeys, commitmentOf, kidOf } from './keyring.ts';
import type { Log } from './log.ts';
import { belongs, type Membership } from './membership.ts';

const ROTATE_EVERY = 90 * DAY;

/** Owners only. This device learns the key from its own box, so key and entry are stored together or not at all. */
export async function rotate(log: Log, now: number): Promise<Result<string>> {
	const { membership, wid } = log;
	const key = randomBytes(32);
	const commitment = await commitmentOf(key);
	const kid = kidOf(commitment);
	const keys: Record<Did, Boxed> = {};
	for (const { did, publicKeys } of membership.devices.values())
		if (belongs(membership, did))
			keys[did] = await boxKeys([{ kid, key }], wid, did, publicKeys.agree);
	return log.sign({ type: 'rotate', kid, commitment, keys }, now);
}

/** Why an owner's device should rotate now. */
export const isRotationDue = ({ membership }: Log, now: number): boolean =>
	now - membership.epoch.since > ROTATE_EVERY ||
	someLeft(membership) ||
	[...membership.devices.values()].some(
		({ unreviewed, did }) => unreviewed && belongs(membership, did),
	);

/** A device left by its own word, and no owner has changed the key since. */
function someLeft({ acts }: Membership): boolean {
	let left = false;
	for (const { type, effective, did, op } of acts) {
		if (!effective) continue;
		if (type === 'rotate') left = false;
		else if (type === 'revoke') left ||= Object.hasOwn(op.cuts as object, did);
	}
	return left;
}

/** All keys for devices that were let in while the key changed. Does nothing while this one waits for the newest itself. */
export async function giveKeys(
	log: Log,
	devices: readonly Did[],
	now: number,
): Promise<Result<void>> {
	const { membership, wid, keyring } = log;
	if (keyring.newest().kid !== membership.epoch.kid) return ok(undefined);
	for (const did of devices) {
		const device = membership.devices.get(did);
		if (!device || did === log.device.did || !belongs(membership, did)) continue;
		const keys = await boxKeys(keyring.all(), wid, did, device.publicKeys.agree);
		const signed = await log.sign({ type: 'keys', device: did, keys }, now);
		if (!signed.ok) return signed;
	}
	return ok(undefined);
}
