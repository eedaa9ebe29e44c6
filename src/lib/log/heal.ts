/**
 * Chromium's store (LevelDB) goes on behind a torn record in its journal: one that the disk had no room for, or that the end of the
 * browser cut off. The next opening but one then finds the tear in the middle ("checksum mismatch") and deletes everything of this
 * origin. When a database is deleted the store brings its journal into tables and begins a new one; that takes as much room as the
 * journal holds, 4 MiB at most.
 */
import { Dexie, type Table } from 'dexie';
import { within } from '#core/within.ts';

/** Milliseconds. A full disk leaves requests unanswered. */
const LONGEST = 10_000;

/** Rejects while there is no room. */
export async function renewJournal(): Promise<void> {
	// Two at a time must not delete each other's, and none may wait behind a request that was left unanswered.
	const scratch = new Dexie(`perennial-scratch-${crypto.randomUUID()}`, {
		chromeTransactionDurability: 'strict',
	});
	await within(fillAndDelete(scratch), LONGEST);
}

async function fillAndDelete(scratch: Dexie): Promise<void> {
	scratch.version(1).stores({ rows: '' });
	const rows: Table<number, number> = scratch.table('rows');
	try {
		await rows.put(1, 1);
	} finally {
		await scratch.delete();
	}
}
