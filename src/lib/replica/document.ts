/**
 * One device's document of one part: a Y.Doc with one flat map, written by that device alone, so its clock has one writer and
 * the client id can be fixed. y-indexeddb caches it; the log says how far it must reach, and a cache that does not reach
 * exactly there is thrown away and rebuilt from the log.
 */
import * as Y from 'yjs';
import { IndexeddbPersistence, clearDocument } from 'y-indexeddb';
import type { Bytes } from '#core/bytes.ts';
import { within } from '#core/within.ts';
import { decodeCell, encodeCell, keyOfCell, type Cell } from './cell.ts';
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
	/** The update that writes `cells`; undefined when the document is not whole, because the log is damaged here. */
	write(cells: readonly Cell[]): PartUpdate | undefined;
	/** Cells written here that later ones have replaced. */
	readonly superseded: number;
	/** The cells that the updates changed. One that does not continue this document changes nothing. */
	apply(...updates: readonly PartUpdate[]): readonly Cell[];
	/** What opening read from the log beyond the cache, once. */
	caughtUp(): readonly Cell[];
	cells(): readonly Cell[];
	close(): Promise<void>;
}

type Opened = readonly [Y.Doc, { destroy(): Promise<void> }];

/** Where a document is cached between two openings. */
export interface DocumentCache {
	/** What cannot be opened, or not soon, is no reason to wait: the log has it all. */
	open(name: string): Promise<Opened>;
	clear(name: string): Promise<void>;
}

/** Milliseconds. */
const LONGEST = 10_000;

/** Named, because Yjs would draw a random name, and there are thousands. */
const newDoc = () => new Y.Doc({ guid: 'part' });

const uncached = (): Opened => [newDoc(), { async destroy() {} }];

export const cacheInBrowser: DocumentCache = {
	async open(name) {
		const doc = newDoc();
		const cache = new IndexeddbPersistence(name, doc);
		if (await within(isRead(doc, cache), LONGEST).catch(() => false)) return [doc, cache];
		discard(cache.destroy(), name);
		doc.destroy();
		return uncached();
	},
	clear: clearDocument,
};

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

/** Nobody waits for it: the next opening comes after. */
const discard = (closed: Promise<void>, name: string): void =>
	void closed.then(() => clearDocument(name)).catch(() => {});

/** Every opening reads the log: for drafts, and for the simulator. */
export const noCache: DocumentCache = {
	open: async () => uncached(),
	async clear() {},
};

/** `least`: where the updates go on that are about to be applied, when the log is further already. */
export async function openPartDocument(
	name: string,
	did: string,
	source: PartSource,
	documents: DocumentCache,
	least = source.clock(),
): Promise<PartDocument> {
	const isInReach = (clock: number) => clock >= least && clock <= source.clock();
	let [doc, cache] = await documents.open(name);
	let map = doc.getMap<unknown>('c');
	let cached = clockOf(doc);
	let missed = await catchUp();
	if (!isInReach(clockOf(doc))) {
		discard(cache.destroy(), name);
		doc.destroy();
		[doc, cache] = uncached();
		map = doc.getMap<unknown>('c');
		cached = clockOf(doc);
		missed = await catchUp();
	}

	/** Applies what the log has beyond the cache; answers the keys that changed. */
	async function catchUp(): Promise<Set<string>> {
		const clock = clockOf(doc);
		if (clock >= least) return new Set();
		return changedBy(await source.updates(clock));
	}

	function isWritten(key: string): boolean {
		return map._map.has(key);
	}

	/** In one transaction of Yjs, because the cache writes each. Answers the keys that changed. */
	function changedBy(updates: readonly PartUpdate[]): Set<string> {
		const changed = new Set<string>();
		const note = (event: Y.YMapEvent<unknown>) => {
			for (const key of event.keysChanged) changed.add(key);
		};
		map.observe(note);
		try {
			const applyAll = () => {
				for (const { from, clock, update } of updates)
					// One that does not continue the document would make Yjs wait for the rest, for ever.
					if (from === clockOf(doc) && isOwnUpdate(update, from, clock, isWritten))
						Y.applyUpdate(doc, update);
			};
			Y.transact(doc, applyAll, undefined, false);
		} finally {
			map.unobserve(note);
		}
		return changed;
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
			let update: Bytes | undefined;
			const keep = (bytes: Uint8Array) => (update = bytes as Bytes);
			// Set here, because Yjs changes the id whenever it reads updates of the same writer.
			doc.clientID = CLIENT;
			doc.on('update', keep);
			doc.transact(() => {
				for (const cell of cells) map.set(keyOfCell(cell), encodeCell(cell));
			});
			doc.off('update', keep);
			return { from, clock: clockOf(doc), update: update! };
		},
		caughtUp,
		apply: (...updates) => {
			// Opening may have read the update from the log already; then only its keys are wanted.
			const before = caughtUp();
			// The cache was ahead of the log (a log put back from an older copy): which cells it was, nobody knows any more.
			const isBehind = updates.some(({ clock }) => clock <= cached);
			const changed = changedBy(updates);
			return isBehind ? read(map.keys()) : [...before, ...read(changed)];
		},
		get superseded() {
			return clockOf(doc) - map.size;
		},
		cells: () => read(map.keys()),
		async close() {
			await cache.destroy();
			doc.destroy();
		},
	};
}
