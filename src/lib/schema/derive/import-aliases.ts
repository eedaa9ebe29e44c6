/** Entity -> which field a file's column means: by the field's name, its two labels and its aliases, spelled any way. */
import type { Entity } from '../entity.ts';

/** `E-mail Address`, `email_address` and `EmailAddress` are one spelling. */
export const spelling = (text: string): string =>
	text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]/gu, '');

const fieldBySpelling = new WeakMap<Entity, Map<string, string>>();

function spellings(entity: Entity): Map<string, string> {
	let map = fieldBySpelling.get(entity);
	if (map) return map;
	map = new Map();
	const add = (text: string, name: string) => {
		const key = spelling(text);
		if (key && !map!.has(key)) map!.set(key, name);
	};
	// Names before labels before aliases: an exact name always wins over another field's alias.
	const fields = Object.entries(entity.fields);
	for (const [name] of fields) add(name, name);
	for (const [name, field] of fields)
		for (const label of Object.values(field.label)) add(label, name);
	for (const [name, field] of fields) for (const alias of field.aliases ?? []) add(alias, name);
	fieldBySpelling.set(entity, map);
	return map;
}

export const fieldForColumn = (entity: Entity, column: string): string | undefined =>
	spellings(entity).get(spelling(column));
