/**
 * One device's document of one part: a Y.Doc with one flat map, written by that device alone, so its clock has one writer and
 * the client id can be fixed. y-indexeddb caches it; the log says how far it must reach, and a cache that does not reach
 * exactly there is thrown away and rebuilt from the log.
 */
import * as Y from 'yjs';
import { IndexeddbPersistence, clearDocument } from 'y-indexeddb';
import type { Bytes } from '#core/bytes.ts';
import { decodeCell, encodeCell, keyOfCell, type Cell } from './cell.ts';

const CLIENT = 1;

const clockOf = (doc: Y.Doc): number => Y.getState(doc.store, CLIENT);

export interface PartSource {
	clock(): Promise<number>;
	/** The updates beyond `clock`, in order. */
	updates(clock: number): Promise<readonly Bytes[]>;
}

export interface PartDocument {
	/** The update that writes `cells`, and the clock after it. */
	write(cells: readonly Cell[]): { update: Bytes; clock: number };
	/** The cells that the update changed; none when it is no update of Yjs: the document then stays as it is. */
	apply(update: Bytes): readonly Cell[];
	cells(): readonly Cell[];
	close(): Promise<void>;
}

export async function openPartDocument(
	name: string,
	did: string,
	source: PartSource,
): Promise<PartDocument> {
	const expected = await source.clock();
	let [doc, cache] = await openCached(name);
	let map = doc.getMap<unknown>('c');
	let caughtUp = await catchUp();
	if (clockOf(doc) !== expected) {
		await cache.destroy();
		doc.destroy();
		await clearDocument(name);
		[doc, cache] = await openCached(name);
		map = doc.getMap<unknown>('c');
		caughtUp = await catchUp();
	}

	/** Applies what the log has beyond the cache; answers the keys that changed. */
	async function catchUp(): Promise<Set<string>> {
		const changed = new Set<string>();
		const clock = clockOf(doc);
		if (clock >= expected) return changed;
		for (const update of await source.updates(clock)) changedBy(update, changed);
		return changed;
	}

	function changedBy(update: Bytes, changed: Set<string>): Set<string> {
		const note = (event: Y.YMapEvent<unknown>) => {
			for (const key of event.keysChanged) changed.add(key);
		};
		map.observe(note);
		try {
			Y.applyUpdate(doc, update);
		} catch {
			// Its writer signed bytes that Yjs cannot read: that writer's document ends here, and nobody else's.
		} finally {
			map.unobserve(note);
		}
		return changed;
	}

	const read = (keys: Iterable<string>) =>
		[...keys].flatMap((key) => decodeCell(key, map.get(key), did) ?? []);

	return {
		write(cells) {
			let update: Bytes | undefined;
			const keep = (bytes: Uint8Array) => (update = bytes as Bytes);
			// Set here, because Yjs changes the id whenever it reads updates of the same writer.
			doc.clientID = CLIENT;
			doc.on('update', keep);
			doc.transact(() => {
				for (const cell of cells) map.set(keyOfCell(cell), encodeCell(cell));
			});
			doc.off('update', keep);
			return { update: update!, clock: clockOf(doc) };
		},
		apply(update) {
			// Opening may have caught up with the log already, this update included; applying it again changes nothing.
			const keys = caughtUp;
			caughtUp = new Set();
			return read(changedBy(update, keys));
		},
		cells: () => read(map.keys()),
		async close() {
			await cache.destroy();
			doc.destroy();
		},
	};
}

async function openCached(name: string): Promise<[Y.Doc, IndexeddbPersistence]> {
	const doc = new Y.Doc();
	const cache = new IndexeddbPersistence(name, doc);
	await cache.whenSynced;
	return [doc, cache];
}
