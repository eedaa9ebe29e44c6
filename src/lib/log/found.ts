/**
 * How a workspace comes to a device: founded here, or joined. Either way the device's keys and the first entries are stored in
 * one transaction.
 */
import { fromBase64url, toBase64url, toHex, utf8, type Bytes } from '#core/bytes.ts';
import { fail, ok, unwrap, type Result } from '#core/result.ts';
import {
	createDeviceKeys,
	sign,
	verify,
	type DeviceKeys,
	type PublicKeys,
} from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import { newRecoveryEntropy, recoveryKeysFrom } from '#crypto/recovery.ts';
import { cutOf } from './cuts.ts';
import { NO_WORKSPACE, encodeMembershipHead, entryId, widOf, type SignedEntry } from './entry.ts';
import type { EpochKey } from './keyring.ts';
import { commitmentOf } from './kid.ts';
import type { LogStore } from './log-store.ts';
import { replayMembership, type Genesis, type StoredMembership } from './membership.ts';
import { succeedStatement } from './proofs.ts';
import { storageFailure } from './storage.ts';

/** Where a workspace is kept on this device. */
export type StoreOf = (wid: string) => LogStore;

export interface Founding extends Genesis {
	readonly userName: string;
	/** Public halves of a recovery key that is kept elsewhere. Without it one is made, and this device keeps it for now. */
	readonly recovery?: PublicKeys;
}

/** Signs the founding entry, whose hash is the workspace's id. Resolves to that id, base64url. */
export async function foundWorkspace(
	{ recovery, ...genesis }: Founding,
	now: number,
	storeOf: StoreOf,
): Promise<Result<string>> {
	const device = await createDeviceKeys();
	const key = randomBytes(32);
	const entropy = recovery ? undefined : newRecoveryEntropy();
	const head = encodeMembershipHead({
		wid: NO_WORKSPACE,
		did: device.did,
		publicKeys: device.publicKeys,
		prevs: [],
		hlc: now,
		op: {
			type: 'genesis',
			...genesis,
			commitment: await commitmentOf(key),
			recovery: recovery ?? (await recoveryKeysFrom(entropy!)).publicKeys,
			nonce: randomBytes(16),
		},
	});
	const wid = toBase64url(widOf(await entryId(head)));
	const entry = { head, sig: await sign(device, head) };
	const epochs = [{ kid: 0, key }];
	const stored = await storeWorkspace(device, epochs, [entry], now, storeOf(wid), entropy);
	return stored.ok ? ok(wid) : stored;
}

/**
 * Keys and membership of a workspace new to this device. `epochs`: oldest first; `recovery`: the recovery key, kept until the
 * person has saved it. Closes the store.
 */
export async function storeWorkspace(
	device: DeviceKeys,
	epochs: readonly EpochKey[],
	entries: readonly SignedEntry[],
	now: number,
	store: LogStore,
	recovery?: Bytes,
): Promise<Result<void>> {
	try {
		const held = await store.secrets();
		if (held.ok)
			return fail('Invalid', 'This device is already in that workspace. Open it from the list.');
		if (held.error.type !== 'NotFound') return held;
		const membership = await Promise.all(entries.map((entry) => toRow(entry, now)));
		await store.write({ secrets: { device, epochs, ...(recovery && { recovery }) }, membership });
		return await probeKeys(store);
	} catch (error) {
		return storageFailure(error);
	} finally {
		store.close();
	}
}

const toRow = async (entry: SignedEntry, now: number): Promise<StoredMembership> => ({
	...entry,
	id: toHex(await entryId(entry.head)),
	receivedAt: now,
});

/** The first-run probe: the stored keys, read again, must still sign. Some browsers lose or spoil them. */
async function probeKeys(store: LogStore): Promise<Result<void>> {
	const message = utf8('perennial/1 probe');
	try {
		const { device } = unwrap(await store.secrets());
		if (await verify(device.publicKeys.sign, await sign(device, message), message))
			return ok(undefined);
	} catch {
		// Falls through to the same answer: the keys are not usable.
	}
	await store.destroy();
	return fail(
		'Storage',
		'This browser cannot keep the keys of a device. Update it, leave private browsing, or use another browser.',
	);
}

/**
 * A profile that was copied or restored goes on as a new device of the same person (R5): its old chain has two ends, and
 * nobody could tell which one to believe. The log must be closed, and opened again after.
 */
export async function succeedDevice(
	wid: string,
	store: LogStore,
	now: number,
): Promise<Result<void>> {
	const secrets = await store.secrets();
	if (!secrets.ok) return secrets;
	const widBytes: Bytes = fromBase64url(wid)!;
	const before = await replayMembership(widBytes, await store.membership());
	if (!before.ok) return before;
	const { device: old } = secrets.value;
	const device = await createDeviceKeys();
	const chain = (await store.chains()).find(({ did }) => did === old.did);
	const head = encodeMembershipHead({
		wid: widBytes,
		did: old.did,
		publicKeys: old.publicKeys,
		prevs: before.value.prevs(old.did),
		hlc: now,
		op: {
			type: 'succeed',
			did: device.did,
			publicKeys: device.publicKeys,
			proof: await sign(device, succeedStatement(widBytes, old.did)),
			cut: cutOf(chain),
		},
	});
	const entry = await toRow({ head, sig: await sign(old, head) }, now);
	try {
		await store.write({ membership: [entry], secrets: { device } });
		return ok(undefined);
	} catch (error) {
		return storageFailure(error);
	}
}
