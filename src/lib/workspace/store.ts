/**
 * The data's path, both ways. A local edit: documents, log, tables. A received entry: log, documents, tables. One queue, so
 * that nothing ever overtakes. Each stage can be thrown away and is rebuilt from the one before it: `projecting.ts` brings the
 * tables up to the log, whatever happened between. `upkeep.ts` does what the membership asks of data that is here already.
 */
import { groupBy } from '#core/group.ts';
import { createHybridClock } from '#core/hlc.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { systemClock, type Clock } from '#core/clock.ts';
import type { Intent, WriteContext } from '#commands/context.ts';
import type { SealedEntry } from '#log/entry.ts';
import type { Log, OpenedEntry, Received } from '#log/log.ts';
import { endOf, mayWrite } from '#log/membership.ts';
import type { Role } from '#log/workspaces.ts';
import { isBase, type Cell } from '#replica/cell.ts';
import { partOf } from '#replica/parts.ts';
import type { Replica } from '#replica/replica.ts';
import { isStorageError, storageFailure } from '#log/storage.ts';
import { createQueue } from '#core/queue.ts';
import { within } from '#core/within.ts';
import type { EngineStore } from '#sync/engine.ts';
import { createArrivals } from './arrivals.ts';
import { chunks, createOwnChain } from './own-chain.ts';
import { createProjecting, type OnProgress, type Tables } from './projecting.ts';
import {
	LONGEST,
	createUnsaved,
	plainDisk,
	type Change,
	type Disk,
	type Unsaved,
} from './unsaved.ts';
import { createUpkeep } from './upkeep.ts';

export interface Stages {
	readonly log: Log;
	readonly replica: Replica;
	readonly tables: Tables;
	readonly clock?: Clock;
	readonly disk?: Disk;
	/** What was not saved when the workspace was closed. */
	readonly kept?: Change[];
	/** What this device keeps of records beside log, documents and tables goes before it confirms that they are erased. */
	readonly forgetErased?: (ids: ReadonlySet<string>) => Promise<void>;
}

export interface Store extends EngineStore {
	readonly replica: Replica;
	readonly context: WriteContext;
	readonly role: Role;
	readonly unsaved: Unsaved;
	/** As `receive`, of a backup: where its writer could not read something, the place is kept until somebody sends it. */
	restore(entries: readonly SealedEntry[]): Promise<Result<Received>>;
	/** Writes documents' cells into new ones and ends the old: without what is superseded or erased. */
	rewrite(parts: readonly string[]): Promise<Result<void>>;
	/** Empties the tables and fills them again from the documents. */
	rebuild(onProgress?: OnProgress): Promise<void>;
	/** Mends the rows of a chain; what only others can mend becomes gaps. How much was damaged. */
	mend(did: string): Promise<number>;
	/** Makes a cached document again when it does not say what the log says. How many records that changed. */
	recheck(did: string, part: string): Promise<number>;
	/** Grows when rows are made again: what was computed from them may be untrue. */
	readonly remade: number;
	/** Ended devices whose late edits a person must decide on before an erasure can go on. */
	readonly late: ReadonlySet<string>;
	/** Runs `read` between two changes, when log and tables say the same. */
	settled<T>(read: () => Promise<T>): Promise<T>;
	/** Nothing is written while this holds: this device is still learning what it wrote itself. */
	holdWhile(busy: () => boolean): void;
	/** Called after each change of the log. */
	onChange(listener: () => void): () => void;
	close(): Promise<void>;
}

const RETRY_MS = 1000;
/** While more is on its way, what has come is read when nothing arrives for so long. */
const QUIET_MS = 20;
/** Bytes that may wait to be read. */
const MOST_UNREAD = 32 * 1024 * 1024;

