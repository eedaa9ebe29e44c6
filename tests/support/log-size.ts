/** How much of a workspace's log a device holds, read past the app from its database: what is there, not what it says is there. */
import type { Page } from 'playwright';

export interface LogSize {
	readonly entries: number;
	/** Heads and sealed bodies. */
	readonly bytes: number;
}

/** Nothing while the database is not there; it is never made. */
export const logSize = (page: Page, wid: string): Promise<LogSize> =>
	page.evaluate(async (name) => {
		const none = { entries: 0, bytes: 0 };
		if (!(await indexedDB.databases()).some((one) => one.name === name)) return none;
		const answer = <T>(request: IDBRequest<T>) =>
			new Promise<T>((resolve, reject) => {
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error!);
			});
		const database = await answer(indexedDB.open(name));
		try {
			if (!database.objectStoreNames.contains('chains')) return none;
			const chains = (await answer(
				database.transaction('chains').objectStore('chains').getAll(),
			)) as { seq: number; bytes: number }[];
			return chains.reduce(
				(sum, { seq, bytes }) => ({ entries: sum.entries + seq, bytes: sum.bytes + bytes }),
				none,
			);
		} finally {
			database.close();
		}
	}, `perennial-log-${wid}`);
