/**
 * Room set aside for the browser's own store, one file for all workspaces. A device that is full refuses a write, and the store
 * must then put its journal in order before it is opened again (log/heal.ts), for which it needs room. So some is kept, given back
 * at the first refusal, and set aside anew when everything is saved.
 */
import type { Failure } from '#core/result.ts';
import { renewJournal } from '#log/heal.ts';
import { storageFailure } from '#log/storage.ts';

const NAME = 'reserve';
const MIB = 1024 * 1024;
/** The journal as tables (4 MiB), those merged into larger ones, and a session's first writes behind them. */
const SIZE = 16 * MIB;

/** Not every browser has it, and only Chromium's store needs it. */
const folder = async (): Promise<FileSystemDirectoryHandle | undefined> =>
	'FileSystemWritableFileStream' in globalThis ? navigator.storage.getDirectory() : undefined;

const isHeld = async (root: FileSystemDirectoryHandle): Promise<boolean> => {
	const file = await root.getFileHandle(NAME);
	return (await file.getFile()).size === SIZE;
};

/** Does nothing where the device has not twice as much to spare: the reserve must not be what fills it. */
export async function makeReserve(): Promise<void> {
	const root = await folder();
	if (!root || (await isHeld(root).catch(() => false))) return;
	try {
		const file = await root.getFileHandle(NAME, { create: true });
		const writable = await file.createWritable();
		try {
			const bytes = incompressible();
			for (let size = 0; size < 2 * SIZE; size += MIB) await writable.write(bytes);
			await writable.truncate(SIZE);
			await writable.close();
		} catch (error) {
			await writable.abort();
			throw error;
		}
	} catch {
		await root.removeEntry(NAME).catch(() => {});
	}
}

/** Never rejects: what cannot be done now is done at the next start. */
export async function releaseReserve(): Promise<void> {
	const root = await folder().catch(() => undefined);
	await root?.removeEntry(NAME).catch(() => {});
	await renewJournal().catch(() => {});
}

/** Before anything is written: the last session may have been cut off in the middle of a write. Resolves to what the storage refused. */
export async function mendJournal(): Promise<Failure | undefined> {
	try {
		await renewJournal();
		return undefined;
	} catch (error) {
		await releaseReserve();
		return storageFailure(error).error;
	}
}

function incompressible(): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(MIB);
	// The most that can be asked for at once.
	for (let at = 0; at < MIB; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
	return bytes;
}
