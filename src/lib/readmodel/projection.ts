/**
 * Cells in, rows out: the only writer of rows. Blind to whether a cell is local or remote; no clock, no randomness, no
 * network. One Dexie transaction carries rows, counters and how far each chain has been projected.
 */
import { entityOf } from '#core/id.ts';
import { entityNamed } from '#entities/registry.ts';
import { type Cell } from '#replica/cell.ts';
import { filterFields } from '#schema/derive/columns.ts';
import { indexKeys } from '#schema/derive/index-keys.ts';
import { searchText } from '#schema/derive/search-text.ts';
import type { Entity } from '#schema/entity.ts';
import type { StoredRow, ViewDatabase } from './database.ts';
import { emptyRow, mergeAll, mergeCell, updatedAt, type MergedRow } from './merge.ts';

export interface Projection {
	/**
	 * `upTo`: device -> sequence number that these cells bring the tables to. `doubted`: records whose rows are in doubt from now on,
	 * until they are made again; or `EVERYTHING`. True when these cells have put rows in doubt.
	 */
	project(
		cells: readonly Cell[],
		upTo: Readonly<Record<string, number>>,
		doubted?: ReadonlySet<string>,
	): Promise<boolean>;
	projected(): Promise<Readonly<Record<string, number>>>;
	doubted(): Promise<ReadonlySet<string>>;
	/** The rows of these records from all their cells, in the place of what stood there: in doubt no longer. */
	remake(ids: ReadonlySet<string>, cells: readonly Cell[]): Promise<void>;
}

export type RowsChanged = (entity: string, rows: readonly StoredRow[]) => void;

export function createProjection(database: ViewDatabase, changed?: RowsChanged): Projection {
	/** Rows from what stood there and these cells; or, `anew`, of these records from the cells alone. Answers those in doubt now. */
	async function put(
		cells: readonly Cell[],
		anew: ReadonlySet<string> | undefined,
		note: (doubtful: readonly string[]) => Promise<unknown>,
	): Promise<readonly string[]> {
		const byEntity = groupCells(cells, anew);
		const names = [...byEntity.keys()];
		const written: [string, StoredRow[]][] = [];
		const doubtful: string[] = [];
		const tables = [...names, '#counters', '#projected', '#doubts'];
		await database.transaction('rw', tables, async () => {
			const counts = new Map<string, number>();
			for (const [name, cellsById] of byEntity) {
				const entity = entityNamed(name)!;
				const ids = [...cellsById.keys()];
				const before = await database.rows(name).bulkGet(ids);
				const rows = ids.map((id, i) => {
					const own = cellsById.get(id)!;
					if (anew) return finish(entity, mergeAll(id, own));
					const row: MergedRow = before[i] ? copy(before[i]) : emptyRow(id);
					// Not `some`: each of them is merged.
					if (own.filter((cell) => mergeCell(row, cell)).length) doubtful.push(id);
					return finish(entity, row);
				});
				rows.forEach((row, i) => {
					count(entity, before[i], -1, counts);
					count(entity, row, 1, counts);
				});
				const gone = ids.filter((id) => !cellsById.get(id)!.length);
				await database.rows(name).bulkPut(rows.filter(({ id }) => cellsById.get(id)!.length));
				if (gone.length) await database.rows(name).bulkDelete(gone);
				written.push([name, rows]);
			}
			await addCounts(database, counts);
			await note(doubtful);
		});
		for (const [name, rows] of written) changed?.(name, rows);
		return doubtful;
	}

	return {
		async project(cells, upTo, doubted = new Set()) {
			const doubtful = await put(cells, undefined, async (own) => {
				await database.projected.bulkPut(Object.entries(upTo).map(([did, seq]) => ({ did, seq })));
				const ids = new Set([...doubted, ...own]);
				if (ids.size) await database.doubts.bulkPut([...ids].map((id) => ({ id })));
			});
			return doubtful.length > 0;
		},
		async remake(ids, cells) {
			await put(cells, ids, () => database.doubts.bulkDelete([...ids]));
		},
		projected: async () =>
			Object.fromEntries((await database.projected.toArray()).map(({ did, seq }) => [did, seq])),
		doubted: async () => new Set(await database.doubts.toCollection().primaryKeys()),
	};
}

/** What the tables say of a record when these are all its cells; nothing of an entity that this version does not know. */
export function rowOf(id: string, cells: readonly Cell[]): StoredRow | undefined {
	const entity = entityNamed(entityOf(id));
	if (!entity) return undefined;
	return finish(entity, mergeAll(id, cells));
}

/** The counters of these rows, each by its key. */
export function countersOf(rows: Iterable<StoredRow>): Map<string, number> {
	const counts = new Map<string, number>();
	for (const row of rows) count(entityNamed(entityOf(row.id))!, row, 1, counts);
	return counts;
}

/**
 * By entity and record; of `ids`, those of which nothing is said, too. Cells of entities that this version does not know stay in
 * the documents, for a version that does.
 */
function groupCells(
	cells: readonly Cell[],
	ids: Iterable<string> = [],
): Map<string, Map<string, Cell[]>> {
	const byEntity = new Map<string, Map<string, Cell[]>>();
	const cellsOf = (id: string): Cell[] => {
		const name = entityOf(id);
		if (!entityNamed(name)) return [];
		let byId = byEntity.get(name);
		if (!byId) byEntity.set(name, (byId = new Map()));
		const list = byId.get(id) ?? [];
		if (!list.length) byId.set(id, list);
		return list;
	};
	for (const id of ids) cellsOf(id);
	for (const cell of cells) cellsOf(cell.id).push(cell);
	return byEntity;
}

const copy = (row: StoredRow): MergedRow => ({
	id: row.id,
	v: { ...row.v },
	c: { ...row.c },
	...(row.s && { s: row.s }),
});

/** A record is live once its base has come and while it is not deleted. */
function finish(entity: Entity, row: MergedRow): StoredRow {
	if (!row.s) return row;
	const d = entity.derive?.(row.v);
	if (row.v.deleted === true)
		return { ...row, ...(d && { d }), x: row.c.deleted?.[0]?.[1] ?? row.s[0] };
	const fields = { ...row.v, ...d };
	return {
		...row,
		...(d && { d }),
		k: indexKeys(entity, fields, updatedAt(row)),
		t: searchText(entity, fields),
	};
}

function count(
	entity: Entity,
	row: StoredRow | undefined,
	sign: 1 | -1,
	counts: Map<string, number>,
): void {
	if (!row?.k) return;
	const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + sign);
	add(entity.name);
	for (const { name } of filterFields(entity))
		if (typeof row.v[name] === 'string') add(counterKey(entity.name, name, row.v[name]));
}

export const counterKey = (entity: string, field: string, value: unknown): string =>
	`${entity}/${field}/${String(value)}`;

async function addCounts(database: ViewDatabase, counts: Map<string, number>): Promise<void> {
	const moved = [...counts].filter(([, n]) => n !== 0);
	const before = await database.counters.bulkGet(moved.map(([key]) => key));
	await database.counters.bulkPut(
		moved.map(([key, n], i) => ({ key, n: (before[i]?.n ?? 0) + n })),
	);
}
