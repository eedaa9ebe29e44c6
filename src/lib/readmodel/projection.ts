/**
 * Cells in, rows out: the only writer of rows. Blind to whether a cell is local or remote; no clock, no randomness, no
 * network. One Dexie transaction carries rows, counters and how far each chain has been projected.
 */
import { groupBy } from '#core/group.ts';
import { entityOf } from '#core/id.ts';
import { entityNamed } from '#entities/registry.ts';
import { type Cell } from '#replica/cell.ts';
import { filterFields } from '#schema/derive/columns.ts';
import { indexKeys } from '#schema/derive/index-keys.ts';
import { searchText } from '#schema/derive/search-text.ts';
import type { Entity } from '#schema/entity.ts';
import type { StoredRow, ViewDatabase } from './database.ts';
import { emptyRow, mergeCell, updatedAt, type MergedRow } from './merge.ts';

export interface Projection {
	/** `upTo`: device -> sequence number that these cells bring the tables to. */
	project(cells: readonly Cell[], upTo: Readonly<Record<string, number>>): Promise<void>;
	projected(): Promise<Readonly<Record<string, number>>>;
	/** Takes rows away: to be projected again from their cells, or for good. */
	remove(ids: readonly string[]): Promise<void>;
}

export type RowsChanged = (entity: string, rows: readonly StoredRow[]) => void;

export function createProjection(database: ViewDatabase, changed?: RowsChanged): Projection {
	async function project(
		cells: readonly Cell[],
		upTo: Readonly<Record<string, number>>,
	): Promise<void> {
		const byEntity = groupCells(cells);
		const names = [...byEntity.keys()];
		const written: [string, StoredRow[]][] = [];
		await database.transaction('rw', [...names, '#counters', '#projected'], async () => {
			const counts = new Map<string, number>();
			for (const [name, cellsById] of byEntity) {
				const entity = entityNamed(name)!;
				const ids = [...cellsById.keys()];
				const before = await database.rows(name).bulkGet(ids);
				const rows = ids.map((id, i) => {
					const row: MergedRow = before[i] ? copy(before[i]) : emptyRow(id);
					for (const cell of cellsById.get(id)!) mergeCell(row, cell);
					return finish(entity, row);
				});
				rows.forEach((row, i) => {
					count(entity, before[i], -1, counts);
					count(entity, row, 1, counts);
				});
				await database.rows(name).bulkPut(rows);
				written.push([name, rows]);
			}
			await addCounts(database, counts);
			await database.projected.bulkPut(Object.entries(upTo).map(([did, seq]) => ({ did, seq })));
		});
		for (const [name, rows] of written) changed?.(name, rows);
	}

	async function remove(ids: readonly string[]): Promise<void> {
		const byEntity = groupBy(
			ids.filter((id) => entityNamed(entityOf(id))),
			entityOf,
		);
		await database.transaction('rw', [...byEntity.keys(), '#counters'], async () => {
			const counts = new Map<string, number>();
			for (const [name, own] of byEntity) {
				for (const row of await database.rows(name).bulkGet(own))
					count(entityNamed(name)!, row, -1, counts);
				await database.rows(name).bulkDelete(own);
			}
			await addCounts(database, counts);
		});
		for (const [name, own] of byEntity) changed?.(name, own.map(emptyRow));
	}

	return {
		project,
		remove,
		projected: async () =>
			Object.fromEntries((await database.projected.toArray()).map(({ did, seq }) => [did, seq])),
	};
}

/** What the tables say of a record when these are all its cells; nothing of an entity that this version does not know. */
export function rowOf(id: string, cells: readonly Cell[]): StoredRow | undefined {
	const entity = entityNamed(entityOf(id));
	if (!entity) return undefined;
	const row = emptyRow(id);
	for (const cell of cells) mergeCell(row, cell);
	return finish(entity, row);
}

/** The counters of these rows, each by its key. */
export function countersOf(rows: Iterable<StoredRow>): Map<string, number> {
	const counts = new Map<string, number>();
	for (const row of rows) count(entityNamed(entityOf(row.id))!, row, 1, counts);
	return counts;
}

/** Cells of entities that this version does not know stay in the documents, for a version that does. */
function groupCells(cells: readonly Cell[]): Map<string, Map<string, Cell[]>> {
	const byEntity = new Map<string, Map<string, Cell[]>>();
	for (const cell of cells) {
		const name = entityOf(cell.id);
		if (!entityNamed(name)) continue;
		let byId = byEntity.get(name);
		if (!byId) byEntity.set(name, (byId = new Map()));
		const list = byId.get(cell.id);
		if (list) list.push(cell);
		else byId.set(cell.id, [cell]);
	}
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
