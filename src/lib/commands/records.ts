/** Creating, changing, binning and restoring records: every write that a person makes on a record passes here. */
import { entityOf, isId, newId } from '#core/id.ts';
import type { Hlc } from '#core/hlc.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { entities, entityNamed } from '#entities/registry.ts';
import { seenOf } from '#readmodel/merge.ts';
import type { StoredRow } from '#readmodel/database.ts';
import { type FieldCell } from '#replica/cell.ts';
import { validateNew, validatePatch } from '#schema/derive/validate.ts';
import type { Fields } from '#schema/values.ts';
import type { Intent, WriteContext } from './context.ts';

export async function createRecord(
	context: WriteContext,
	entityName: string,
	input: Fields,
): Promise<Result<string>> {
	const entity = entityNamed(entityName);
	if (!entity) {
		const names = entities.map(({ name }) => name).join(', ');
		return fail('Invalid', `There is no entity "${entityName}". There are: ${names}.`);
	}
	const valid = validateNew(entity, input);
	if (!valid.ok) return valid;
	const id = `${entity.name}:${newId()}`;
	const written = await context.write({ verb: 'create', entity: entity.name, count: 1 }, [
		{ id, did: context.did, hlc: context.nextHlc(), fields: valid.value },
	]);
	return written.ok ? ok(id) : written;
}

export async function updateRecord(
	context: WriteContext,
	id: string,
	patch: Fields,
): Promise<Result<void>> {
	const [row] = await context.rows([id]);
	const entity = entityNamed(entityOf(id));
	if (!entity || !row?.s) return notFound(id);
	const valid = validatePatch(entity, patch);
	if (!valid.ok) return valid;
	const cells = changedCells(context.did, context.nextHlc(), row, valid.value);
	if (!cells.length) return ok(undefined);
	return context.write({ verb: 'update', entity: entity.name, count: 1 }, cells);
}

/** Into the bin, or out of it. Ids that are there already are left alone. */
export async function setDeleted(
	context: WriteContext,
	ids: readonly string[],
	deleted: boolean,
): Promise<Result<void>> {
	const rows = await context.rows(ids);
	const missing = ids.find((id, i) => !isRecordId(id) || !rows[i]?.s);
	if (missing !== undefined) return notFound(missing);
	const hlc = context.nextHlc();
	const cells = rows.flatMap((row) => changedCells(context.did, hlc, row!, { deleted }));
	if (!cells.length) return ok(undefined);
	const entity = entityOf(cells[0]!.id);
	const verb: Intent['verb'] = deleted ? 'remove' : 'restore';
	return context.write({ verb, entity, count: cells.length }, cells);
}

/**
 * One cell for each value that differs from what is shown. Writing the shown value again settles a conflict, so a field with
 * concurrent values is always written.
 */
export function changedCells(
	did: string,
	hlc: Hlc,
	row: StoredRow,
	patch: Fields,
): readonly FieldCell[] {
	return Object.entries(patch)
		.filter(([field, value]) => {
			const shown = row.v[field] ?? (field === 'deleted' ? false : null);
			return (row.c[field]?.length ?? 0) > 1 || !sameValue(shown, value);
		})
		.map(([field, value]) => ({
			id: row.id,
			did,
			// What stands there may be dated later than any honest clock: what was seen is replaced all the same.
			hlc: Math.max(hlc, Math.min(seenOf(row, field), LATEST) + 1),
			field,
			value,
			seen: seenOf(row, field),
		}));
}

const LATEST: Hlc = Number.MAX_SAFE_INTEGER - 1;

const sameValue = (a: unknown, b: unknown) =>
	JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export const isRecordId = (id: string): boolean =>
	entityNamed(entityOf(id)) !== undefined && isId(id.slice(id.indexOf(':') + 1));

const notFound = (id: string) =>
	fail('NotFound', `There is no record ${id} here. It may have been erased, or not arrived yet.`);
