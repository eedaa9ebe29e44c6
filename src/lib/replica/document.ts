/**
 * One device's document of one part: a Y.Doc with one flat map, written by that device alone, so its clock has one writer and
 * the client id can be fixed. y-indexeddb caches it; the log says how far it must reach, and a cache that does not reach
 * exactly there is thrown away and rebuilt from the log.
 */
import * as Y from 'yjs';
import { IndexeddbPersistence, PREFERRED_TRIM_SIZE, clearDocument, storeState } from 'y-indexeddb';
import type { Bytes } from '#core/bytes.ts';
import { watchDatabase } from '#core/watch-database.ts';
import { within } from '#core/within.ts';
import { decodeCell, encodeCell, goesOn, keyOfCell, type Cell } from './cell.ts';
import { CLIENT, isOwnUpdate } from './check.ts';

const clockOf = (doc: Y.Doc): number => Y.getState(doc.store, CLIENT);

export interface PartUpdate {
	/** Clock of the document before and after. */
	readonly from: number;
	readonly clock: number;
	readonly update: Bytes;
}

export interface PartSource {
	clock(): number;
	/** The updates beyond `clock`, in order. */
	updates(clock: number): Promise<readonly PartUpdate[]>;
}

export interface PartDocument {
	/**
	 * The update that writes `cells`, but for those that later ones have replaced; undefined when the document is not whole,
	 * because the log is damaged here.
	 */
	write(cells: readonly Cell[]): PartUpdate | undefined;
	/** What was written and applied is cached: the log has it, and so have the tables. */
	keep(): Promise<void>;
	/** Nothing waits to be cached. */
	readonly isKept: boolean;
	/** How far it reaches. */
	readonly clock: number;
	/** Cells written here that later ones have replaced. */
	readonly superseded: number;
	/** The cells that the updates changed. One that does not continue this document changes nothing. */
	apply(...updates: readonly PartUpdate[]): readonly Cell[];
	/** What opening read from the log beyond the cache, once. */
	caughtUp(): readonly Cell[];
	cells(): readonly Cell[];
	close(): Promise<void>;
}

/**
 * What keeps one document between two openings. It is fed from what the log and the tables have, so that it is ahead of neither: of
 * one that is, nobody could tell any more what was taken back.
 */
interface Cache {
	/** Changes of this origin it leaves alone. */
	readonly origin: unknown;
	/** These, after which it has all that the document has. */
	keep(updates: readonly Bytes[]): Promise<void>;
	close(): Promise<void>;
}

type Opened = readonly [Y.Doc, Cache];

export interface DocumentCache {
	/** A cache that cannot be opened, or not soon, is done without: the log has it all. */
	open(name: string): Promise<Opened>;
	clear(name: string): Promise<void>;
}

/** Milliseconds. */
const LONGEST = 10_000;
/** Milliseconds. Where one does not answer the next would not, either. */
const REST = 60_000;
let unansweredAt = -REST;

/** Named, because Yjs would draw a random name, and there are thousands. */
const newDoc = () => new Y.Doc({ guid: 'part' });

/** An update of nothing. */
const NOTHING = Y.encodeStateAsUpdate(newDoc()) as Bytes;

const uncached = (): Opened => [newDoc(), { origin: undefined, async keep() {}, async close() {} }];

/** `refused`: what the browser did not store, of which y-indexeddb tells nobody. */
export const cacheInBrowser = (refused: (error: DOMException) => void): DocumentCache => ({
	async open(name) {
		if (performance.now() - unansweredAt < REST) return uncached();
		const doc = newDoc();
		const cache = new IndexeddbPersistence(name, doc);
		const close = () => cache.destroy();
		void cache._db.then((database) => watchDatabase(database, refused)).catch(() => {});
		async function keep(updates: readonly Bytes[]) {
			try {
				await within(add(cache.db!, updates), LONGEST);
				cache._dbsize += updates.length;
				if (cache._dbsize >= PREFERRED_TRIM_SIZE) await within(storeState(cache), LONGEST);
			} catch {
				// One that the browser has closed, or that is refused, stays behind the log, which does no harm.
			}
		}
		const read = await within(isRead(doc, cache), LONGEST).catch(() => undefined);
		if (read) return [doc, { origin: cache, keep, close }];
		if (read === undefined) unansweredAt = performance.now();
		void close().catch(() => {});
		// One that opens late would be deleted under whoever opened it next.
		if (cache.db) void clearDocument(name).catch(() => {});
		doc.destroy();
		return uncached();
	},
	clear: (name) =>
		within(clearDocument(name), LONGEST).catch((error: Error) => {
			throw new DOMException(error.message, 'AbortError');
		}),
});

/**
 * As y-indexeddb keeps them. It would let others write before this is answered, and behind a record that a full disk has torn; and
 * tidy by itself, with what nobody else has yet.
 */
const add = (database: IDBDatabase, updates: readonly Bytes[]): Promise<void> =>
	new Promise((resolve, reject) => {
		const transaction = database.transaction('updates', 'readwrite');
		transaction.oncomplete = () => resolve();
		transaction.onabort = () => reject(transaction.error ?? new Error('Not kept.'));
		for (const update of updates) transaction.objectStore('updates').add(update);
	});

/**
 * False when the cache cannot be opened or a row of it cannot be read. y-indexeddb would then wait for ever, as it does when the
 * storage refuses what it asks at its opening; of that nobody is told.
 */
