/**
 * After a write that the disk had no room for, Chromium's store (LevelDB) goes on behind a torn record in its journal. An opening
 * that finds the tear in the middle ("checksum mismatch") deletes everything of this origin. When a database is deleted the store
 * brings its journal into tables and begins a new one; that takes as much room as the journal holds, 4 MiB at most.
 */
import { Dexie, type Table } from 'dexie';

/** Rejects while there is no room. */
export async function renewJournal(): Promise<void> {
	// Two at a time must not delete each other's, and none may wait behind a request that the full disk left unanswered.
	const scratch = new Dexie(`perennial-scratch-${crypto.randomUUID()}`, {
		chromeTransactionDurability: 'strict',
	});
	scratch.version(1).stores({ rows: '' });
	const rows: Table<number, number> = scratch.table('rows');
	try {
		await rows.put(1, 1);
	} finally {
		await scratch.delete();
	}
}
