/** The data's path in this browser: the log and the tables in Dexie, the documents cached by y-indexeddb. */
import { systemClock, type Clock } from '#core/clock.ts';
import { watchDatabase } from '#core/watch-database.ts';
import { ok, type Failure, type Result } from '#core/result.ts';
import { LogDatabase, createLogStore } from '#log/database.ts';
import { succeedDevice } from '#log/found.ts';
import { storageFailure } from '#log/storage.ts';
import { openLog } from '#log/log.ts';
import { isSpent } from '#log/membership.ts';
import { ViewDatabase, deleteFormerViews } from '#readmodel/database.ts';
import { createProjection } from '#readmodel/projection.ts';
import { createSearch, type Search } from '#readmodel/search.ts';
import { cacheInBrowser } from '#replica/document.ts';
import { createReplica } from '#replica/replica.ts';
import { forgetErased } from './import-forgetting.ts';
import { makeReserve, putInOrder, releaseReserve } from './reserve.ts';
import { createStore, type Store } from './store.ts';
import type { Change } from './unsaved.ts';

export interface BrowserStore extends Store {
	/** This device's own tables: invites, imports. */
	readonly database: LogDatabase;
	readonly view: ViewDatabase;
	readonly search: Search;
}

export interface StoreOptions {
	readonly clock?: Clock;
	/** Keeps devices apart that live in one process. */
	readonly scope?: string;
	/** What the storage refused before it was opened: edits wait until somebody says so. */
	readonly refused?: Failure;
}

/** What waits to be saved, by workspace, for as long as this worker lives: the app may be locked and unlocked meanwhile. */
const kept = new Map<string, Change[]>();

export async function openStore(
	wid: string,
	{ clock = systemClock, scope = '', refused }: StoreOptions = {},
): Promise<Result<BrowserStore>> {
	const database = new LogDatabase(wid, scope);
	let opened = await openLog(wid, createLogStore(database), clock);
	if (opened.ok && isSpent(opened.value.membership, opened.value.device.did)) {
		const succeeded = await succeedDevice(wid, opened.value.store, clock());
		if (succeeded.ok) opened = await openLog(wid, opened.value.store, clock);
	}
	if (!opened.ok) {
		database.close();
		return opened;
	}
	const log = opened.value;
	const view = new ViewDatabase(wid, scope);
	const search = createSearch(view);
	let opening: Store | undefined;
	const refuse = (error: DOMException) => opening?.unsaved.note(storageFailure(error).error);
	for (const one of [database, view])
		one.on('ready', () => watchDatabase(one.backendDB(), refuse), true);
	const source = { clock: log.partClock, updates: log.partUpdates };
	const replica = createReplica(scope + wid, source, cacheInBrowser(refuse));
	const waiting = kept.get(scope + wid) ?? [];
	kept.set(scope + wid, waiting);
	const store = (opening = await createStore({
		log,
		replica,
		clock,
		kept: waiting,
		forgetErased: (ids) => forgetErased(database, ids),
		disk: {
			makeRoom: releaseReserve,
			recovered: makeReserve,
			/** A browser that ran out of room closes every database, and they do not come back by themselves. */
			async reopen() {
				await putInOrder();
				for (const one of [database, view]) {
					one.close({ disableAutoOpen: false });
					await one.open();
				}
			},
			/** Asked over a connection of its own: an open one may still show what is gone. */
			async isHere() {
				const again = new LogDatabase(wid, scope);
				try {
					return (await again.secrets.count()) > 0;
				} catch {
					// It cannot be told while the storage is closed.
					return true;
				} finally {
					again.close();
				}
			},
		},
		tables: {
			...createProjection(view, search.update),
			async rows(ids) {
				const found = await view.rowsById(ids);
				return ids.map((id) => found.get(id));
			},
			clear: () =>
				view.transaction('rw', view.tables, async () => {
					await Promise.all(view.tables.map((table) => table.clear()));
				}),
			close: () => view.close(),
		},
	}));
	if (refused) store.unsaved.note(refused);
	void deleteFormerViews(view);
	return ok(Object.assign(store, { database, view, search }));
}
