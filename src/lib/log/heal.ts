/**
 * After a write that the disk had no room for, Chromium's store (LevelDB) can go on behind a torn record in its journal; at the
 * next start it finds the tear in the middle and deletes everything of this origin (seen in several runs of
 * tests/e2e/full-disk.test.ts). A journal is dropped once 4 MiB have passed through it, so before anything else is written more
 * than that is, and taken away again.
 */
import { Dexie, type Table } from 'dexie';
import { randomBytes } from '#crypto/hash.ts';

/** Above 64 KiB a value would go into a file of its own and not through the journal. */
const ROW = 48 * 1024;
const ROWS = 128;

/** Rejects, and changes nothing, while there is no room. */
export async function renewJournal(): Promise<void> {
	const scratch = new Dexie('perennial-scratch', { chromeTransactionDurability: 'strict' });
	scratch.version(1).stores({ rows: '' });
	const rows: Table<unknown, number> = scratch.table('rows');
	try {
		for (let i = 0; i < ROWS; i += 16)
			await rows.bulkPut(
				Array.from({ length: 16 }, () => randomBytes(ROW)),
				Array.from({ length: 16 }, (_, n) => i + n),
			);
	} finally {
		await scratch.delete();
	}
}
