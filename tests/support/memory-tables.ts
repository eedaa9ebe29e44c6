/** The end of the data's path in memory: rows in a map, merged by the real merge. What is in it survives a restart, as a disk does. */
import { emptyRow, mergeCell, type MergedRow } from '#readmodel/merge.ts';
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
	function merge(cells: readonly Cell[]): void {
		for (const cell of cells) {
			const before = rows.get(cell.id) ?? emptyRow(cell.id);
			const row = { ...before, v: { ...before.v }, c: { ...before.c } };
			mergeCell(row, cell);
			rows.set(cell.id, row);
		}
	}
	return {
		rows,
		open: (alive = () => undefined) => ({
			async project(cells, upTo, doubted = new Set()) {
				await alive();
				merge(cells);
				for (const [did, seq] of Object.entries(upTo)) projected.set(did, seq);
				for (const id of doubted) doubts.add(id);
			},
			async remake(ids, cells) {
				await alive();
				for (const id of ids) {
					rows.delete(id);
					doubts.delete(id);
				}
				merge(cells);
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
