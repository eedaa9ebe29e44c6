/** What this device keeps for itself beside the log: words not saved yet, its invites, and when it was last backed up, and where to. */
import type { Bytes } from '#core/bytes.ts';
import { fail, type Result } from '#core/result.ts';
import type { Sealed } from '#crypto/seal.ts';
import type { Lacks } from './bundle.ts';
import type { LogDatabase } from './database.ts';
import { openBytes, openValue, sealValue } from './secrets.ts';

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

/** In the clear, as all that follows: the last backup that was read back. */
export interface BackupNote {
	readonly at: number;
	readonly entries: number;
	/** Bytes of the file. */
	readonly size: number;
	/** What is not in it, because its writer could not read it or left it with others; absent when it is complete. */
	readonly lacks?: Lacks;
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

/** What the last check of everything here found, and when. */
export interface CheckNote {
	readonly at: number;
	/** Rows that did not say what was stored or received. */
	readonly damaged: number;
	/** Those mended from what is here; others come from other devices. */
	readonly healed: number;
	/** Entries whose bodies only other devices have. */
	readonly awaited: number;
}

export const lastCheck = async (database: LogDatabase): Promise<CheckNote | undefined> =>
	(await database.secrets.get('check')) as CheckNote | undefined;

export const noteCheck = async (database: LogDatabase, note: CheckNote): Promise<void> =>
	void (await database.secrets.put(note, 'check'));

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
