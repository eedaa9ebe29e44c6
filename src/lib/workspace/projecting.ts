/**
 * From documents into tables. They follow cell by cell; `catchUp` brings them to where the log is, whatever happened between; and
 * rows of which something does not count any more are made again from all that is left. Which these are the tables note
 * themselves, before or with what puts them in doubt, so that a cut at any moment leaves nothing untrue on the screen.
 */
import type { Clock } from '#core/clock.ts';
import type { Log } from '#log/log.ts';
import { EVERYTHING, type StoredRow } from '#readmodel/database.ts';
import type { Projection } from '#readmodel/projection.ts';
import type { Cell } from '#replica/cell.ts';
import type { Replica } from '#replica/replica.ts';

/** What the data's path ends in. The browser's is Dexie; the simulator's a map. */
export interface Tables extends Projection {
	rows(ids: readonly string[]): Promise<readonly (StoredRow | undefined)[]>;
	clear(): Promise<void>;
	close(): void;
}

type UpTo = Readonly<Record<string, number>>;
export type OnProgress = (done: number, total: number) => void;

export interface Projecting {
	/** Cells into the tables, and whatever these lacked before. What fails is tried again later: it is no failure of the change. */
	show(cells: readonly Cell[], upTo: UpTo): Promise<void>;
	/** The tables lack something that the log has: the next `show` brings it in as well. */
	fallBehind(): void;
	/** Does nothing unless they lack something, or rows are in doubt. */
	catchUp(): Promise<void>;
	/** Rows in doubt are made again; but not behind something that was refused. `now`: they do not rest. */
	settle(now?: boolean): Promise<void>;
	/** What the log has moved is in the tables up to here; unless they lacked some of it before. */
	mark(did: string, seq: number): Promise<void>;
	/** Empties the tables and fills them again from the documents. */
	rebuild(onProgress?: OnProgress): Promise<void>;
	/** The rows of these records are made again from all their cells. */
	remake(ids: ReadonlySet<string>): Promise<void>;
	/** The rows of these are in doubt from now on; `settle` makes them again. */
	doubt(ids: ReadonlySet<string>): Promise<void>;
	/**
	 * `move` moves documents as a whole, or resolves to false or rejects and moves none: every row is in doubt from before it on, until
	 * `concerned` says which they are; those are made again.
	 */
	whileAllInDoubt(
		move: () => Promise<boolean>,
		concerned: () => Promise<ReadonlySet<string>>,
	): Promise<boolean>;
	/** What was erased stays erased, wherever it comes from. */
	alive(cells: readonly Cell[]): readonly Cell[];
	/** How often rows were made again: what was computed from them may be untrue. */
	readonly remade: number;
}

interface Needs {
	readonly log: Log;
	readonly replica: Replica;
	readonly tables: Tables;
	readonly clock: Clock;
	/** More has arrived and is about to be shown: rows in doubt wait for that. */
	hasMore(): boolean;
	/** What has arrived is left to the log, from which documents read it. */
	leaveToLog(): Promise<void>;
	onFailure(error: unknown): void;
	/** Calls `catchUp` after so many milliseconds. */
	later(ms: number): void;
}

/** A device that takes something back in every entry gets a tenth of the others' time, not all of it. */
const REST = 10;
/** Milliseconds. */
const LONGEST_REST = 60_000;
/** Rows made again in one transaction. */
const AT_ONCE = 2000;

