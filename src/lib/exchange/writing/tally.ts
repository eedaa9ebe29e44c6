/** What came of an import so far: one status a record, however many rows made it. */
import { entityOf } from '#core/id.ts';
import type { Failure } from '#core/result.ts';
import type { Counts, FailedRow, ImportInfo, ImportReport, WarnedRow } from '../contract.ts';

export type Status = 'created' | 'updated' | 'unchanged';

const WEIGHT: Readonly<Record<Status, number>> = { unchanged: 0, updated: 1, created: 2 };

export interface Tally {
	rows: number;
	columns: readonly string[];
	readonly failed: FailedRow[];
	readonly warnings: WarnedRow[];
	readonly notes: string[];
	count(id: string, status: Status): void;
	apart(what: string, times?: number): void;
	/** Whether anything was written. */
	wrote(): boolean;
	report(name: string, info: ImportInfo, stopped?: Failure): ImportReport;
}

export function createTally(): Tally {
	const statusById = new Map<string, Status>();
	const apart: Record<string, number> = {};
	const failed: FailedRow[] = [];
	const warnings: WarnedRow[] = [];
	const notes: string[] = [];
	let written = false;
	return {
		rows: 0,
		columns: [],
		failed,
		warnings,
		notes,
		count(id, status) {
			const before = statusById.get(id);
			if (before === undefined || WEIGHT[status] > WEIGHT[before]) statusById.set(id, status);
			if (status !== 'unchanged') written = true;
		},
		apart(what, times = 1) {
			apart[what] = (apart[what] ?? 0) + times;
		},
		wrote: () => written,
		report(name, info, stopped) {
			const byEntity: Record<string, Record<Status, number>> = {};
			for (const [id, status] of statusById)
				(byEntity[entityOf(id)] ??= { created: 0, updated: 0, unchanged: 0 })[status]++;
			const sum = (status: Status) =>
				Object.values(byEntity).reduce((total, counts: Counts) => total + counts[status], 0);
			return {
				importId: info.importId,
				name,
				at: info.now,
				rows: this.rows,
				created: sum('created'),
				updated: sum('updated'),
				unchanged: sum('unchanged'),
				byEntity,
				failed: failed.sort((a, b) => a.row - b.row),
				warnings: warnings.sort((a, b) => a.row - b.row),
				apart,
				notes,
				columns: this.columns,
				...(stopped && { stopped }),
				...(stopped?.type === 'Cancelled' && { cancelled: true }),
			};
		},
	};
}
