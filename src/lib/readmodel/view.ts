/** Reading: what lists, pages and scripts ask of the read model. */
import { liveQuery } from 'dexie';
import { groupBy } from '#core/group.ts';
import { entityNamed } from '#entities/registry.ts';
import { entityOf } from '#replica/cell.ts';
import type { Fields } from '#schema/values.ts';
import type { ViewDatabase } from './database.ts';
import { countRows, runQuery } from './query.ts';
import { readRow } from './row.ts';

/** A record as it is read: its fields, and what the merge knows about them. */
export interface Row {
	readonly id: string;
	readonly entity: string;
	readonly fields: Fields;
	readonly title: string;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly deleted: boolean;
	/** Fields that two people changed without seeing each other: the shown value first, then the others. */
	readonly conflicts: Readonly<Record<string, readonly Version[]>>;
}

export interface Version {
	readonly value: unknown;
	readonly device: string;
	/** Milliseconds, as the writer's clock claimed. */
	readonly at: number;
}

export type Scalar = string | number | boolean;
export type Condition =
	Scalar | { readonly in: readonly Scalar[] } | { readonly from?: Scalar; readonly to?: Scalar };
export type Where = Readonly<Record<string, Condition>>;

export interface Query {
	/** Field -> equality, a set, or a range with both ends included. All must hold. */
	readonly where?: Where;
	/** Words, all of which must occur in the record. */
	readonly text?: string;
	readonly orderBy?: string;
	readonly descending?: boolean;
	/** 1 to 1000; 50 unless told. */
	readonly limit?: number;
	/** `next` of the page before. */
	readonly after?: string;
	/** The bin instead of the live records. */
	readonly deleted?: boolean;
}

export interface Page {
	readonly rows: readonly Row[];
	/** Where the next page begins; undefined on the last. */
	readonly next?: string;
}

export interface View {
	get(id: string): Promise<Row | undefined>;
	/** In the order of `ids`; a missing record leaves a gap. */
	getMany(ids: readonly string[]): Promise<readonly (Row | undefined)[]>;
	query(entity: string, query?: Query): Promise<Page>;
	/** From counters when `where` names one choice or nothing; else by walking the index. */
	count(entity: string, where?: Where): Promise<number>;
	/** id -> title, for references. Plain names come back as themselves. */
	titles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
	/**
	 * Runs `read` now and again after each change of what it read, from any tab, worker or peer.
	 * Returns unsubscribe.
	 */
	live<T>(
		read: () => Promise<T>,
		onValue: (value: T) => void,
		onError?: (error: unknown) => void,
	): () => void;
}

export type FindText = (entity: string, text: string, limit: number) => Promise<readonly string[]>;

/** Rows that a text query may answer with; more words narrow it further. */
const MOST_FOUND = 5000;

export function createView(database: ViewDatabase, find: FindText): View {
	const known = (name: string) => {
		const entity = entityNamed(name);
		if (!entity) throw new Error(`There is no entity ${name}.`);
		return entity;
	};

	async function getMany(ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
		const rows = new Map<string, Row>();
		const byEntity = groupBy(new Set(ids), entityOf);
		for (const [entity, own] of byEntity) {
			if (!entityNamed(entity)) continue;
			for (const stored of await database.rows(entity).bulkGet(own)) {
				const row = stored && readRow(stored);
				if (row) rows.set(row.id, row);
			}
		}
		return ids.map((id) => rows.get(id));
	}

	return {
		get: async (id) => (await getMany([id]))[0],
		getMany,
		async query(name, query = {}) {
			const entity = known(name);
			const found = query.text?.trim() ? await find(name, query.text, MOST_FOUND) : undefined;
			return runQuery(database, entity, query, found);
		},
		count: (name, where) => countRows(database, known(name), where),
		async titles(ids) {
			const rows = await getMany(ids);
			return new Map(ids.map((id, i) => [id, rows[i]?.title ?? (id.includes(':') ? '' : id)]));
		},
		live(read, onValue, onError) {
			const subscription = liveQuery(read).subscribe(onValue, onError);
			return () => subscription.unsubscribe();
		},
	};
}
