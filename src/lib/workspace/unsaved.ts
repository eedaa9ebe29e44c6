/**
 * When the device refuses to store: edits stop, what was being saved is kept in memory, and nothing is tried again until a
 * person says so. The unsaved can be downloaded, and a downloaded file can be brought back into its workspace. A browser may also
 * clear all of an origin to make room; that is found out and said. A full disk can leave a request unanswered for good: that
 * counts as a refusal until the answer comes.
 */
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { within } from '#core/within.ts';
import type { Intent } from '#commands/context.ts';
import { isStorageError, notStored, silence, storageFailure } from '#log/storage.ts';
import { decodeCell, encodeCell, keyOfCell, type Cell } from '#replica/cell.ts';

/** A change that is not saved yet. */
export interface Change {
	readonly intent: Intent;
	readonly cells: readonly Cell[];
	/** Somebody has been told that it is kept. */
	told?: boolean;
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
	/** Everything is saved again; nothing is written meanwhile. */
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
export const LONGEST = 30_000;

/** While edits rest. */
const resting = ({ storage }: Failure) =>
	fail('Storage', 'Nothing can be saved right now. Free some space, then try again.', {
		...(storage && { storage }),
	});

const cleared = () => storageFailure(new DOMException('The storage was cleared.', 'NotFoundError'));

type Write = (intent: Intent, cells: readonly Cell[]) => Promise<Result<void>>;

export interface Unsaved {
	/** The store's write, guarded, and answered in time. */
	readonly write: Write;
	/** A refusal that nobody waits for: it stops edits. */
	note(failure: Failure): void;
	/** Another way into the storage: its refusal stops edits too, and while edits rest so does this. */
	observe<T>(work: () => Promise<Result<T>>): Promise<Result<T>>;
	state(): UnsavedState | undefined;
	/** Writes what is kept; the first failure stops it again. */
	retry(): Promise<Result<void>>;
	/** As JSON, for `applyUnsaved`. */
	file(wid: string): Blob;
}

/** `kept`: outlives the workspace's closing, when the app is locked or goes on in another tab. */
export function createUnsaved(
	write: Write,
	changed: () => void,
	disk: Disk,
	kept: Change[] = [],
): Unsaved {
	let failure = kept.length ? notStored('The workspace was closed meanwhile').error : undefined;
	/** Requests that are overdue. */
	let unanswered = 0;
	let retrying: Promise<Result<void>> | undefined;
	/** While it is tried again, the warning stands: nothing is saved yet. */
	let before: Failure | undefined;

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
		// What is written behind a refused write may take everything with it (log/heal.ts).
		if (failure) return resting(failure);
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

	/** Whoever waits is told after a while that nothing was answered; what was asked may come about all the same. */
	async function inTime<T>(asked: Promise<Result<T>>): Promise<Result<T>> {
		try {
			return await within(asked, LONGEST);
		} catch (error) {
			if (!isStorageError(error)) throw error;
			unanswered++;
			void asked.catch(() => {}).then(answered);
			const none = silence();
			note(none.error);
			return none;
		}
	}

	function answered(): void {
		unanswered--;
		if (!unanswered && failure?.storage === 'silent') {
			failure = undefined;
			// What is kept waited behind it.
			if (kept.length) void retry().catch(console.error);
			else void disk.recovered();
		}
		changed();
	}

	function drop(change: Change): void {
		const at = kept.indexOf(change);
		if (at < 0) return;
		kept.splice(at, 1);
		// It was on its way when something else was refused, and people were told that it is not saved.
		if (failure) changed();
	}

	/** In `kept` until it is known what becomes of it; who was told that it is kept relies on that. */
	async function save(change: Change): Promise<Result<void>> {
		const saved = observe(() => write(change.intent, change.cells)).then(
			(done) => {
				// What was erased for good meanwhile needs no saving.
				const over = done.ok || done.error.type === 'NotFound';
				if (over || (done.error.type !== 'Storage' && !change.told)) drop(change);
				return done;
			},
			(fault: unknown) => {
				drop(change);
				throw fault;
			},
		);
		const done = await inTime(saved);
		if (done.ok || !kept.includes(change)) return done;
		change.told = true;
		return { ok: false, error: { ...done.error, kept: true } };
	}

	async function saveKept(): Promise<Result<void>> {
		before = failure;
		failure = undefined;
		try {
			const reopened = await inTime(
				observe(async () => {
					await disk.reopen();
					return (await disk.isHere()) ? ok(undefined) : cleared();
				}),
			);
			if (!reopened.ok) return reopened;
			for (const change of [...kept]) {
				const done = await save(change);
				if (!done.ok && kept.includes(change)) return done;
			}
			// The tables may have been refused what the log took.
			if (failure) return { ok: false, error: failure };
			void disk.recovered();
			return ok(undefined);
		} finally {
			if (kept.length) failure ??= before ?? notStored('Something stood in its way').error;
			before = undefined;
			changed();
		}
	}

	/** One at a time, whoever asks; what is changed meanwhile comes after. */
	function retry(): Promise<Result<void>> {
		retrying ??= saveKept().finally(() => (retrying = undefined));
		return retrying;
	}

	return {
		async write(intent, cells) {
			await retrying?.catch(() => {});
			if (failure) return resting(failure);
			const change: Change = { intent, cells };
			kept.push(change);
			return save(change);
		},
		note,
		observe,
		state() {
			const shown = failure ?? before;
			return shown && { failure: shown, count: kept.length };
		},
		retry,
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
		if (written.ok) added += good.length;
		// What was erased for good meanwhile stays erased.
		else if (written.error.type !== 'NotFound') return written;
	}
	return ok({ added });
}

const isIntent = (value: unknown): value is Intent => {
	const { verb, entity, count } = (value ?? {}) as Partial<Intent>;
	return typeof verb === 'string' && typeof entity === 'string' && Number.isSafeInteger(count);
};
