/**
 * Answers queries from the tables. Pages by key, never by offset. A condition that counters show to be rare is answered from
 * its own index and sorted in memory; a common one by walking the order's index until the page is full.
 */
import { Dexie } from 'dexie';
import { entityOf } from '#core/id.ts';
import { entityNamed } from '#entities/registry.ts';
import { indexedFields, keyOf, type Key } from '#schema/derive/index-keys.ts';
import type { Entity } from '#schema/entity.ts';
import { counterKey } from './projection.ts';
import type { StoredRow, ViewDatabase } from './database.ts';
import { readRow } from './row.ts';
import type { Condition, Page, Query, Scalar, Where } from './view.ts';

/** Rows that a rare condition may have, for sorting in memory. */
const RARE = 2000;

export async function runQuery(
	database: ViewDatabase,
	entity: Entity,
	query: Query,
	found?: readonly string[],
): Promise<Page> {
	const limit = Math.min(Math.max(query.limit ?? 50, 1), 1000);
	const order = orderOf(entity, query);
	const matches = matcher(entity, query.where);
	if (query.deleted) return sorted(await bin(database, entity), order, limit, query.after, matches);
	if (found) {
		const rows = (await database.rows(entity.name).bulkGet([...found])).filter((row) => row?.k);
		return sorted(rows as StoredRow[], order, limit, query.after, matches);
	}
	const rare = await rareRows(database, entity, query.where);
	if (rare) return sorted(rare, order, limit, query.after, matches);
	return walk(database, entity, order, limit, query.after, matches);
}

interface Order {
	readonly field: string;
	readonly descending: boolean;
	readonly indexed: boolean;
}

function orderOf(entity: Entity, query: Query): Order {
	const field = query.orderBy ?? entity.order.field;
	const descending =
		query.descending ?? (query.orderBy === undefined && entity.order.descending === true);
	const indexed = field === 'updatedAt' || indexedFields(entity).includes(field);
	return { field, descending, indexed };
}

const keyIn = (row: StoredRow, entity: Entity, field: string): Key | undefined => {
	const indexed = row.k?.[field];
	if (indexed !== undefined) return indexed as Key;
	if (field === 'createdAt') return row.s?.[0];
	return keyOf(entity, field, row.v[field] ?? row.d?.[field]);
};

function matcher(entity: Entity, where: Where | undefined): (row: StoredRow) => boolean {
	const tests = Object.entries(where ?? {}).map(([field, condition]) => {
		const key = (value: Scalar) => keyOf(entity, field, value) ?? value;
		const test = tester(condition, key);
		return (row: StoredRow) => {
			const value = row.v[field];
			return Array.isArray(value)
				? value.some((item) => test(key(item as Scalar)))
				: test(keyIn(row, entity, field));
		};
	});
	return (row) => tests.every((test) => test(row));
}

function tester(
	condition: Condition,
	key: (value: Scalar) => Scalar,
): (value: Scalar | undefined) => boolean {
	if (typeof condition !== 'object') {
		const wanted = key(condition);
		return (value) => value === wanted;
	}
	if ('in' in condition) {
		const wanted = new Set(condition.in.map(key));
		return (value) => value !== undefined && wanted.has(value);
	}
	const from = condition.from === undefined ? undefined : key(condition.from);
	const to = condition.to === undefined ? undefined : key(condition.to);
	return (value) =>
		value !== undefined &&
		(from === undefined || value >= from) &&
		(to === undefined || value <= to);
}

/** Through the index of one condition, when that leaves few rows. */
async function rareRows(
	database: ViewDatabase,
	entity: Entity,
	where: Where | undefined,
): Promise<StoredRow[] | undefined> {
	const indexed = indexedFields(entity);
	for (const [field, condition] of Object.entries(where ?? {})) {
		if (!indexed.includes(field) || typeof condition === 'object') continue;
		const key = keyOf(entity, field, condition) ?? '';
		const counter =
			entity.fields[field]?.kind === 'choice'
				? await database.counters.get(counterKey(entity.name, field, condition))
				: undefined;
		if (counter && counter.n > RARE) continue;
		const rows = await byKey(database, entity, field, key)
			.limit(RARE + 1)
			.toArray();
		if (rows.length <= RARE) return rows;
	}
	return undefined;
}

