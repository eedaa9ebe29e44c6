/**
 * The read model's tables: one per entity, compiled from the entity files, plus counters and how far each chain has been
 * projected. Everything here can be deleted and rebuilt, so there are no migrations: the database's name carries a hash of
 * its schema, and another schema is another, freshly filled database.
 */
import { Dexie, type EntityTable, type Table } from 'dexie';
import { groupBy } from '#core/group.ts';
import { entityOf } from '#core/id.ts';
import { entities, entityNamed } from '#entities/registry.ts';
import { indexedFields, type Keys } from '#schema/derive/index-keys.ts';
import type { Entity } from '#schema/entity.ts';
import type { MergedRow } from './merge.ts';

export interface StoredRow extends MergedRow {
	/** Computed fields. */
	readonly d?: Readonly<Record<string, unknown>>;
	/** Index keys; absent from a deleted row, which so stands in no list. */
	readonly k?: Keys;
	/** Stamp of the deletion, for the bin. */
	readonly x?: number;
	/** Lower-cased text for search. */
	readonly t?: string;
}

export interface Counter {
	/** `contact`, or `contact/lifecycle/lead`. */
	readonly key: string;
	readonly n: number;
}

export interface Projected {
	readonly did: string;
	readonly seq: number;
}

/** A record whose row must be made again; or `EVERYTHING`. */
export interface Doubt {
	readonly id: string;
}

/** Stands among the records in doubt while nobody could say which they are. */
export const EVERYTHING = '*';

/** `[k.name+id]` sorts by name and pages by key. */
const indexesOf = (entity: Entity): string =>
	['id', 'x', ...[...indexedFields(entity), 'updatedAt'].map((name) => `[k.${name}+id]`)].join(',');

const schema: Record<string, string> = {
	...Object.fromEntries(entities.map((entity) => [entity.name, indexesOf(entity)])),
	'#counters': 'key',
	'#projected': 'did',
	'#doubts': 'id',
};

const PREFIX = 'perennial-view-';

function fingerprint(text: string): string {
	let hash = 5381;
	for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 33) ^ text.charCodeAt(i)) >>> 0;
	return hash.toString(36);
}

/** Raised when rows are made another way from the same cells. */
const PROJECTION = 3;

export class ViewDatabase extends Dexie {
	declare counters: EntityTable<Counter, 'key'>;
	declare projected: EntityTable<Projected, 'did'>;
	declare doubts: EntityTable<Doubt, 'id'>;

	constructor(wid: string, scope = '') {
		super(`${PREFIX}${scope}${wid}-${fingerprint(JSON.stringify(schema) + PROJECTION)}`);
		this.version(1).stores(schema);
		this.counters = this.table('#counters');
		this.projected = this.table('#projected');
		this.doubts = this.table('#doubts');
	}

	rows(entity: string): Table<StoredRow, string> {
		return this.table(entity);
	}

	/** Rows of any entities by id; what is not here, or of an entity this version does not know, is left out. */
	async rowsById(ids: Iterable<string>): Promise<Map<string, StoredRow>> {
		const found = new Map<string, StoredRow>();
		for (const [entity, own] of groupBy(new Set(ids), entityOf)) {
			if (!entityNamed(entity)) continue;
			for (const row of await this.rows(entity).bulkGet(own)) if (row) found.set(row.id, row);
		}
		return found;
	}
}

/** Databases of other schema versions. Called by the one writer, after its own is open. */
export async function deleteFormerViews(current: ViewDatabase): Promise<void> {
	const family = current.name.slice(0, current.name.lastIndexOf('-') + 1);
	for (const name of await Dexie.getDatabaseNames())
		if (name.startsWith(family) && name !== current.name) await Dexie.delete(name);
}
