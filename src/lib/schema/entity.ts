/**
 * An entity is one file: its words, its fields and how a record is titled. Form, list, filters, validation, import
 * mapping, indexes and search text are compiled from it (`derive/`), never written again.
 */
import type { Bilingual } from '#core/bilingual.ts';
import type { Field } from './field.ts';
import type { Fields } from './values.ts';

export interface Entity {
	readonly name: string;
	readonly label: Bilingual;
	readonly plural: Bilingual;
	/** A lucide icon's name. */
	readonly icon: string;
	readonly fields: Readonly<Record<string, Field>>;
	/** The field that dates an event. Entities with one are filed by month, the others by id. */
	readonly happens?: string;
	/** Fields that nobody enters and nobody stores: the projection computes them from the others. */
	readonly derive?: (fields: Fields) => Fields;
	/** What the record is called, from its fields alone; may be empty. */
	title(fields: Fields): string;
	/** A second line under the title. */
	subtitle?(fields: Fields): string;
	/** List order when nobody chose one. */
	readonly order: { readonly field: string; readonly descending?: boolean };
	/** A place in the navigation. */
	readonly inMenu?: boolean;
}

const NAME = /^[a-z]{1,24}$/;
const FIELD = /^[a-zA-Z]\w{0,39}$/;
const RESERVED = new Set(['id', 'deleted', 'createdAt', 'updatedAt', 'constructor', 'prototype']);

/** Throws on a definition that could not be stored: a wrong definition is a bug. */
export function defineEntity<const E extends Entity>(entity: E): E {
	if (!NAME.test(entity.name)) throw new Error(`Entity name ${entity.name} must match ${NAME}`);
	for (const [name, field] of Object.entries(entity.fields)) {
		if (!FIELD.test(name) || RESERVED.has(name))
			throw new Error(`${entity.name}.${name}: this field name is not allowed`);
		if (field.kind === 'reference' && !field.to)
			throw new Error(`${entity.name}.${name}: a reference names its entity`);
	}
	return entity;
}

/** Text of a field, for titles: '' when it holds none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
