/**
 * What belongs to a record: records of other entities that refer to it. Events and finished tasks make its timeline, newest
 * first; open tasks are its next steps. Which fields refer to whom is read from the entity files.
 */
import { entityOf } from '#core/id.ts';
import { entities } from '#entities/registry.ts';
import type { Row, View } from '#readmodel/view.ts';
import type { Entity } from '#schema/entity.ts';

export interface Moment {
	readonly row: Row;
	readonly entity: Entity;
	/** Milliseconds UTC. */
	readonly at: number;
}

export interface Timeline {
	readonly moments: readonly Moment[];
	readonly nextSteps: readonly Row[];
	readonly more: boolean;
}

interface Relation {
	readonly entity: Entity;
	readonly field: string;
}

const relationsTo = (name: string): readonly Relation[] =>
	entities.flatMap((entity) =>
		Object.entries(entity.fields)
			.filter(([, field]) => field.kind === 'reference' && field.to === name)
			.map(([field]) => ({ entity, field })),
	);

/** `{ contact: id }`: how a new record of one entity refers to one of another; nothing when it has no such field. */
export function referenceTo(
	from: string,
	to: string,
	id: string,
): Readonly<Record<string, string>> | undefined {
	const relation = relationsTo(to).find(({ entity }) => entity.name === from);
	return relation && { [relation.field]: id };
}

/** All records of some entities that refer to this one, those in the bin too. */
export async function idsAbout(
	view: View,
	id: string,
	names: readonly string[],
): Promise<readonly string[]> {
	const ids = new Set<string>();
	for (const { entity, field } of relationsTo(entityOf(id)))
		if (names.includes(entity.name))
			for (const deleted of [false, true]) {
				let after: string | undefined;
				do {
					const where = { [field]: id };
					const page = await view.query(entity.name, { where, deleted, limit: 1000, after });
					for (const row of page.rows) ids.add(row.id);
					after = page.next;
				} while (after);
			}
	return [...ids];
}

const isTask = (entity: Entity): boolean => entity.name === 'task';

/** Whether records of this entity gather a timeline. */
export const hasTimeline = (entity: Entity): boolean =>
	relationsTo(entity.name).some(({ entity: other }) => other.happens !== undefined);

/** Relations that are lists of their own, such as a company's contacts. */
export const relatedLists = (entity: Entity): readonly Relation[] =>
	relationsTo(entity.name).filter(({ entity: other }) => !other.happens && !isTask(other));

const timeOf = (row: Row, entity: Entity): number => {
	const value = entity.happens ? row.fields[entity.happens] : undefined;
	const at = typeof value === 'string' ? Date.parse(value) : row.updatedAt;
	return Number.isNaN(at) ? row.createdAt : at;
};

export async function readTimeline(
	view: View,
	of: Entity,
	id: string,
	limit: number,
): Promise<Timeline> {
	const relations = relationsTo(of.name);
	const events = await Promise.all(
		relations
			.filter(({ entity }) => entity.happens !== undefined || isTask(entity))
			.map(async ({ entity, field }) => {
				const page = await view.query(entity.name, {
					where: isTask(entity) ? { [field]: id, state: 'done' } : { [field]: id },
					orderBy: entity.happens ?? 'updatedAt',
					descending: true,
					limit,
				});
				const moments = page.rows.map((row) => ({ row, entity, at: timeOf(row, entity) }));
				return { moments, more: page.next !== undefined };
			}),
	);
	const steps = await Promise.all(
		relations
			.filter(({ entity }) => isTask(entity))
			.map(({ entity, field }) =>
				view.query(entity.name, { where: { [field]: id, state: 'open' }, limit: 50 }),
			),
	);
	const all = events.flatMap(({ moments }) => moments).sort((a, b) => b.at - a.at);
	return {
		// Beyond the limit one kind may be complete while another is not: cut where the order is certain.
		moments: all.slice(0, limit),
		nextSteps: steps.flatMap((page) => page.rows),
		more: all.length > limit || events.some(({ more }) => more),
	};
}
