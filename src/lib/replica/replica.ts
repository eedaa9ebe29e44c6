/**
 * All devices' documents of a workspace, opened when something is written or applied and closed by least use. What a user sees
 * never waits for one.
 */
import { groupBy } from '#core/group.ts';
import type { Cell } from './cell.ts';
import {
	noCache,
	openPartDocument,
	type DocumentCache,
	type PartDocument,
	type PartSource,
	type PartUpdate,
} from './document.ts';

/** The log's side of it; `workspace/` lends the log to the replica. */
export interface ReplicaSource {
	clock(did: string, part: string): number;
	updates(did: string, part: string, clock: number): Promise<readonly PartUpdate[]>;
}

export interface PartChange extends PartUpdate {
	readonly part: string;
}

export interface Replica {
	/**
	 * Writes into one of this device's own documents. The caller must then append the update to the log, or `forget`. Undefined
	 * when that document is not whole.
	 */
	write(did: string, part: string, cells: readonly Cell[]): Promise<PartChange | undefined>;
	/** Records of which a device has taken something back: their rows must be made again from what is left. */
	readonly takenBack: ReadonlySet<string>;
	/**
	 * The log and the tables have all that was written, read and applied, and know that of these something was taken back: caches may
	 * have it, too, unless more was taken back.
	 */
	keep(noted: ReadonlySet<string>): Promise<void>;
	/** How many cells of a document later ones have replaced. */
	superseded(did: string, part: string): Promise<number>;
	/** Applies what the log has appended; answers the cells that changed. */
	apply(did: string, changes: readonly PartChange[]): Promise<Cell[]>;
	cells(did: string, part: string): Promise<readonly Cell[]>;
	/** One document from its beginning, update by update; nothing of it is kept. */
	replay(did: string, part: string): Draft;
	/** A device's documents as they would be if more updates counted; nothing of it is kept. */
	draft(did: string): Drafts;
	/** Closes the documents, so that the next use checks them against the log. */
	forget(did: string, parts: readonly string[]): Promise<void>;
	/** Deletes the cached documents: their writer is finished with them. */
	drop(did: string, parts: readonly string[]): Promise<void>;
	close(): Promise<void>;
}

/** Of some of a device's documents. */
export async function cellsIn(
	replica: Pick<Replica, 'cells'>,
	did: string,
	parts: readonly string[],
): Promise<readonly Cell[]> {
	const cells: Cell[] = [];
	for (const part of parts) cells.push(...(await replica.cells(did, part)));
	return cells;
}

export interface Draft {
	/** The cells that the updates change. */
	apply(changes: readonly PartChange[]): Promise<readonly Cell[]>;
}

export interface Drafts extends Draft {
	/** Some of the updates go on from what is not here: nobody can read them. Asked before they are applied. */
	areAhead(changes: readonly PartChange[]): Promise<boolean>;
}

const MOST_OPEN = 48;
/** While documents hold what their caches do not have yet: closed, they would read it from the log again. */
const MOST_UNKEPT = 4 * MOST_OPEN;

interface Open {
	readonly doc: Promise<PartDocument>;
	/** Once it is there. */
	ready?: PartDocument;
}

export function createReplica(
	wid: string,
	source: ReplicaSource,
	documents: DocumentCache,
): Replica {
	/** Oldest use first. */
	const open = new Map<string, Open>();
	const takenBack = new Set<string>();
	const onTakenBack = ({ id }: Cell) => takenBack.add(id);
	const nameOf = (did: string, part: string) => `perennial-doc-${wid}-${did}-${part}`;

	const sourceOf = (did: string, part: string): PartSource => ({
		clock: () => source.clock(did, part),
		updates: (clock) => source.updates(did, part, clock),
	});

	/** `from`: the clock that the document must at least have reached; the log's without. */
	async function document(did: string, part: string, from?: number): Promise<PartDocument> {
		const name = nameOf(did, part);
		const known = open.get(name);
		const one: Open = known ?? {
			doc: openPartDocument(name, did, sourceOf(did, part), documents, {
				least: from,
				onTakenBack,
			}),
		};
		if (known) open.delete(name);
		open.set(name, one);
		if (!known) await closeLeastUsed();
		try {
			return (one.ready = await one.doc);
		} catch (error) {
			// One that could not be opened is tried again by the next use.
			if (open.get(name) === one) open.delete(name);
			throw error;
		}
	}

	async function closeLeastUsed(): Promise<void> {
		while (open.size > MOST_OPEN) {
			const kept = [...open].find(([, { ready }]) => ready?.isKept);
			const [name] = kept ?? (open.size > MOST_UNKEPT ? [...open][0]! : []);
			if (name === undefined) return;
			await closeOne(name);
		}
	}

	async function closeOne(name: string): Promise<void> {
		const one = open.get(name);
		open.delete(name);
		await (await one?.doc.catch(() => undefined))?.close();
	}

	return {
		async write(did, part, cells) {
			const update = (await document(did, part)).write(cells);
			return update && { part, ...update };
		},
		takenBack,
		async keep(noted) {
			for (const id of noted) takenBack.delete(id);
			if (takenBack.size) return;
			for (const { ready } of open.values()) await ready?.keep();
			await closeLeastUsed();
		},
		superseded: async (did, part) => (await document(did, part)).superseded,
		async apply(did, changes) {
			const cells: Cell[] = [];
			for (const [part, own] of groupBy(changes, (change) => change.part))
				cells.push(...(await document(did, part, own[0]!.from)).apply(...own));
			return cells;
		},
		cells: async (did, part) => (await document(did, part)).cells(),
		replay(did) {
			const nothing = { clock: () => 0, updates: async () => [] };
			const replayed = openPartDocument('', did, nothing, noCache);
			return {
				apply: async (changes) => {
					const document = await replayed;
					return changes.flatMap((change) => document.apply(change));
				},
			};
		},
		draft(did) {
			const drafts = new Map<string, PartDocument>();
			async function draftOf(part: string): Promise<PartDocument> {
				let draft = drafts.get(part);
				if (!draft) {
					draft = await openPartDocument('', did, sourceOf(did, part), noCache);
					draft.caughtUp();
					drafts.set(part, draft);
				}
				return draft;
			}
			return {
				async apply(changes) {
					const cells: Cell[] = [];
					for (const change of changes) cells.push(...(await draftOf(change.part)).apply(change));
					return cells;
				},
				async areAhead(changes) {
					/** Where the former ones of these lead. */
					const reach = new Map<string, number>();
					for (const { part, from, clock } of changes) {
						const at = reach.get(part) ?? (await draftOf(part)).clock;
						if (from > at) return true;
						reach.set(part, Math.max(at, clock));
					}
					return false;
				},
			};
		},
		async forget(did, parts) {
			for (const part of parts) await closeOne(nameOf(did, part));
		},
		async drop(did, parts) {
			for (const part of parts) {
				await closeOne(nameOf(did, part));
				await documents.clear(nameOf(did, part));
			}
		},
		async close() {
			await Promise.all([...open.keys()].map(closeOne));
		},
	};
}
