/**
 * The data's path, both ways. A local edit: documents, log, tables. A received entry: log, documents, tables. One queue, so
 * that nothing ever overtakes. Each stage can be thrown away and is rebuilt from the one before it: `openStore` brings the
 * tables up to the log, whatever happened between.
 */
import { systemClock, type Clock } from '#core/clock.ts';
import { groupBy } from '#core/group.ts';
import { createHybridClock } from '#core/hlc.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Intent, WriteContext } from '#commands/context.ts';
import type { SealedEntry } from '#log/entry.ts';
import { renewJournal } from '#log/heal.ts';
import { openLog, type Log, type OpenedEntry } from '#log/log.ts';
import { mayWrite } from '#log/membership.ts';
import type { Role } from '#log/workspaces.ts';
import { ViewDatabase, deleteFormerViews } from '#readmodel/database.ts';
import { createProjection } from '#readmodel/projection.ts';
import { createSearch, type Search } from '#readmodel/search.ts';
import { encodeCell, type Cell } from '#replica/cell.ts';
import { partOf } from '#replica/parts.ts';
import { createReplica, type Replica } from '#replica/replica.ts';
import { createQueue } from './queue.ts';
import { createUnsaved, type Unsaved } from './unsaved.ts';

export interface Store {
	readonly log: Log;
	readonly view: ViewDatabase;
	readonly search: Search;
	readonly context: WriteContext;
	readonly role: Role;
	readonly unsaved: Unsaved;
	/** What other devices sent, after the log's checks; resolves when it is stored and visible. */
	receive(entries: readonly SealedEntry[]): Promise<Result<readonly OpenedEntry[]>>;
	/** Empties the tables and fills them again from the documents. */
	rebuild(onProgress?: (done: number, total: number) => void): Promise<void>;
	/** Runs `read` between two changes, when log and tables say the same. */
	settled<T>(read: () => Promise<T>): Promise<T>;
	/** Called after each change of the log. */
	onChange(listener: () => void): () => void;
	close(): Promise<void>;
}

/** Bytes of cells in one log entry; the update is a little larger than they are, the limit is 192 KiB. */
const ENTRY_BYTES = 96 * 1024;

export interface StoreOptions {
	readonly clock?: Clock;
	/** Keeps devices apart that live in one process. */
	readonly scope?: string;
}

