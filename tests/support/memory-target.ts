/** An ImportTarget over a Map: what an import sees of a workspace, without one. */
import { ok, type Result } from '#core/result.ts';
import { keyOf } from '#schema/derive/index-keys.ts';
import type { Fields } from '#schema/values.ts';
import { entityNamed } from '#entities/registry.ts';
import type { ImportTarget, WriteOp } from '#exchange/target.ts';

export interface MemoryTarget extends ImportTarget {
	readonly records: Map<string, Fields>;
	readonly batches: (readonly WriteOp[])[];
	/** Fields as rows show them, derived ones included. */
	of(entity: string): Fields[];
}

/** `refuse` answers instead of a batch being written. */
export function memoryTarget(refuse?: (batch: number) => Result<void> | undefined): MemoryTarget {
	const records = new Map<string, Fields>();
	const index = new Map<string, string>();
	const batches: (readonly WriteOp[])[] = [];
	const entityOf = (id: string) => entityNamed(id.slice(0, id.indexOf(':')))!;

	function file(id: string, fields: Fields) {
		const entity = entityOf(id);
		for (const [name, field] of Object.entries(entity.fields)) {
			const key = field.identifies ? keyOf(entity, name, fields[name]) : undefined;
			if (key !== undefined && key !== '' && !index.has(`${entity.name} ${name} ${key}`))
				index.set(`${entity.name} ${name} ${key}`, id);
		}
		records.set(id, fields);
	}

	return {
		records,
		batches,
		of: (entity) =>
			[...records]
				.filter(([id]) => id.startsWith(`${entity}:`))
				.map(([, fields]) => ({ ...fields, ...entityNamed(entity)?.derive?.(fields) })),
		find: (entity, field, keys) =>
			Promise.resolve(
				keys.map((key) => {
					const id = index.get(`${entity} ${field} ${key}`);
					const fields = id === undefined ? undefined : records.get(id);
					// As an index does, forget a record whose value has changed.
					return fields && String(keyOf(entityNamed(entity)!, field, fields[field])) === key
						? id
						: undefined;
				}),
			),
		read: (ids) => Promise.resolve(ids.map((id) => records.get(id))),
		write(_importId, batch) {
			const refused = refuse?.(batches.length);
			if (refused) return Promise.resolve(refused);
			batches.push(batch);
			for (const op of batch) {
				const before = records.get(op.id);
				if (op.op === 'create' && before) throw new Error(`${op.id} is created twice`);
				if (op.op === 'update' && !before) throw new Error(`${op.id} is not there`);
				file(op.id, op.op === 'create' ? { ...op.fields } : { ...before, ...op.patch });
			}
			return Promise.resolve(ok(undefined));
		},
	};
}
