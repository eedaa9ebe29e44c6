/** A stored row as readers see it. */
import { entityOf } from '#core/id.ts';
import { entityNamed } from '#entities/registry.ts';
import { readableFields } from '#schema/derive/readable.ts';
import type { StoredRow } from './database.ts';
import { statesOf, updatedAt } from './merge.ts';
import type { Row, Version } from './view.ts';

export function readRow(row: StoredRow): Row | undefined {
	const entity = entityNamed(entityOf(row.id));
	if (!entity || !row.s) return undefined;
	return {
		id: row.id,
		entity: entity.name,
		fields: readableFields(entity, { ...row.v, ...row.d }),
		title: entity.title(row.v),
		createdAt: row.s[0],
		updatedAt: updatedAt(row),
		deleted: row.x !== undefined,
		conflicts: conflictsOf(row),
	};
}

/** Only fields whose concurrent values differ, and none that follow from others. */
function conflictsOf(row: StoredRow): Readonly<Record<string, readonly Version[]>> {
	const fields = entityNamed(entityOf(row.id))?.fields ?? {};
	const conflicts: Record<string, readonly Version[]> = {};
	for (const name of Object.keys(row.c)) {
		if (!fields[name] || fields[name].computed) continue;
		const seen = new Set<string>();
		const versions = statesOf(row, name)
			.map(([value, at, device]) => ({ value, at, device }))
			.filter(({ value }) => {
				const text = JSON.stringify(value ?? null);
				return !seen.has(text) && seen.add(text);
			});
		if (versions.length > 1) conflicts[name] = versions;
	}
	return conflicts;
}
