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
import type { LogDatabase } from './database.ts';
import type { EpochKey } from './keyring.ts';
import { notHere, type LogChange, type Secrets } from './log-store.ts';
import { vaultOf } from './vault.ts';

type Place = Pick<LogDatabase, 'wid' | 'scope'>;

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

async function openBytes(
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

export async function readSecrets(database: LogDatabase): Promise<Result<Secrets>> {
	// First of all, so that a locked app says so and not that there is nothing.
	const key = await vaultOf(database.scope).key();
	if (!key.ok) return key;
	const [stored, epochs] = await database.secrets.bulkGet(['device', 'epochs']);
	if (!stored || !epochs) return notHere();
	const device = await openDevice(database, stored as SealedDevice);
	if (!device.ok) return device;
	const keys = await openValue<readonly EpochKey[]>(database, 'epochs', epochs as Sealed);
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

/** The recovery key, until the person has saved it; then `NotFound`. */
export async function readRecovery(database: LogDatabase): Promise<Result<Bytes>> {
	const row = (await database.secrets.get('recovery')) as Sealed | undefined;
	return row
		? openBytes(database, 'recovery', row)
		: fail('NotFound', 'The recovery words are not on this device any more. They are in the kit.');
}

/** What opens an invite's room; only the device that made the invite has it. */
export interface InviteSecret {
	readonly seed: Bytes;
	readonly url: string;
}

export async function keepInvite(
	database: LogDatabase,
	id: string,
	secret: InviteSecret,
): Promise<void> {
	await database.invites.put({ id, sealed: await sealValue(database, `invite ${id}`, secret) });
}

/** Id of the invite entry -> its secret. */
export async function keptInvites(
	database: LogDatabase,
): Promise<ReadonlyMap<string, InviteSecret>> {
	const secrets = new Map<string, InviteSecret>();
	for (const { id, sealed } of await database.invites.toArray()) {
		const secret = await openValue<InviteSecret>(database, `invite ${id}`, sealed);
		if (secret.ok) secrets.set(id, secret.value);
	}
	return secrets;
}

/** Notes beside the secrets, in the clear: when the kit was saved, and the last backup that was read back. */
export interface BackupNote {
	readonly at: number;
	readonly entries: number;
	/** Bytes of the file. */
	readonly size: number;
}

export type KitState = 'unsaved' | 'saved' | 'elsewhere';

/** `elsewhere`: this device never had the words; whoever founded the workspace keeps them. */
export async function kitState(database: LogDatabase): Promise<KitState> {
	if (await database.secrets.get('recovery')) return 'unsaved';
	return (await database.secrets.get('kit')) ? 'saved' : 'elsewhere';
}

/** The person has the words: this device forgets them. */
export const forgetRecovery = (database: LogDatabase, at: number): Promise<void> =>
	database.transaction('rw', database.secrets, async () => {
		await database.secrets.delete('recovery');
		await database.secrets.put({ at }, 'kit');
	});

export const lastBackup = async (database: LogDatabase): Promise<BackupNote | undefined> =>
	(await database.secrets.get('backup')) as BackupNote | undefined;

export const noteBackup = async (database: LogDatabase, note: BackupNote): Promise<void> =>
	void (await database.secrets.put(note, 'backup'));

/** Where daily backups go (File System Access); the browser may ask again before it is written to. */
export const backupFolder = async (database: LogDatabase) =>
	(await database.secrets.get('backup folder')) as FileSystemDirectoryHandle | undefined;

export const setBackupFolder = async (
	database: LogDatabase,
	folder: FileSystemDirectoryHandle | undefined,
): Promise<void> =>
	void (await (folder
		? database.secrets.put(folder, 'backup folder')
		: database.secrets.delete('backup folder')));
