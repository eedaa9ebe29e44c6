/**
 * The workspace as one import sees it. A few keys are looked up one by one; when a file asks for many, the whole index of that
 * field is read once into memory, because half a million single look-ups cost more than the import itself.
 */
import { entityOf } from '#core/id.ts';
import type { Key } from '#schema/derive/index-keys.ts';
import { ok } from '#core/result.ts';
import { writeBatch } from '#commands/import.ts';
import { entityNamed } from '#entities/registry.ts';
import type { ImportTarget } from '#exchange/target.ts';
import { byKey } from '#readmodel/query.ts';
import { keyOf } from '#schema/derive/index-keys.ts';
import type { Entity } from '#schema/entity.ts';
import type { Fields } from '#schema/values.ts';
import { undoWithout } from './import-forgetting.ts';
import type { BrowserStore } from './open-store.ts';

const FEW = 500;

export function createImportTarget({ view, context, log, database }: BrowserStore): ImportTarget {
	/** `contact/email` -> key -> the first record that has it. */
	const indexes = new Map<string, Map<Key, string>>();
	const asked = new Map<string, number>();
	let others = foreign();
	let batches = 0;

	/** Moves when colleagues' changes arrive, whose keys the maps do not hold. */
	function foreign(): string {
		const { [log.device.did]: _own, ...rest } = log.vector();
		return JSON.stringify(rest);
	}

	async function loadIndex(entity: Entity, field: string): Promise<Map<Key, string>> {
		const ids = new Map<Key, string>();
		await view
			.rows(entity.name)
			.orderBy(`[k.${field}+id]`)
			.eachKey((pair) => {
				const [key, id] = pair as unknown as [Key, string];
				if (!ids.has(key)) ids.set(key, id);
			});
		return ids;
	}

	const lookUp = (entity: Entity, field: string, keys: readonly string[]) =>
		view.transaction('r', view.rows(entity.name), () =>
			Promise.all(
				keys.map(async (key) => (await byKey(view, entity, field, key).limit(1).primaryKeys())[0]),
			),
		);

	function note(id: string, fields: Fields): void {
		const entity = entityNamed(entityOf(id));
		for (const [name, value] of Object.entries(fields)) {
			const key = entity && keyOf(entity, name, value);
			if (key !== undefined) indexes.get(`${entity!.name}/${name}`)?.set(key, id);
		}
	}

	return {
		async find(entityName, field, keys) {
			const entity = entityNamed(entityName);
			if (!entity) return keys.map(() => undefined);
			if (others !== foreign()) {
				indexes.clear();
				others = foreign();
			}
			const name = `${entityName}/${field}`;
			const count = (asked.get(name) ?? 0) + keys.length;
			asked.set(name, count);
			let index = indexes.get(name);
			if (!index && count <= FEW) return lookUp(entity, field, keys);
			if (!index) indexes.set(name, (index = await loadIndex(entity, field)));
			return keys.map((key) => index.get(key));
		},
		read: async (ids) => (await context.rows(ids)).map((row) => (row?.k ? row.v : undefined)),
		async write(importId, batch) {
			const written = await writeBatch(context, batch);
			if (!written.ok) return written;
			for (const op of batch) note(op.id, op.op === 'create' ? op.fields : op.patch);
			const undo = { importId, n: batches++, ...written.value };
			// What was erased meanwhile has been confirmed, perhaps.
			await database.importBatches.put(undoWithout(undo, log.membership.erasedIds));
			return ok(undefined);
		},
	};
}
