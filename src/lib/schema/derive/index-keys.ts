/**
 * Entity -> index keys. A row carries `k`, the normalised values that the read model indexes; a deleted row carries none and
 * so stands in no list. Times come from the cells' stamps, never from a clock.
 */
import type { Entity } from '../entity.ts';
import type { Fields } from '../values.ts';

export type Key = string | number;
export type Keys = Readonly<Record<string, Key | readonly Key[]>>;

const indexedByEntity = new WeakMap<Entity, readonly string[]>();

/** Names of the indexed fields, in the order of the entity file. */
export function indexedFields(entity: Entity): readonly string[] {
	let names = indexedByEntity.get(entity);
	if (!names) {
		names = Object.keys(entity.fields).filter((name) => entity.fields[name]!.indexed);
		indexedByEntity.set(entity, names);
	}
	return names;
}

/** Lower case, no outer spaces, cut at 120 characters: what equality and order compare. */
export const normalise = (text: string): string => text.trim().toLowerCase().slice(0, 120);

/** Digits only, without a leading international 00, so `+44 (0)20` and `0044 020` written differently still meet often. */
export const phoneKey = (text: string): string => text.replace(/\D/g, '').replace(/^00/, '');

export function keyOf(entity: Entity, name: string, value: unknown): Key | undefined {
	if (typeof value === 'number') return value;
	if (typeof value === 'boolean') return value ? 1 : 0;
	if (typeof value !== 'string') return undefined;
	return entity.fields[name]?.kind === 'phone' ? phoneKey(value) : normalise(value);
}

export function indexKeys(entity: Entity, fields: Fields, updatedAt: number): Keys {
	const keys: Record<string, Key | readonly Key[]> = { updatedAt };
	for (const name of indexedFields(entity)) {
		// Every live row stands in every order, also one without a value there.
		keys[name] = keyOf(entity, name, fields[name]) ?? '';
	}
	return keys;
}