const isRead = (doc: Y.Doc, cache: IndexeddbPersistence): Promise<boolean> =>
	new Promise((resolve) => {
		void cache.whenSynced.then(() => resolve(true));
		// It reads all rows in one transaction, and is synced when that ends.
		doc.on('beforeTransaction', () => queueMicrotask(() => resolve(cache.synced)));
		cache._db.catch(() => resolve(false));
	});

/** Every opening reads the log: for drafts, and for the simulator. */
export const noCache: DocumentCache = {
	open: async () => uncached(),
	async clear() {},
};

export interface PartOptions {
	/** Where the updates go on that are about to be applied, when the log is further already. */
	readonly least?: number;
	/** Is told of each cell that stood here and in whose place stands something that does not go on from it. */
	readonly onTakenBack?: (cell: Cell) => void;
}

export async function openPartDocument(
	name: string,
	did: string,
	source: PartSource,
	documents: DocumentCache,
	{ least = source.clock(), onTakenBack = () => {} }: PartOptions = {},
): Promise<PartDocument> {
	const isInReach = (clock: number) => clock >= least && clock <= source.clock();
	let [doc, cache] = await documents.open(name);
	let map = doc.getMap<unknown>('c');
	let cached = clockOf(doc);
	/** In no cache yet. */
	let fresh: Bytes[] = [];
	let missed = await catchUp();
	if (!isInReach(clockOf(doc))) {
		await cache.close();
		doc.destroy();
		// Not to be found again when the log has gone on.
		await documents.clear(name);
		[doc, cache] = await documents.open(name);
		map = doc.getMap<unknown>('c');
		cached = clockOf(doc);
		missed = await catchUp();
	}

	/** Applies what the log has beyond the cache, one by one, because the tables may know any of it; answers the keys that changed. */
	async function catchUp(): Promise<Set<string>> {
		const clock = clockOf(doc);
		const before = Y.encodeStateVector(doc);
		const changed = new Set<string>();
		if (clock < least)
			for (const update of await source.updates(clock))
				for (const key of changedBy([update]).keys) changed.add(key);
		fresh = clockOf(doc) > clock ? [Y.encodeStateAsUpdate(doc, before) as Bytes] : [];
		return changed;
	}

	function isWritten(key: string): boolean {
		return map._map.has(key);
	}

	/** What `change` changes, in one transaction of Yjs, because the cache writes each. */
	function updateOf(change: () => void, local = false): Bytes | undefined {
		let update: Bytes | undefined;
		const note = (bytes: Uint8Array) => (update = bytes as Bytes);
		doc.on('update', note);
		try {
			Y.transact(doc, change, cache.origin, local);
		} finally {
			doc.off('update', note);
		}
		return update;
	}

	/** The keys that changed, and what changes them. */
	function changedBy(updates: readonly PartUpdate[]) {
		const keys = new Set<string>();
		const note = (event: Y.YMapEvent<unknown>) => {
			for (const [key, { oldValue }] of event.keys) {
				keys.add(key);
				const before = decodeCell(key, oldValue, did);
				if (before && !goesOn(before, decodeCell(key, map.get(key), did))) onTakenBack(before);
			}
		};
		map.observe(note);
		try {
			const update = updateOf(() => {
				for (const { from, clock, update } of updates)
					// One that does not continue the document would make Yjs wait for the rest, for ever.
					if (from === clockOf(doc) && isOwnUpdate(update, from, clock, isWritten))
						Y.applyUpdate(doc, update);
			});
			return { keys, update };
		} finally {
			map.unobserve(note);
		}
	}

	function caughtUp(): readonly Cell[] {
		const keys = missed;
		missed = new Set();
		return read(keys);
	}

	const read = (keys: Iterable<string>) =>
		[...keys].flatMap((key) => decodeCell(key, map.get(key), did) ?? []);

	return {
		write(cells) {
			const from = clockOf(doc);
			if (from !== source.clock()) return undefined;
			// Set here, because Yjs changes the id whenever it reads updates of the same writer.
			doc.clientID = CLIENT;
			const update = updateOf(() => {
				for (const cell of cells) {
					const key = keyOfCell(cell);
					// A change that waited (for room on the disk, in a file) must not undo what was changed since.
					const [held] = read(map.has(key) ? [key] : []);
					if (held && held.hlc > cell.hlc) continue;
					if (held && !goesOn(held, cell)) onTakenBack(held);
					map.set(key, encodeCell(cell));
				}
			}, true);
			if (update) fresh.push(update);
			return { from, clock: clockOf(doc), update: update ?? NOTHING };
		},
		async keep() {
			const updates = fresh;
			fresh = [];
			if (updates.length) await cache.keep(updates);
		},
		get clock() {
			return clockOf(doc);
		},
		get isKept() {
			return !fresh.length;
		},
		caughtUp,
		apply: (...updates) => {
			// Opening may have read the update from the log already; then only its keys are wanted.
			const before = caughtUp();
			// The cache was ahead of the log (a log put back from an older copy): which cells it was, nobody knows any more.
			const isBehind = updates.some(({ clock }) => clock <= cached);
			const { keys, update } = changedBy(updates);
			if (update) fresh.push(update);
			return isBehind ? read(map.keys()) : [...before, ...read(keys)];
		},
		get superseded() {
			return clockOf(doc) - map.size;
		},
		cells: () => read(map.keys()),
		async close() {
			await cache.close();
			doc.destroy();
		},
	};
}
