/** Every entity there is. A new one is a file beside this and a line here. */
import type { Entity } from '#schema/entity.ts';
import { activity } from './activity.ts';
import { company } from './company.ts';
import { contact } from './contact.ts';
import { order } from './order.ts';
import { product } from './product.ts';
import { tag } from './tag.ts';
import { task } from './task.ts';

export const entities: readonly Entity[] = [contact, company, product, order, activity, task, tag];

const byName = new Map(entities.map((entity) => [entity.name, entity]));

export const entityNamed = (name: string): Entity | undefined => byName.get(name);