export const byKey = (database: ViewDatabase, entity: Entity, field: string, key: Key) =>
	database
		.rows(entity.name)
		.where(`[k.${field}+id]`)
		.between([key, Dexie.minKey], [key, Dexie.maxKey]);

const bin = (database: ViewDatabase, entity: Entity) =>
	database.rows(entity.name).where('x').above(0).reverse().limit(RARE).toArray();

const cursor = (key: Key | undefined, id: string) => JSON.stringify([key ?? '', id]);

function parseCursor(after: string | undefined): [Key, string] | undefined {
	if (!after) return undefined;
	try {
		return JSON.parse(after) as [Key, string];
	} catch {
		return undefined;
	}
}

const compare = (a: [Key, string], b: [Key, string]): number => {
	if (typeof a[0] !== typeof b[0]) return typeof a[0] === 'number' ? -1 : 1;
	if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
	return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
};

function sorted(
	rows: readonly StoredRow[],
	order: Order,
	limit: number,
	after: string | undefined,
	matches: (row: StoredRow) => boolean,
): Page {
	const start = parseCursor(after);
	const keyed = rows.filter(matches).map((row) => {
		const entity = entityNamed(entityOf(row.id))!;
		return { row, at: [keyIn(row, entity, order.field) ?? '', row.id] as [Key, string] };
	});
	const sign = order.descending ? -1 : 1;
	keyed.sort((a, b) => sign * compare(a.at, b.at));
	const from = start ? keyed.findIndex(({ at }) => sign * compare(at, start) > 0) : 0;
	const page = from < 0 ? [] : keyed.slice(from, from + limit);
	const more = from >= 0 && from + limit < keyed.length;
	return {
		rows: page.flatMap(({ row }) => readRow(row) ?? []),
		...(more && { next: cursor(...page.at(-1)!.at) }),
	};
}

async function walk(
	database: ViewDatabase,
	entity: Entity,
	order: Order,
	limit: number,
	after: string | undefined,
	matches: (row: StoredRow) => boolean,
): Promise<Page> {
	if (!order.indexed) {
		const all = await database
			.rows(entity.name)
			.filter((row) => row.k !== undefined)
			.toArray();
		return sorted(all, order, limit, after, matches);
	}
	const start = parseCursor(after);
	const table = database.rows(entity.name).where(`[k.${order.field}+id]`);
	const low = [Dexie.minKey];
	const high = [Dexie.maxKey];
	const range = !start
		? table.between(low, high)
		: order.descending
			? table.between(low, start, true, false)
			: table.between(start, high, false, true);
	const ordered = order.descending ? range.reverse() : range;
	const rows = await ordered
		.filter(matches)
		.limit(limit + 1)
		.toArray();
	const page = rows.slice(0, limit);
	const last = page.at(-1);
	return {
		rows: page.flatMap((row) => readRow(row) ?? []),
		...(rows.length > limit && last && { next: cursor(keyIn(last, entity, order.field), last.id) }),
	};
}

export async function countRows(
	database: ViewDatabase,
	entity: Entity,
	where: Where | undefined,
): Promise<number> {
	const conditions = Object.entries(where ?? {});
	if (!conditions.length) return (await database.counters.get(entity.name))?.n ?? 0;
	const [field, condition] = conditions[0]!;
	if (
		conditions.length === 1 &&
		entity.fields[field]?.kind === 'choice' &&
		entity.fields[field].column !== undefined &&
		typeof condition !== 'object'
	)
		return (await database.counters.get(counterKey(entity.name, field, condition)))?.n ?? 0;
	const indexed = indexedFields(entity).includes(field) && typeof condition !== 'object';
	const rows = indexed
		? byKey(database, entity, field, keyOf(entity, field, condition as Scalar) ?? '')
		: database.rows(entity.name).toCollection();
	const matches = matcher(entity, where);
	return rows.filter((row) => row.k !== undefined && matches(row)).count();
}
