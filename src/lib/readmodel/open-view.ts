/** The read model opened for reading: what pages hold. Writing is the projection's alone. */
import { liveQuery } from 'dexie';
import { entityNamed } from '#entities/registry.ts';
import type { ViewDatabase } from './database.ts';
import { countRows, runQuery } from './query.ts';
import { readRow } from './row.ts';
import type { Row, View } from './view.ts';

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
		const stored = await database.rowsById(ids);
		return ids.map((id) => {
			const row = stored.get(id);
			return row && readRow(row);
		});
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
			// Dexie follows a read over its awaits only when the function it is given is itself declared async.
			const subscription = liveQuery(async () => read()).subscribe(onValue, onError);
			return () => subscription.unsubscribe();
		},
	};
}