export async function createStore({
	log,
	replica,
	tables,
	clock = systemClock,
	disk = plainDisk,
	kept,
	forgetErased = async () => {},
}: Stages): Promise<Store> {
	const { did } = log.device;
	const hlc = createHybridClock(clock);
	for (const writer of Object.keys(log.vector())) {
		const chain = log.chain(writer)!;
		// What does not count sets nobody's clock, either.
		if (chain.seq <= endOf(log.membership, writer)) hlc.observe(chain.hlc);
	}
	const queue = createQueue();
	const listeners = new Set<() => void>();
	const role = (): Role => log.membership.devices.get(did)?.role ?? 'viewer';
	const changed = () => listeners.forEach((listener) => listener());
	const reopen = () =>
		queue.run(async () => {
			await replica.close();
			await disk.reopen();
			await catchUp().catch(retry);
		});
	const unsaved = createUnsaved(
		(intent, cells) => queue.run(() => write(intent, cells)),
		changed,
		{ ...disk, reopen, recovered: () => queue.run(disk.recovered) },
		kept,
	);
	const arrivals = createArrivals();
	const projecting = createProjecting({
		...{ log, replica, tables, clock, later },
		hasMore: () => arrivals.length > 0,
		leaveToLog: () => leaveToLog([]),
		onFailure: retry,
	});
	const { alive, show } = projecting;
	const chain = createOwnChain({
		...{ log, replica, hlc, alive },
		async onRewritten(seq) {
			await upkeep.retire();
			await projecting.mark(did, seq);
			await projecting.settle();
		},
		onBusy: projecting.fallBehind,
	});
	const upkeep = createUpkeep({ log, replica, tables, projecting, chain, clock, forgetErased });

	/** Deliveries that are being stored. */
	let arriving = 0;
	let quiet: ReturnType<typeof setTimeout> | undefined;
	/** What came may ask something of the upkeep, once it is read. */
	let stirred = false;
	/** Another worker may hold the data by now: nothing that still waits in the queue may be written. */
	let closing = false;
	let held = () => false;
	const closed = () => fail('Busy', 'This workspace was closed here. Open it again.');

	await catchUp().catch(retry);
	const stopListening = log.onMembership(() => {
		if (closing) return;
		queue
			.run(async () => {
				if (closing) return;
				await readAll();
				await tidyUp();
			})
			.catch(retry);
	});

	/** What the membership asks of what is here. */
	async function tidyUp(then = projecting.settle): Promise<void> {
		const { remade } = projecting;
		const moved = await upkeep.run();
		await then();
		if (moved || projecting.remade > remade) changed();
	}

	/** And what the tables lack: at a start, and when something is tried again. */
	function catchUp(): Promise<void> {
		return tidyUp(projecting.catchUp);
	}

	async function write(intent: Intent, wanted: readonly Cell[]): Promise<Result<void>> {
		if (!mayWrite(role()))
			return fail(
				'Forbidden',
				'You can read this workspace but not change it. Ask an owner to make you an editor.',
			);
		if (held())
			return fail(
				'Busy',
				'This device was restored from an older copy and is fetching what it wrote since. Try again in a moment.',
			);
		if (arrivals.isOf(did)) await readAll();
		// What was erased between the asking and the writing must not come into the log again.
		const cells = alive(wanted);
		if (wanted.length && !cells.length)
			return fail('NotFound', 'This record was erased for good and cannot be changed.');
		const kind = intent.verb === 'import' ? 'import' : 'edit';
		for (const chunk of chunks(cells)) {
			if (closing) return closed();
			const byPart = await fileCells(chunk);
			const written = await chain.write(kind, chunk[0]!.hlc, { intent, updates: [] }, byPart);
			if (!written.ok) return written;
			await show(chunk, { [did]: written.value.seq });
			// It is in the log for good: what cannot be tidied now is no failure of the change.
			for (const part of byPart.keys()) await chain.tidy(part).catch(retry);
		}
		changed();
		return ok(undefined);
	}

	function retry(error: unknown): void {
		if (isStorageError(error)) return unsaved.note(storageFailure(error).error);
		console.error(error);
		later(RETRY_MS);
	}

	function later(ms: number): void {
		setTimeout(() => {
			// After a refusal nothing is written until a person tries again, and then this as well.
			if (!closing && !unsaved.state()) void queue.run(catchUp).catch(retry);
		}, ms);
	}

	/** An event is filed by its month, which a later edit of it does not say: ask the row. */
	async function fileCells(cells: readonly Cell[]): Promise<Map<string, Cell[]>> {
		const edited = cells.filter((cell) => !isBase(cell)).map(({ id }) => id);
		const rows = edited.length ? await tables.rows(edited) : [];
		const fieldsById = new Map(rows.flatMap((row) => (row ? [[row.id, row.v] as const] : [])));
		return groupBy(cells, (cell) =>
			partOf(cell.id, isBase(cell) ? cell.fields : (fieldsById.get(cell.id) ?? {})),
		);
	}

	async function receive(
		entries: readonly SealedEntry[],
		leftOut?: boolean,
		holes?: boolean,
	): Promise<Result<Received>> {
		if (closing) return closed();
		const received = await log.receive(entries, leftOut, holes);
		if (!received.ok) return received;
		const { opened, healed, stored } = received.value;
		for (const entry of opened) hlc.observe(entry.hlc);
		arrivals.add(opened);
		if (healed.size) {
			await readAll();
			await show(await upkeep.readAgain(healed), {});
		}
		// Void entries may speak of what was erased, and others make it possible to go on with an erasure.
		if (stored > opened.length || (stored && upkeep.waiting)) stirred = true;
		if (stored) changed();
		return received;
	}

	/** A piece of what has arrived, into documents and tables. */
	async function readSome(): Promise<void> {
		const piece = arrivals.next();
		const cells: Cell[] = [];
		const upTo: Record<string, number> = {};
		try {
			for (const [writer, entries] of groupBy(piece, (entry) => entry.did)) {
				const updates = entries.flatMap(({ payload }) => payload.updates);
				cells.push(...(await replica.apply(writer, updates)));
				upTo[writer] = entries.at(-1)!.seq;
			}
		} catch (error) {
			projecting.fallBehind();
			await leaveToLog(piece);
			throw error;
		}
		if (piece.length) await show(cells, upTo);
		const due = stirred && !arrivals.length;
		if (due) stirred = false;
		if (!arrivals.length) await (due ? upkeep.run() : upkeep.retire());
		await projecting.settle();
		if (piece.length || due) changed();
	}

	async function readAll(): Promise<void> {
		while (arrivals.length && !closing) await readSome();
	}

	async function receiveFirst(
		entries: readonly SealedEntry[],
		{ leftOut, more, holes }: { leftOut?: boolean; more?: boolean; holes?: boolean },
	): Promise<Result<Received>> {
		clearTimeout(quiet);
		arriving++;
		const received = await queue
			.run(() => receive(entries, leftOut, holes))
			.finally(() => arriving--);
		if (!more || arrivals.bytes > MOST_UNREAD) await readOn();
		else quiet = setTimeout(() => void readOn().catch(retry), QUIET_MS);
		return received;
	}

	/** Others may change something between two pieces. What begins to arrive meanwhile is stored first. */
	async function readOn(): Promise<void> {
		do await queue.run(async () => closing || readSome());
		while (arrivals.length && !closing && !arriving);
	}

	/** A document behind the log would wait for ever for what it missed: closed, it reads everything at its next opening. */
	async function leaveToLog(entries: readonly OpenedEntry[]): Promise<void> {
		for (const { did: writer, payload } of [...entries, ...arrivals.clear()])
			await replica.forget(
				writer,
				payload.updates.map(({ part }) => part),
			);
	}

	return {
		log,
		replica,
		unsaved,
		get role() {
			return role();
		},
		get remade() {
			return projecting.remade;
		},
		late: upkeep.late,
		get unread() {
			return arrivals.length;
		},
		context: {
			did,
			rows: (ids) => within(tables.rows(ids), LONGEST),
			nextHlc: hlc.next,
			write: unsaved.write,
		},
		receive: (entries, leftOut, more) =>
			unsaved.observe(() => receiveFirst(entries, { leftOut, more })),
		restore: (entries) => unsaved.observe(() => receiveFirst(entries, { holes: true })),
		rewrite: (parts) => queue.run(() => readAll().then(() => chain.rewrite(parts))),
		rebuild: (onProgress) => queue.run(() => projecting.rebuild(onProgress)),
		mend: (chain) => queue.run(() => log.scrub(chain)),
		recheck: (writer, part) =>
			queue.run(async () => {
				await readAll();
				// One whose entries are not all here cannot be made again.
				if (await log.misses(writer)) return 0;
				return log.partsOf(writer).includes(part) ? upkeep.recheck(writer, part) : 0;
			}),
		settled: (read) =>
			queue.run(async () => {
				await readAll();
				await projecting.settle(true);
				return read();
			}),
		holdWhile(busy) {
			held = busy;
		},
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			closing = true;
			stopListening();
			// What was left unanswered must not keep the app from being locked.
			await within(
				queue.run(async () => {}),
				LONGEST,
			).catch(() => {});
			await replica.close();
			tables.close();
			log.close();
		},
	};
}
