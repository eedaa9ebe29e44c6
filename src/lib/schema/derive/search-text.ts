/** Entity -> the one lower-cased string that text search looks into with `includes`. Chinese needs nothing more. */
import type { Entity } from '../entity.ts';
import type { Fields } from '../values.ts';

const SEPARATOR = '\u0001';

export function searchText(entity: Entity, fields: Fields): string {
	const parts: string[] = [];
	for (const [name, field] of Object.entries(entity.fields))
		if (field.searched || field.computed) collect(fields[name], parts);
	return parts.join(SEPARATOR).toLowerCase();
}

function collect(value: unknown, parts: string[]): void {
	if (typeof value === 'string') parts.push(value.slice(0, 2000));
	else if (Array.isArray(value)) for (const item of value) collect(item, parts);
	else if (value && typeof value === 'object')
		for (const item of Object.values(value)) collect(item, parts);
}

/** Every word of the query must stand somewhere in the text. */
export const searchWords = (query: string): readonly string[] =>
	query.toLowerCase().split(/\s+/u).filter(Boolean);
