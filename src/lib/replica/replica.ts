/**
 * All devices' documents of a workspace, opened when something is written or applied and closed by least use. What a user sees
 * never waits for one.
 */
import type { Bytes } from '#core/bytes.ts';
import type { Cell } from './cell.ts';
import { openPartDocument, type PartDocument } from './document.ts';

/** The log's side of it; `workspace/` lends the log to the replica. */
export interface ReplicaSource {
	clock(did: string, part: string): Promise<number>;
	updates(did: string, part: string, clock: number): Promise<readonly Bytes[]>;
}

export interface PartChange {
	readonly part: string;
	readonly update: Bytes;
	readonly clock: number;
}

export interface Replica {
	/** Writes into this device's own documents. The caller must then append the updates to the log, or `forget`. */
	write(did: string, cellsByPart: ReadonlyMap<string, readonly Cell[]>): Promise<PartChange[]>;
	/** Applies what the log has appended; answers the cells that changed. */
	apply(did: string, changes: readonly PartChange[]): Promise<Cell[]>;
	cells(did: string, part: string): Promise<readonly Cell[]>;
	/** Closes the documents, so that the next use checks them against the log. */
	forget(did: string, parts: readonly string[]): Promise<void>;
	close(): Promise<void>;
}

const MOST_OPEN = 48;

export function createReplica(wid: string, source: ReplicaSource): Replica {
	/** Oldest use first. */
	const open = new Map<string, Promise<PartDocument>>();

	async function document(did: string, part: string): Promise<PartDocument> {
		const name = `perennial-doc-${wid}-${did}-${part}`;
		let doc = open.get(name);
		if (doc) open.delete(name);
		else
			doc = openPartDocument(name, did, {
				clock: () => source.clock(did, part),
				updates: (clock) => source.updates(did, part, clock),
			});
		open.set(name, doc);
		// One that could not be opened is tried again by the next use.
		doc.catch(() => open.get(name) === doc && open.delete(name));
		if (open.size > MOST_OPEN) await closeOne(open.keys().next().value!);
		return doc;
	}

	async function closeOne(name: string): Promise<void> {
		const doc = open.get(name);
		open.delete(name);
		await (await doc?.catch(() => undefined))?.close();
	}

	return {
		async write(did, cellsByPart) {
			const changes: PartChange[] = [];
			for (const [part, cells] of cellsByPart)
				changes.push({ part, ...(await document(did, part)).write(cells) });
			return changes;
		},
		async apply(did, changes) {
			const cells: Cell[] = [];
			for (const { part, update } of changes)
				cells.push(...(await document(did, part)).apply(update));
			return cells;
		},
		cells: async (did, part) => (await document(did, part)).cells(),
		async forget(did, parts) {
			for (const part of parts) await closeOne(`perennial-doc-${wid}-${did}-${part}`);
		},
		async close() {
			await Promise.all([...open.keys()].map(closeOne));
		},
	};
}
