/** Tags for everything that one import creates: sample data is recognised by them, and so is a list from a fair. */
import { entityNamed } from '#entities/registry.ts';
import type { ImportTarget } from '../target.ts';

export function withTags(target: ImportTarget, tags: readonly string[] = []): ImportTarget {
	if (tags.length === 0) return target;
	const tagged = (fields: Readonly<Record<string, unknown>>) => ({
		...fields,
		tags: [...new Set([...((fields.tags as string[] | undefined) ?? []), ...tags])],
	});
	return {
		find: (entity, field, keys) => target.find(entity, field, keys),
		read: (ids) => target.read(ids),
		write: (importId, batch) =>
			target.write(
				importId,
				batch.map((op) =>
					op.op === 'create' && entityNamed(op.entity)?.fields.tags
						? { ...op, fields: tagged(op.fields) }
						: op,
				),
			),
	};
}
