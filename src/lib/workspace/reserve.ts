/**
 * Room set aside for the browser's own store, one file for all workspaces. A device that is full refuses a write, and the store
 * must then put its journal in order before it is opened again (log/heal.ts), for which it needs room. So some is kept, given back
 * at the first refusal, and set aside anew when everything is saved. Room is asked for, never tried out: a device that is full for
 * a moment breaks whatever the store is writing then.
 */
import type { Failure } from '#core/result.ts';
import { renewJournal } from '#log/heal.ts';
import { storageFailure } from '#log/storage.ts';

const NAME = 'reserve';
const MIB = 1024 * 1024;
/** The journal as tables (4 MiB), those merged into larger ones, and a session's first writes behind them. */
const SIZE = 16 * MIB;
/** For a journal as tables, and what is written behind it. */
const ENOUGH = 8 * MIB;
const TRIES = 3;
/** Milliseconds. */
const PAUSE = 300;

/** Not every browser has it, and only Chromium's store needs it. */
const folder = async (): Promise<FileSystemDirectoryHandle | undefined> =>
	'FileSystemWritableFileStream' in globalThis ? navigator.storage.getDirectory() : undefined;

const isHeld = (root: FileSystemDirectoryHandle): Promise<boolean> =>
	root
		.getFileHandle(NAME)
		.then(async (file) => (await file.getFile()).size === SIZE)
		.catch(() => false);

/** Bytes that this origin may still write, as the browser counts: about once a minute it looks at the disk. */
async function roomLeft(): Promise<number> {
	const { quota = Infinity, usage = 0 } = await navigator.storage.estimate();
	return quota - usage;
}

/** Where the device has not twice as much to spare there is none: it must not be what fills it. */
export async function makeReserve(): Promise<void> {
	const root = await folder();
	if (!root || (await isHeld(root)) || (await roomLeft()) < 2 * SIZE) return;
	try {
		const file = await root.getFileHandle(NAME, { create: true });
		const writable = await file.createWritable();
		try {
			const bytes = incompressible();
			for (let size = 0; size < SIZE; size += MIB) await writable.write(bytes);
			await writable.close();
		} catch (error) {
			await writable.abort();
			throw error;
		}
	} catch {
		await root.removeEntry(NAME).catch(() => {});
	}
}

/** Rejects where there is no room: then not even this is tried, because a record that is cut off may cost everything. */
export async function putInOrder(): Promise<void> {
	const root = await folder();
	if (root && !(await isHeld(root)) && (await roomLeft()) < ENOUGH)
		throw new DOMException('The device is full.', 'QuotaExceededError');
	await renewJournal();
}

/** Never rejects: what cannot be done now is done at the next start. */
export async function releaseReserve(): Promise<void> {
	const root = await folder().catch(() => undefined);
	const held = root && (await isHeld(root));
	if (held) await root.removeEntry(NAME).catch(() => {});
	// There is room where the reserve was, whatever the browser still counts.
	const renew = held ? renewJournal : putInOrder;
	for (let tries = 1; ; tries++) {
		try {
			return await renew();
		} catch {
			if (tries === TRIES) return;
		}
		// The browser may have closed the storage in the middle of it, and opens it again.
		await new Promise((resolve) => setTimeout(resolve, PAUSE));
	}
}

/** Before anything is written: the last session may have been cut off in the middle of a write. Resolves to what the storage refused. */
export async function mendJournal(): Promise<Failure | undefined> {
	try {
		await putInOrder();
		await makeReserve();
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