export function createProjecting(needs: Needs): Projecting {
	const { log, replica, tables, clock, hasMore, leaveToLog, onFailure, later } = needs;
	let behind = true;
	/** Rows are in doubt, because something was taken back. */
	let inDoubt = false;
	/** Everything is said to be in doubt, and nothing has moved. */
	let unmoved = false;
	let restsUntil = -Infinity;
	let rests = false;
	let remade = 0;

	function alive(cells: readonly Cell[]): readonly Cell[] {
		const { erasedIds } = log.membership;
		return erasedIds.size ? cells.filter(({ id }) => !erasedIds.has(id)) : cells;
	}

	async function put(cells: readonly Cell[], upTo: UpTo): Promise<void> {
		const takenBack = new Set(replica.takenBack);
		const doubtful = await tables.project(alive(cells), upTo, takenBack);
		inDoubt ||= doubtful || takenBack.size > 0;
		await replica.keep(takenBack);
	}

	async function show(cells: readonly Cell[], upTo: UpTo, now = false): Promise<void> {
		const missed = behind;
		behind = true;
		try {
			if (missed) await fill();
			else await put(cells, upTo);
			if (inDoubt && !hasMore()) await makeAgain(now);
			behind = false;
		} catch (error) {
			onFailure(error);
		}
	}

	/** Projects the documents that unprojected entries touched: after a crash a few, after a rebuild all. */
	async function fill(onProgress?: OnProgress): Promise<void> {
		await leaveToLog();
		if (await isAllInDoubt()) await tables.clear();
		const projected = await tables.projected();
		const writers = Object.keys(log.vector()).map((writer) => log.chain(writer)!);
		const late = writers.filter((one) => (projected[one.did] ?? 0) < one.applied);
		const names = new Set(late.map((one) => one.did));
		const parts = log.partKeys().filter((key) => names.has(key.did));
		for (const [i, key] of parts.entries()) {
			await put(await replica.cells(key.did, key.part), {});
			onProgress?.(i + 1, parts.length);
		}
		if (late.length) await put([], Object.fromEntries(late.map((one) => [one.did, one.applied])));
		await remake(await tables.doubted());
		inDoubt = unmoved = false;
	}

	const isAllInDoubt = async () => !unmoved && (await tables.doubted()).has(EVERYTHING);

	async function makeAgain(now: boolean): Promise<void> {
		const started = clock();
		const rest = restsUntil - started;
		if (!now && rest > 0 && rest <= LONGEST_REST) {
			if (!rests) later(rest);
			rests = true;
			return;
		}
		await remake(await tables.doubted());
		inDoubt = false;
		restsUntil = clock() + Math.min(LONGEST_REST, REST * (clock() - started));
	}

	async function remake(ids: ReadonlySet<string>): Promise<void> {
		if (!ids.size) return;
		remade++;
		const wanted = [...ids].filter((id) => id !== EVERYTHING);
		const byId = new Map<string, Cell[]>(wanted.map((id) => [id, []]));
		for (const { did, part } of wanted.length ? log.partKeys() : [])
			for (const cell of alive(await replica.cells(did, part))) byId.get(cell.id)?.push(cell);
		for (let at = 0; at < wanted.length; at += AT_ONCE) {
			const some = wanted.slice(at, at + AT_ONCE);
			await tables.remake(
				new Set(some),
				some.flatMap((id) => byId.get(id)!),
			);
		}
		if (ids.has(EVERYTHING)) await tables.remake(new Set([EVERYTHING]), []);
		await replica.keep(ids);
	}

	return {
		show,
		fallBehind: () => void (behind = true),
		async catchUp() {
			rests = false;
			if (behind || inDoubt) await show([], {});
		},
		async settle(now) {
			if (inDoubt && !behind) await show([], {}, now);
		},
		async mark(did, seq) {
			const known = behind ? ((await tables.projected())[did] ?? 0) : seq;
			await tables.project([], { [did]: Math.min(known, seq) });
		},
		async rebuild(onProgress) {
			behind = true;
			await tables.clear();
			await fill(onProgress);
			behind = false;
		},
		remake,
		async doubt(ids) {
			if (ids.size) await tables.project([], {}, ids);
			inDoubt ||= ids.size > 0;
		},
		async whileAllInDoubt(move, concerned) {
			const unsure = await isAllInDoubt();
			const before = behind;
			behind = true;
			await tables.project([], {}, new Set([EVERYTHING]));
			// Nothing is written behind what the disk refuses, not even that all is as it was.
			unmoved = !unsure;
			if (!(await move())) return false;
			unmoved = false;
			const ids = await concerned();
			// What had been in doubt before stays so: all of it is made again.
			if (unsure) return true;
			await remake(new Set([...ids, EVERYTHING]));
			behind = before;
			return true;
		},
		alive,
		get remade() {
			return remade;
		},
	};
}
