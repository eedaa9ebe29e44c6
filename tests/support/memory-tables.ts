/** The end of the data's path in memory: rows in a map, merged by the real merge. What is in it survives a restart, as a disk does. */
import { groupBy } from '#core/group.ts';
import { emptyRow, mergeAll, mergeCell, type MergedRow } from '#readmodel/merge.ts';
import type { Cell } from '#replica/cell.ts';
import type { StoredRow } from '#readmodel/database.ts';
import type { Tables } from '#workspace/projecting.ts';

export interface MemoryTables {
	readonly rows: ReadonlyMap<string, MergedRow>;
	/** For one run of a device; `alive` never resolves once its power has failed. */
	open(alive?: () => Promise<void> | undefined): Tables;
}

export function createMemoryTables(): MemoryTables {
	const rows = new Map<string, MergedRow>();
	const projected = new Map<string, number>();
	const doubts = new Set<string>();
	/** Answers the records in doubt now. */
	function merge(cells: readonly Cell[]): readonly string[] {
		const doubtful: string[] = [];
		for (const cell of cells) {
			const before = rows.get(cell.id) ?? emptyRow(cell.id);
			const row = { ...before, v: { ...before.v }, c: { ...before.c } };
			if (mergeCell(row, cell)) doubtful.push(cell.id);
			rows.set(cell.id, row);
		}
		return doubtful;
	}
	return {
		rows,
		open: (alive = () => undefined) => ({
			async project(cells, upTo, doubted = new Set()) {
				await alive();
				const doubtful = merge(cells);
				for (const [did, seq] of Object.entries(upTo)) projected.set(did, seq);
				for (const id of [...doubted, ...doubtful]) doubts.add(id);
				return doubtful.length > 0;
			},
			async remake(ids, cells) {
				await alive();
				for (const id of ids) {
					rows.delete(id);
					doubts.delete(id);
				}
				for (const [id, own] of groupBy(cells, (cell) => cell.id)) rows.set(id, mergeAll(id, own));
			},
			doubted: async () => new Set(doubts),
			projected: async () => Object.fromEntries(projected),
			rows: async (ids) => ids.map((id) => rows.get(id) as StoredRow | undefined),
			async clear() {
				rows.clear();
				projected.clear();
				doubts.clear();
			},
			close() {},
		}),
	};
}
