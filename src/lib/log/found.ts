/**
 * How a workspace comes to a device: founded here, or joined. Either way the device's keys and the first entries are stored in
 * one transaction.
 */
import { toBase64url, toHex, utf8, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { createDeviceKeys, sign, verify, type DeviceKeys } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import { newRecoveryEntropy, recoveryKeysFrom } from '#crypto/recovery.ts';
import { LogDatabase } from './database.ts';
import { NO_WORKSPACE, encodeMembershipHead, entryId, widOf, type SignedEntry } from './entry.ts';
import type { Genesis } from './membership.ts';
import { deviceRow, epochsRow, readSecrets, recoveryRow, type EpochKeys } from './secrets.ts';
import { storageFailure } from './storage.ts';

/** Signs the founding entry, whose hash is the workspace's id. Resolves to that id, base64url. */
export async function foundWorkspace(
	genesis: Genesis & { userName: string },
	now: number,
	scope = '',
): Promise<Result<string>> {
	const device = await createDeviceKeys();
	const entropy = newRecoveryEntropy();
	const { publicKeys: recovery } = await recoveryKeysFrom(entropy);
	const head = encodeMembershipHead({
		wid: NO_WORKSPACE,
		did: device.did,
		publicKeys: device.publicKeys,
		prevs: [],
		hlc: now,
		op: { type: 'genesis', ...genesis, recovery, nonce: randomBytes(16) },
	});
	const wid = toBase64url(widOf(await entryId(head)));
	const entry = { head, sig: await sign(device, head) };
	const epochs = { 0: randomBytes(32) };
	const stored = await storeDevice(wid, device, epochs, [entry], now, scope, entropy);
	return stored.ok ? ok(wid) : stored;
}

/** Keys, epoch key and membership of a workspace new to this device. */
export const storeWorkspace = (
	wid: string,
	device: DeviceKeys,
	epochKey: Bytes,
	epoch: number,
	entries: readonly SignedEntry[],
	now: number,
	scope = '',
): Promise<Result<void>> => storeDevice(wid, device, { [epoch]: epochKey }, entries, now, scope);

/** `entropy` is the recovery key, kept until the person has saved it. */
export async function storeDevice(
	wid: string,
	device: DeviceKeys,
	epochs: EpochKeys,
	entries: readonly SignedEntry[],
	now: number,
	scope = '',
	entropy?: Bytes,
): Promise<Result<void>> {
	const database = new LogDatabase(wid, scope);
	const rows = await Promise.all(
		entries.map(async (entry) => ({
			...entry,
			id: toHex(await entryId(entry.head)),
			receivedAt: now,
		})),
	);
	try {
		const sealed = await Promise.all([
			deviceRow(wid, scope, device),
			epochsRow(wid, scope, epochs),
			...(entropy ? [recoveryRow(wid, scope, entropy)] : []),
		]);
		for (const row of sealed) if (!row.ok) return row;
		await database.transaction('rw', [database.secrets, database.membership], async () => {
			if (await database.secrets.get('device')) throw new Error('it is already on this device');
			for (const row of sealed)
				if (row.ok) await database.secrets.put(row.value.value, row.value.name);
			await database.membership.bulkPut(rows);
		});
		return await probeKeys(database, wid, scope);
	} catch (error) {
		return storageFailure(error);
	} finally {
		database.close();
	}
}

/** The first-run probe: the stored keys, read again, must still sign. Some browsers lose or spoil them. */
async function probeKeys(database: LogDatabase, wid: string, scope: string): Promise<Result<void>> {
	const message = utf8('perennial/1 probe');
	try {
		const secrets = await readSecrets(database, wid, scope);
		if (secrets.ok) {
			const { device } = secrets.value;
			if (await verify(device.publicKeys.sign, await sign(device, message), message))
				return ok(undefined);
		}
	} catch {
		// Falls through to the same answer: the keys are not usable.
	}
	await database.delete();
	return fail(
		'Storage',
		'This browser cannot keep the keys of a device. Update it, leave private browsing, or use another browser.',
		{ storage: 'blocked' },
	);
}
