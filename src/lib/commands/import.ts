/**
 * What an import writes, and how it is taken back. Each batch remembers what it created and what it replaced; a revert undoes
 * exactly that and leaves alone whatever anybody changed since.
 */
import { entityOf } from '#core/id.ts';
import type { Hlc } from '#core/hlc.ts';
import { ok, type Result } from '#core/result.ts';
import { statesOf, type MergedRow } from '#readmodel/merge.ts';
import type { StoredRow } from '#readmodel/database.ts';
import { type Cell } from '#replica/cell.ts';
import type { Fields } from '#schema/values.ts';
import { changedCells } from './records.ts';
import type { WriteContext } from './context.ts';

export type ImportOp =
	| {
			readonly op: 'create';
			readonly id: string;
			readonly entity: string;
			readonly fields: Fields;
	  }
	| { readonly op: 'update'; readonly id: string; readonly patch: Fields };

export interface BatchUndo {
	readonly created: readonly string[];
	readonly updated: readonly { readonly id: string; readonly before: Record<string, unknown> }[];
	readonly hlc: Hlc;
}

/** A creation of a record that exists already (binned, or made by a colleague's import meanwhile) becomes an update. */
export async function writeBatch(
	context: WriteContext,
	ops: readonly ImportOp[],
): Promise<Result<BatchUndo>> {
	const rows = await context.rows(ops.map((op) => op.id));
	const hlc = context.nextHlc();
	const created: string[] = [];
	const updated: { id: string; before: Record<string, unknown> }[] = [];
	const cells: Cell[] = [];
	ops.forEach((op, i) => {
		const row = rows[i];
		if (op.op === 'create' && !row?.s) {
			created.push(op.id);
			cells.push({ id: op.id, did: context.did, hlc, fields: op.fields });
			return;
		}
		if (!row?.s) return;
		const patch = op.op === 'create' ? { ...op.fields, deleted: false } : op.patch;
		const own = changedCells(context.did, hlc, row, patch);
		if (!own.length) return;
		updated.push({
			id: op.id,
			before: Object.fromEntries(own.map(({ field }) => [field, row.v[field] ?? null])),
		});
		cells.push(...own);
	});
	if (cells.length) {
		const entity = entityOf(cells[0]!.id);
		const written = await context.write({ verb: 'import', entity, count: ops.length }, cells);
		if (!written.ok) return written;
	}
	return ok({ created, updated, hlc });
}

/** Resolves to how many records were taken back and how many were kept because somebody changed them since. */
export async function revertBatch(
	context: WriteContext,
	batch: BatchUndo,
): Promise<Result<{ removed: number; kept: number }>> {
	const cells: Cell[] = [];
	let removed = 0;
	let kept = 0;
	const createdRows = await context.rows(batch.created);
	const updatedRows = await context.rows(batch.updated.map(({ id }) => id));
	const hlc = context.nextHlc();
	for (const row of createdRows) {
		if (!row?.s || row.x !== undefined) continue;
		if (editedSince(row)) kept++;
		else {
			removed++;
			cells.push(...changedCells(context.did, hlc, row, { deleted: true }));
		}
	}
	batch.updated.forEach(({ before }, i) => {
		const row = updatedRows[i];
		if (!row?.s) return;
		const untouched = Object.keys(before).filter((field) => writtenBy(row, field, batch, context));
		const patch = Object.fromEntries(untouched.map((field) => [field, before[field]]));
		cells.push(...changedCells(context.did, hlc, row, patch));
		if (untouched.length === Object.keys(before).length) removed++;
		else kept++;
	});
	if (cells.length) {
		const entity = entityOf(cells[0]!.id);
		const written = await context.write({ verb: 'revert', entity, count: removed }, cells);
		if (!written.ok) return written;
	}
	return ok({ removed, kept });
}

const editedSince = (row: StoredRow) => Object.keys(row.c).some((field) => field !== 'deleted');

function writtenBy(
	row: MergedRow,
	field: string,
	batch: BatchUndo,
	context: WriteContext,
): boolean {
	const [winner] = statesOf(row, field);
	return winner !== undefined && winner[2] === context.did && winner[1] === batch.hlc;
}
