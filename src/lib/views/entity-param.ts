/** The entity that an address names, or the page that says there is none. */
import { error } from '@sveltejs/kit';
import { entityNamed } from '#entities/registry.ts';
import type { Entity } from '#schema/entity.ts';

export const entityOr404 = (name: string): Entity =>
	entityNamed(name) ?? error(404, `There is no list of ${name}.`);