export async function openStore(
	wid: string,
	{ clock = systemClock, scope = '' }: StoreOptions = {},
): Promise<Result<Store>> {
	const opened = await openLog(wid, clock, scope);
	if (!opened.ok) return opened;
	const log = opened.value;
	const did = log.device.did;
	const view = new ViewDatabase(wid, scope);
	const search = createSearch(view);
	const projection = createProjection(view, search.update);
	const replica = createReplica(scope + wid, { clock: log.partClock, updates: log.partUpdates });
	const hlc = createHybridClock(clock);
	for (const writer of Object.keys(log.vector())) hlc.observe(log.chain(writer)!.hlc);
	const queue = createQueue();
	const listeners = new Set<() => void>();
	const role = (): Role => log.membership.devices.get(did)?.role ?? 'viewer';
	const changed = () => listeners.forEach((listener) => listener());

	/** The tables lack something that the log has: the next change brings it in as well. */
	let behind = false;
	/** Another worker may hold the data by now: nothing that still waits in the queue may be written. */
	let closing = false;
	const closed = () => fail('Busy', 'This workspace was closed here. Open it again.');

	await catchUp(log, replica, projection);
	void deleteFormerViews(view);

	async function write(intent: Intent, cells: readonly Cell[]): Promise<Result<void>> {
		if (!mayWrite(role()))
			return fail(
				'Forbidden',
				'You can read this workspace but not change it. Ask an owner to make you an editor.',
			);
		for (const chunk of chunks(cells)) {
			if (closing) return closed();
			const byPart = await fileCells(chunk);
			const kind = intent.verb === 'import' ? 'import' : 'edit';
			let entry: Result<OpenedEntry> | undefined;
			try {
				const updates = await replica.write(did, byPart);
				entry = await log.write(kind, chunk[0]!.hlc, { intent, updates });
			} finally {
				// A document ahead of the log would leave a hole in what the others get.
				if (!entry?.ok) await replica.forget(did, [...byPart.keys()]);
			}
			if (!entry.ok) return entry;
			await show(chunk, { [did]: entry.value.seq });
		}
		changed();
		return ok(undefined);
	}

	async function show(cells: readonly Cell[], upTo: Readonly<Record<string, number>>) {
		const missed = behind;
		behind = true;
		if (missed) await catchUp(log, replica, projection);
		else await projection.project(cells, upTo);
		behind = false;
	}

	/** An event is filed by its month, which a later edit of it does not say: ask the row. */
	async function fileCells(cells: readonly Cell[]): Promise<Map<string, Cell[]>> {
		const edited = cells.filter((cell) => !('fields' in cell)).map(({ id }) => id);
		const rows = edited.length ? await readRows(edited) : [];
		const fieldsById = new Map(rows.flatMap((row) => (row ? [[row.id, row.v] as const] : [])));
		return groupBy(cells, (cell) =>
			partOf(cell.id, 'fields' in cell ? cell.fields : (fieldsById.get(cell.id) ?? {})),
		);
	}

	async function readRows(ids: readonly string[]) {
		const found = await view.rowsById(ids);
		return ids.map((id) => found.get(id));
	}

	async function receive(entries: readonly SealedEntry[]): Promise<Result<readonly OpenedEntry[]>> {
		if (closing) return closed();
		const received = await log.receive(entries);
		if (!received.ok || !received.value.length) return received;
		const cells: Cell[] = [];
		const upTo: Record<string, number> = {};
		try {
			for (const entry of received.value) {
				hlc.observe(entry.hlc);
				cells.push(...(await replica.apply(entry.did, entry.payload.updates)));
				upTo[entry.did] = entry.seq;
			}
		} catch (error) {
			// A document behind the log would wait for ever for what it missed.
			for (const { did: writer, payload } of received.value)
				await replica.forget(
					writer,
					payload.updates.map(({ part }) => part),
				);
			behind = true;
			throw error;
		}
		await show(cells, upTo);
		changed();
		return received;
	}

	/** A browser that ran out of room closes every database, and they do not come back by themselves. */
	async function reopen(): Promise<void> {
		await replica.close();
		await renewJournal();
		for (const database of [log.database, view]) {
			database.close({ disableAutoOpen: false });
			await database.open();
		}
	}

	const unsaved = createUnsaved(
		(intent, cells) => queue.run(() => write(intent, cells)),
		changed,
		() => queue.run(reopen),
	);

	return ok({
		log,
		view,
		search,
		unsaved,
		get role() {
			return role();
		},
		context: {
			did,
			rows: readRows,
			nextHlc: hlc.next,
			write: unsaved.write,
		},
		receive: (entries) => unsaved.observe(() => queue.run(() => receive(entries))),
		rebuild: (onProgress) =>
			queue.run(async () => {
				behind = true;
				await view.transaction('rw', view.tables, () =>
					Promise.all(view.tables.map((table) => table.clear())),
				);
				await catchUp(log, replica, projection, onProgress);
				behind = false;
			}),
		settled: queue.run,
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			closing = true;
			await queue.run(async () => {});
			await replica.close();
			view.close();
			log.close();
		},
	});
}

/** Projects the documents that unprojected entries touched: after a crash a few, after a rebuild all. */
async function catchUp(
	log: Log,
	replica: Replica,
	projection: ReturnType<typeof createProjection>,
	onProgress?: (done: number, total: number) => void,
): Promise<void> {
	const projected = await projection.projected();
	const vector = log.vector();
	const behind = Object.keys(vector).filter((did) => (projected[did] ?? 0) < vector[did]!);
	const parts = (await log.partKeys()).filter(({ did }) => behind.includes(did));
	for (const [i, { did, part }] of parts.entries()) {
		await projection.project(await replica.cells(did, part), {});
		onProgress?.(i + 1, parts.length);
	}
	if (behind.length)
		await projection.project([], Object.fromEntries(behind.map((did) => [did, vector[did]!])));
}

function* chunks(cells: readonly Cell[]): Generator<readonly Cell[]> {
	let chunk: Cell[] = [];
	let size = 0;
	for (const cell of cells) {
		const own = JSON.stringify(encodeCell(cell)).length + cell.id.length + 16;
		if (chunk.length && size + own > ENTRY_BYTES) {
			yield chunk;
			chunk = [];
			size = 0;
		}
		chunk.push(cell);
		size += own;
	}
	if (chunk.length) yield chunk;
}
