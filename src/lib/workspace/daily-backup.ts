/**
 * A backup a day into a folder that the person chose (File System Access), one file for each day of the week, so that a bad
 * one never replaces the only good one. Only where the browser still allows writing; asking again is for a press of a button.
 */
import type { Result } from '#core/result.ts';
import { bundleName } from '#log/bundle.ts';
import type { BackupNote } from '#log/notes.ts';
import type { Watched, WorkspaceSafety } from './workspace.ts';

const DAY = 86_400_000;
const LOOK_EVERY_MS = 30 * 60_000;

interface Permitted {
	queryPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
	requestPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
}

export const folderAllows = async (folder: FileSystemDirectoryHandle): Promise<boolean> =>
	((await (folder as Permitted).queryPermission?.({ mode: 'readwrite' })) ?? 'granted') ===
	'granted';

/** Call while a press is being handled. */
export const askFolder = async (folder: FileSystemDirectoryHandle): Promise<boolean> =>
	((await (folder as Permitted).requestPermission?.({ mode: 'readwrite' })) ?? 'granted') ===
	'granted';

/** `Bright & Sons 2026-11-22.perennial` -> `Bright & Sons, Sunday.perennial`, the same name each week. */
const nameOfDay = (workspace: string, at: number) =>
	bundleName(workspace, at).replace(
		/ [\d-]+\.perennial$/,
		`, ${new Intl.DateTimeFormat('en', { weekday: 'long' }).format(at)}.perennial`,
	);

/** Writes, reads the file back from its place, and only then it counts. */
export async function backUpTo(
	handle: FileSystemFileHandle,
	safety: WorkspaceSafety,
	{ onShare, signal }: Watched = {},
): Promise<Result<BackupNote>> {
	const watched = (from: number, to: number): Watched => ({
		onShare: (share) => onShare?.(from + share * (to - from)),
		...(signal && { signal }),
	});
	const file = await safety.backup(watched(0, 0.7));
	if (!file.ok) return file;
	const writable = await handle.createWritable();
	await file.value.stream().pipeTo(writable, signal ? { signal } : {});
	return safety.verify(await handle.getFile(), watched(0.7, 1));
}

export async function backUpToFolder(
	folder: FileSystemDirectoryHandle,
	workspace: string,
	safety: WorkspaceSafety,
): Promise<Result<BackupNote>> {
	const name = nameOfDay(workspace, Date.now());
	return backUpTo(await folder.getFileHandle(name, { create: true }), safety);
}

/** Looks now and every half hour; one tab does it. Returns what stops it. */
export function keepDailyBackups(
	{ id, name }: { readonly id: string; readonly name: string },
	safety: WorkspaceSafety,
): () => void {
	const look = () =>
		navigator.locks.request(`perennial-backup-${id}`, { ifAvailable: true }, async (lock) => {
			const folder = lock && (await safety.folder());
			if (!folder || !(await folderAllows(folder))) return;
			const { backup } = await safety.state();
			if (backup && Date.now() - backup.at < DAY) return;
			await backUpToFolder(folder, name, safety);
		});
	// A folder that is gone, or a tab that closes: the age of the last backup says so to the person.
	const tryToLook = () => void look().catch(() => {});
	const first = setTimeout(tryToLook, 20_000);
	const often = setInterval(tryToLook, LOOK_EVERY_MS);
	return () => {
		clearTimeout(first);
		clearInterval(often);
	};
}
