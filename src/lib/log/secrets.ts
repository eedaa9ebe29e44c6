/**
 * A device's keys as they lie on the disk: sealed under the vault's key, each bound to its workspace and to its name. Whoever
 * reads them says `Locked` while the app lock is closed.
 */
import { utf8, type Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { exportPrivateKeys, importDeviceKeys } from '#crypto/device.ts';
import type { DeviceKeys, PublicKeys } from '#crypto/device.ts';
import { newIv, open, seal, type Sealed } from '#crypto/seal.ts';
import { LogDatabase } from './database.ts';
import { vaultOf } from './vault.ts';

/** Epoch -> its key, 32 bytes. */
export type EpochKeys = Readonly<Record<number, Bytes>>;

export interface Secrets {
	readonly device: DeviceKeys;
	readonly epochs: EpochKeys;
}

/** A row of the table `secrets`: sealed before the transaction that stores it, because WebCrypto would end that one. */
export interface SecretRow {
	readonly name: 'device' | 'epochs' | 'recovery';
	readonly value: unknown;
}

interface SealedDevice extends Sealed {
	readonly publicKeys: PublicKeys;
}

const place = (wid: string, name: string) => utf8(`perennial/1 secret ${wid} ${name}`);

async function sealRow(
	wid: string,
	scope: string,
	name: SecretRow['name'],
	plain: Bytes,
	more: object = {},
): Promise<Result<SecretRow>> {
	const key = await vaultOf(scope).key();
	if (!key.ok) return key;
	const iv = newIv();
	const ct = await seal(key.value, iv, plain, place(wid, name));
	return ok({ name, value: { ...more, iv, ct } });
}

async function openRow(
	wid: string,
	scope: string,
	name: SecretRow['name'],
	{ iv, ct }: Sealed,
): Promise<Result<Bytes>> {
	const key = await vaultOf(scope).key();
	if (!key.ok) return key;
	const plain = await open(key.value, iv, ct, place(wid, name));
	return plain.ok
		? plain
		: fail('Storage', 'The keys of this device are damaged. Restore the workspace from a backup.', {
				storage: 'corrupt',
			});
}

export async function deviceRow(wid: string, scope: string, device: DeviceKeys) {
	const { sign, agree } = await exportPrivateKeys(device);
	const plain = createWriter().bytes(sign).bytes(agree).done();
	return sealRow(wid, scope, 'device', plain, { publicKeys: device.publicKeys });
}

export const epochsRow = (wid: string, scope: string, epochs: EpochKeys) =>
	sealRow(wid, scope, 'epochs', createWriter().any(epochs).done());

export const recoveryRow = (wid: string, scope: string, entropy: Bytes) =>
	sealRow(wid, scope, 'recovery', entropy);

/** `NotFound` when the workspace is not on this device. */
export async function readSecrets(
	database: LogDatabase,
	wid: string,
	scope: string,
): Promise<Result<Secrets>> {
	const device = (await database.secrets.get('device')) as SealedDevice | DeviceKeys | undefined;
	const epochs = (await database.secrets.get('epochs')) as Sealed | EpochKeys | undefined;
	if (!device || !epochs)
		return fail(
			'NotFound',
			'This device does not hold that workspace. Open its link, or join again.',
		);
	const keys = 'ct' in device ? await openDevice(wid, scope, device) : ok(device);
	if (!keys.ok) return keys;
	const all = isSealed(epochs) ? await openEpochs(wid, scope, epochs) : ok(epochs);
	return all.ok ? ok({ device: keys.value, epochs: all.value }) : all;
}

/** The recovery key, until the person has saved it; then `NotFound`. */
export async function readRecovery(
	database: LogDatabase,
	wid: string,
	scope: string,
): Promise<Result<Bytes>> {
	const row = (await database.secrets.get('recovery')) as Sealed | undefined;
	return row
		? openRow(wid, scope, 'recovery', row)
		: fail('NotFound', 'The recovery words are not on this device any more. They are in the kit.');
}

/** Keys of the first version were stored as they are. */
const isSealed = (value: Sealed | EpochKeys): value is Sealed => 'ct' in value;

async function openDevice(wid: string, scope: string, row: SealedDevice) {
	const plain = await openRow(wid, scope, 'device', row);
	if (!plain.ok) return plain;
	const pair = read(plain.value, 'key', (reader) => ({
		sign: reader.bytes(),
		agree: reader.bytes(),
	}));
	return pair.ok ? ok(await importDeviceKeys(row.publicKeys, pair.value)) : pair;
}

async function openEpochs(wid: string, scope: string, row: Sealed): Promise<Result<EpochKeys>> {
	const plain = await openRow(wid, scope, 'epochs', row);
	return plain.ok ? read(plain.value, 'key', (reader) => reader.any() as EpochKeys) : plain;
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
	(await database.secrets.get('folder')) as FileSystemDirectoryHandle | undefined;

export const setBackupFolder = async (
	database: LogDatabase,
	folder: FileSystemDirectoryHandle | undefined,
): Promise<void> =>
	void (await (folder
		? database.secrets.put(folder, 'folder')
		: database.secrets.delete('folder')));

/** Why the app lock cannot protect this workspace's keys; undefined when it can. */
export async function lockObstacle(
	wid: string,
	scope = '',
): Promise<'kit' | 'unsealed' | undefined> {
	const database = new LogDatabase(wid, scope);
	try {
		const device = (await database.secrets.get('device')) as object | undefined;
		if (device && !('ct' in device)) return 'unsealed';
		return (await kitState(database)) === 'unsaved' ? 'kit' : undefined;
	} finally {
		database.close();
	}
}
