/**
 * A hash of the merged view: equal on devices that hold the same data, whatever way it came. Covers every row's cells,
 * deleted and conflicting ones too.
 */
import { entities } from '#entities/registry.ts';
import type { ViewDatabase } from './database.ts';
import type { MergedRow } from './merge.ts';

/** Two 32-bit streams (after FNV-1a and djb2) over the rows in key order: 16 hex digits. For comparing, not for secrets. */
export async function fingerprintView(database: ViewDatabase): Promise<string> {
	let a = 0x811c9dc5;
	let b = 5381;
	for (const { name } of entities)
		await database
			.rows(name)
			.orderBy('id')
			.each((row) => {
				const text = canonical(row);
				for (let i = 0; i < text.length; i++) {
					const code = text.charCodeAt(i);
					a = Math.imul(a ^ code, 0x01000193);
					b = (Math.imul(b, 33) + code) | 0;
				}
			});
	const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
	return hex(a) + hex(b);
}

const sortKeys = (value: unknown): unknown =>
	value && typeof value === 'object' && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
		: value;

/** Equal for rows that say the same. */
export const canonical = (row: MergedRow): string =>
	JSON.stringify([row.id, sortKeys(row.v), row.s, sortKeys(row.c)]);
