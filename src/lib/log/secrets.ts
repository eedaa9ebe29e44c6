/**
 * A device's secrets as they lie on the disk: sealed under the vault's key, each bound to its workspace and to its name. Whoever
 * reads them says `Locked` while the app lock is closed.
 */
import { utf8, type Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import { fail, ok, unwrap, type Result } from '#core/result.ts';
import { exportPrivateKeys, importDeviceKeys } from '#crypto/device.ts';
import type { DeviceKeys, PublicKeys } from '#crypto/device.ts';
import { newIv, open, seal, type Sealed } from '#crypto/seal.ts';
import type { EpochKey } from './keyring.ts';
import { notHere, type LogChange, type Secrets } from './log-store.ts';
import { vaultOf } from './vault.ts';

/** Whose secrets they are. */
export interface Place {
	readonly wid: string;
	readonly scope: string;
}

interface SealedDevice extends Sealed {
	readonly publicKeys: PublicKeys;
}

const label = (wid: string, name: string) => utf8(`perennial/1 secret ${wid} ${name}`);

/** Throws while the app is locked: nothing is written then. */
async function sealBytes({ wid, scope }: Place, name: string, plain: Bytes): Promise<Sealed> {
	const key = unwrap(await vaultOf(scope).key());
	const iv = newIv();
	return { iv, ct: await seal(key, iv, plain, label(wid, name)) };
}

export async function openBytes(
	{ wid, scope }: Place,
	name: string,
	{ iv, ct }: Sealed,
): Promise<Result<Bytes>> {
	const key = await vaultOf(scope).key();
	if (!key.ok) return key;
	const plain = await open(key.value, iv, ct, label(wid, name));
	return plain.ok
		? plain
		: fail('Storage', 'The keys of this device are damaged. Restore the workspace from a backup.', {
				storage: 'corrupt',
			});
}

/** Plain data that nobody should read from the disk. */
export const sealValue = (place: Place, name: string, value: unknown): Promise<Sealed> =>
	sealBytes(place, name, createWriter().any(value).done());

export async function openValue<T>(place: Place, name: string, sealed: Sealed): Promise<Result<T>> {
	const plain = await openBytes(place, name, sealed);
	return plain.ok ? read(plain.value, 'secret', (reader) => reader.any() as T) : plain;
}

/** Rows for the table `secrets`. */
export async function sealSecrets(
	place: Place,
	{ device, epochs, recovery }: NonNullable<LogChange['secrets']> = {},
): Promise<readonly { readonly name: string; readonly value: unknown }[]> {
	const rows = [];
	if (device) {
		const { sign, agree } = await exportPrivateKeys(device);
		const plain = createWriter().bytes(sign).bytes(agree).done();
		const sealed = await sealBytes(place, 'device', plain);
		rows.push({ name: 'device', value: { publicKeys: device.publicKeys, ...sealed } });
	}
	if (epochs) rows.push({ name: 'epochs', value: await sealValue(place, 'epochs', epochs) });
	if (recovery)
		rows.push({ name: 'recovery', value: await sealBytes(place, 'recovery', recovery) });
	return rows;
}

/** The rows `device` and `epochs`. */
export async function openSecrets(
	place: Place,
	stored: unknown,
	epochs: unknown,
): Promise<Result<Secrets>> {
	// First of all, so that a locked app says so and not that there is nothing.
	const key = await vaultOf(place.scope).key();
	if (!key.ok) return key;
	if (!stored || !epochs) return notHere();
	const device = await openDevice(place, stored as SealedDevice);
	if (!device.ok) return device;
	const keys = await openValue<readonly EpochKey[]>(place, 'epochs', epochs as Sealed);
	return keys.ok ? ok({ device: device.value, epochs: keys.value }) : keys;
}

async function openDevice(place: Place, row: SealedDevice): Promise<Result<DeviceKeys>> {
	const plain = await openBytes(place, 'device', row);
	if (!plain.ok) return plain;
	const pair = read(plain.value, 'key', (reader) => ({
		sign: reader.bytes(),
		agree: reader.bytes(),
	}));
	return pair.ok ? ok(await importDeviceKeys(row.publicKeys, pair.value)) : pair;
}
