/** Entity -> what a list shows and filters by, and what a form asks, all in the order the entity file gives. */
import type { Entity } from '../entity.ts';
import type { Field } from '../field.ts';

export interface NamedField {
	readonly name: string;
	readonly field: Field;
}

const named = (entity: Entity): NamedField[] =>
	Object.entries(entity.fields).map(([name, field]) => ({ name, field }));

export const listColumns = (entity: Entity): NamedField[] =>
	named(entity)
		.filter(({ field }) => field.column !== undefined)
		.sort((a, b) => a.field.column! - b.field.column!);

export const formFields = (entity: Entity): NamedField[] =>
	named(entity).filter(({ field }) => !field.computed && field.kind !== 'extra');

/** Quick filters: the choices, whose counts the read model keeps. */
export const filterFields = (entity: Entity): NamedField[] =>
	named(entity).filter(({ field }) => field.kind === 'choice' && field.column !== undefined);
