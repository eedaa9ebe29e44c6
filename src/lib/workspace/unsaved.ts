/**
 * When the device refuses to store: edits stop, what was being saved is kept in memory, and nothing is tried again until a
 * person says so. The unsaved can be downloaded, and a downloaded file can be brought back into its workspace. A browser may also
 * clear all of an origin to make room; that is found out and said. A full disk can leave a request unanswered for good: that
 * counts as a refusal until the answer comes.
 */
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { within } from '#core/within.ts';
import type { Intent } from '#commands/context.ts';
import { isStorageError, storageFailure } from '#log/storage.ts';
import { decodeCell, encodeCell, keyOfCell, type Cell } from '#replica/cell.ts';

interface Change {
	readonly intent: Intent;
	readonly cells: readonly Cell[];
}

export interface UnsavedState {
	readonly failure: Failure;
	/** Changes kept in memory. */
	readonly count: number;
}

/** What can be done about the device's storage; of these only `reopen` rejects. */
export interface Disk {
	/** At the first refusal. */
	makeRoom(): Promise<void>;
	/** Brings back databases that the browser has closed. */
	reopen(): Promise<void>;
	/** Whether what was stored is still there. */
	isHere(): Promise<boolean>;
	/** Everything is saved again. */
	recovered(): Promise<void>;
}

/** Storage that needs nothing done. */
export const plainDisk: Disk = {
	makeRoom: async () => {},
	reopen: async () => {},
	isHere: async () => true,
	recovered: async () => {},
};

/** Milliseconds. Longer than the longest change takes on a slow phone. */
const LONGEST = 30_000;

const cleared = () => storageFailure(new DOMException('The storage was cleared.', 'NotFoundError'));

type Write = (intent: Intent, cells: readonly Cell[]) => Promise<Result<void>>;

export interface Unsaved {
	/** The store's write, guarded, and answered in time. */
	readonly write: Write;
	/** A refusal that nobody waits for: it stops edits. */
	note(failure: Failure): void;
	/** Another way into the storage: its refusal stops edits too. */
	observe<T>(work: () => Promise<Result<T>>): Promise<Result<T>>;
	/** The same for somebody who waits: what is not answered in time is answered here. It may come about all the same. */
	observeInTime<T>(work: () => Promise<Result<T>>): Promise<Result<T>>;
	state(): UnsavedState | undefined;
	/** Writes what is kept; the first failure stops it again. */
	retry(): Promise<Result<void>>;
	/** As JSON, for `applyUnsaved`. */
	file(wid: string): Blob;
}

export function createUnsaved(write: Write, changed: () => void, disk: Disk): Unsaved {
	const kept: Change[] = [];
	let failure: Failure | undefined;
	/** Requests that are overdue. */
	let unanswered = 0;
	const drop = (cells: readonly Cell[]) => {
		const at = kept.findIndex((change) => change.cells === cells);
		if (at >= 0) kept.splice(at, 1);
	};

	function note(refusal: Failure): void {
		// What a silence turns out to be is the better word.
		if (failure && (failure.storage !== 'silent' || refusal.storage === 'silent')) return;
		failure = refusal;
		changed();
		void disk.makeRoom().then(async () => {
			if (!failure || (await disk.isHere())) return;
			failure = cleared().error;
			changed();
		});
	}

	/** A refusal that is thrown (the tables could not follow) counts as one that is answered. */
	async function observe<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
		const done = await work().catch((error: unknown) => {
			if (isStorageError(error)) return storageFailure(error);
			throw error;
		});
		if (done.ok) return done;
		if (done.error.type === 'Storage') note(done.error);
		// A chain that is not as it was: another tab's doing, or the end of all that was stored.
		if (done.error.type !== 'Busy' || (await disk.isHere())) return done;
		const gone = cleared();
		note(gone.error);
		return gone;
	}

	async function observeInTime<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
		const answer = observe(work);
		try {
			return await within(answer, LONGEST);
		} catch (error) {
			if (!isStorageError(error)) throw error;
			unanswered++;
			void answer.catch(() => {}).then(answered);
			const silence = storageFailure(error);
			note(silence.error);
			return silence;
		}
	}

	function answered(): void {
		unanswered--;
		if (!unanswered && failure?.storage === 'silent') {
			failure = undefined;
			void disk.recovered();
		}
		changed();
	}

	return {
		async write(intent, cells) {
			if (failure)
				return fail('Storage', 'Nothing can be saved right now. Free some space, then try again.', {
					...(failure.storage && { storage: failure.storage }),
				});
			const done = await observeInTime(async () => {
				kept.push({ intent, cells });
				const written = await write(intent, cells);
				// Kept until it is known: what the storage refused stays, in the order in which it was meant.
				if (written.ok || written.error.type !== 'Storage') drop(cells);
				return written;
			});
			const isKept = !done.ok && kept.some((change) => change.cells === cells);
			return isKept ? { ok: false, error: { ...done.error, kept: true } } : done;
		},
		note,
		observe,
		observeInTime,
		state: () => failure && { failure, count: kept.length },
		async retry() {
			const before = failure;
			failure = undefined;
			const reopened = await observeInTime(async () => {
				await disk.reopen();
				return (await disk.isHere()) ? ok(undefined) : cleared();
			});
			if (!reopened.ok) return reopened;
			for (const { intent, cells } of [...kept]) {
				const written = await observeInTime(() => write(intent, cells));
				// What was erased for good meanwhile needs no saving; any other change is kept until it is saved.
				if (!written.ok && written.error.type !== 'NotFound') {
					failure ??= before;
					changed();
					return written;
				}
				drop(cells);
			}
			changed();
			void disk.recovered();
			return ok(undefined);
		},
		file(wid) {
			const changes = kept.map(({ intent, cells }) => ({
				intent,
				cells: cells.map((cell) => [keyOfCell(cell), encodeCell(cell)]),
			}));
			const text = JSON.stringify({ perennial: 'unsaved', version: 1, wid, changes });
			return new Blob([text], { type: 'application/json' });
		},
	};
}

/** Brings a downloaded file back: each change becomes this device's own. Twice does no harm, the cells are the same. */
export async function applyUnsaved(
	file: Blob,
	wid: string,
	did: string,
	write: Write,
): Promise<Result<{ added: number }>> {
	let parsed: { perennial?: unknown; version?: unknown; wid?: unknown; changes?: unknown };
	try {
		parsed = JSON.parse(await file.text()) as typeof parsed;
	} catch {
		return fail('Unreadable', 'This file holds no unsaved changes. Choose another one.');
	}
	if (parsed?.perennial !== 'unsaved' || parsed.version !== 1 || !Array.isArray(parsed.changes))
		return fail('Unreadable', 'This file holds no unsaved changes. Choose another one.');
	if (parsed.wid !== wid)
		return fail('Invalid', 'These changes are of another workspace. Open that workspace first.');
	let added = 0;
	for (const { intent, cells } of parsed.changes as { intent: Intent; cells: unknown[] }[]) {
		const decoded = cells.map((pair) => {
			const [key, stored] = pair as [string, unknown];
			return decodeCell(key, stored, did);
		});
		const good = decoded.filter((cell) => cell !== undefined);
		if (good.length < cells.length || !isIntent(intent))
			return fail('Damaged', 'This file has been changed or is not complete.');
		const written = await write(intent, good);
		if (!written.ok) return written;
		added += good.length;
	}
	return ok({ added });
}

const isIntent = (value: unknown): value is Intent => {
	const { verb, entity, count } = (value ?? {}) as Partial<Intent>;
	return typeof verb === 'string' && typeof entity === 'string' && Number.isSafeInteger(count);
};
