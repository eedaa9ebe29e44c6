/**
 * Items -> records: finds each one's record in the workspace or among the rows before it, and writes one acknowledged batch
 * of what is new or different. Two items of one key never make two records.
 */
import { fail, ok, type Result } from '#core/result.ts';
import { validateNew } from '#schema/derive/validate.ts';
import type { Entity } from '#schema/entity.ts';
import type { Fields } from '#schema/values.ts';
import type { ImportInfo } from '../contract.ts';
import type { ImportTarget, WriteOp } from '../target.ts';
import { agrees, identityKeys, ownKey, recordId, type IdentityKey } from './identity.ts';
import { patchFor, type Mode } from './merge.ts';
import type { Tally } from './tally.ts';

export interface Item {
	readonly row: number;
	readonly fields: Fields;
	/** Makes the id when no field identifies the record. */
	readonly key?: string;
	/** Laid under a new record only. */
	readonly initial?: Fields;
	readonly raw?: () => string;
	/** What to say of the row once it is in. */
	readonly warning?: string;
}

export interface Importing {
	readonly target: ImportTarget;
	readonly info: ImportInfo;
	readonly tally: Tally;
	readonly signal?: AbortSignal;
}

/** Sends one batch, unless a person stopped the import: batches are the points where it can stop. */
export async function commit(
	{ target, info, signal }: Importing,
	batch: readonly WriteOp[],
): Promise<Result<void>> {
	if (signal?.aborted) return fail('Cancelled', 'The import was cancelled.');
	return batch.length > 0 ? target.write(info.importId, batch) : ok(undefined);
}

/** Record ids in the order of the items; undefined where the item failed, which the tally then lists. */
export type Upsert = (
	entity: Entity,
	items: readonly Item[],
	mode?: Mode,
) => Promise<Result<readonly (string | undefined)[]>>;

export function createUpsert(importing: Importing): Upsert {
	const { target, info, tally } = importing;
	/** Who holds a key among the records of this import, by entity and field. */
	const held = new Map<string, Map<string, string>>();
	const touched = new Set<string>();
	const mapFor = (maps: typeof held, entity: Entity, field: string) => {
		const name = `${entity.name}.${field}`;
		let map = maps.get(name);
		if (!map) maps.set(name, (map = new Map()));
		return map;
	};

	return async (entity, items, mode = 'change') => {
		const keys = items.map(({ fields }) => identityKeys(entity, fields));
		const found = await findHolders(entity, keys);
		const holderOf = ({ field, key }: IdentityKey) =>
			mapFor(held, entity, field).get(key) ?? mapFor(found, entity, field).get(key);
		const ownId = ({ fields, key }: Item, i: number) =>
			recordId(info.workspaceId, entity.name, ownKey(keys[i]!, fields, key));
		const wanted = new Set<string>();
		// Most rows of a known file have their record: only the others need an id now.
		const ids = await Promise.all(
			items.map((item, i) => {
				const holders = keys[i]!.flatMap((key) => holderOf(key) ?? []);
				for (const holder of holders) wanted.add(holder);
				return holders.length > 0 ? undefined : ownId(item, i);
			}),
		);
		for (const id of ids) if (id !== undefined) wanted.add(id);
		const current = new Map<string, Fields>();
		await read([...wanted], current);

		const batch = new Map<string, { create: boolean; fields: Record<string, unknown> }>();
		const out: (string | undefined)[] = [];
		for (const [i, item] of items.entries()) {
			const record = keys[i]!.find((key) => {
				const holder = current.get(holderOf(key) ?? '');
				return holder && agrees(entity, key.field, item.fields, holder);
			});
			const id = record
				? holderOf(record)!
				: await freeId(entity, ids[i] ?? (await ownId(item, i)), item, keys[i]!, wanted, current);
			const before = current.get(id);
			if (before) {
				const patch = patchFor(entity, before, item.fields, touched.has(id) ? 'fill' : mode);
				current.set(id, { ...before, ...patch });
				const op = batch.get(id);
				if (op) Object.assign(op.fields, patch);
				else if (Object.keys(patch).length > 0)
					batch.set(id, { create: false, fields: { ...patch } });
			} else {
				const checked = validateNew(entity, { ...item.initial, ...item.fields });
				if (!checked.ok) {
					tally.failed.push({ row: item.row, reason: checked.error.message, raw: item.raw?.() });
					out.push(undefined);
					continue;
				}
				current.set(id, checked.value);
				batch.set(id, { create: true, fields: { ...checked.value } });
			}
			touched.add(id);
			out.push(id);
			for (const { field, key } of keys[i]!) {
				const holders = mapFor(held, entity, field);
				if (!holders.has(key)) holders.set(key, id);
			}
		}
		const ops = [...batch].map(([id, { create, fields }]): WriteOp =>
			create
				? { op: 'create', id, entity: entity.name, fields }
				: { op: 'update', id, patch: fields },
		);
		const written = await commit(importing, inMonths(entity, ops));
		if (!written.ok) return written;
		for (const [i, id] of out.entries()) {
			if (id === undefined) continue;
			const op = batch.get(id);
			tally.count(id, op ? (op.create ? 'created' : 'updated') : 'unchanged');
			const { row, raw, warning } = items[i]!;
			if (warning) tally.warnings.push({ id, row, reason: warning, raw: raw?.() });
		}
		return ok(out);
	};

	async function findHolders(entity: Entity, keys: readonly IdentityKey[][]) {
		const asked = new Map<string, Set<string>>();
		for (const list of keys)
			for (const { field, key } of list) {
				if (mapFor(held, entity, field).has(key)) continue;
				const set = asked.get(field) ?? new Set();
				asked.set(field, set.add(key));
			}
		const found: typeof held = new Map();
		await Promise.all(
			[...asked].map(async ([field, set]) => {
				const list = [...set];
				const ids = await target.find(entity.name, field, list);
				const map = mapFor(found, entity, field);
				list.forEach((key, i) => {
					const id = ids[i];
					if (id) map.set(key, id);
				});
			}),
		);
		return found;
	}

	async function read(ids: readonly string[], into: Map<string, Fields>) {
		const records = ids.length > 0 ? await target.read(ids) : [];
		records.forEach((fields, i) => fields && into.set(ids[i]!, fields));
	}

	async function readIfNew(id: string, asked: Set<string>, into: Map<string, Fields>) {
		if (asked.has(id)) return;
		asked.add(id);
		await read([id], into);
	}

	/** The item's own id, unless somebody else was made from the same weak key: then one from all it says. */
	async function freeId(
		entity: Entity,
		own: string,
		item: Item,
		keys: readonly IdentityKey[],
		asked: Set<string>,
		current: Map<string, Fields>,
	): Promise<string> {
		await readIfNew(own, asked, current);
		const holder = current.get(own);
		const by = keys.find(({ further }) => !further)?.field ?? '';
		if (!holder || agrees(entity, by, item.fields, holder)) return own;
		const id = await recordId(info.workspaceId, entity.name, ownKey([], item.fields));
		await readIfNew(id, asked, current);
		return id;
	}
}

/** Events lie in documents by month: sorted, a batch opens each of them once. */
function inMonths(entity: Entity, ops: WriteOp[]): WriteOp[] {
	const { happens } = entity;
	if (!happens) return ops;
	const when = (op: WriteOp) => String((op.op === 'create' ? op.fields : op.patch)[happens] ?? '');
	return ops.sort((a, b) => (when(a) < when(b) ? -1 : when(a) > when(b) ? 1 : 0));
}
