/** Reads the first `wanted` rows of a list, page by page by key, with the titles of the records they refer to. */
import type { Query, Row, View } from '#readmodel/view.ts';
import { listColumns } from '#schema/derive/columns.ts';
import type { Entity } from '#schema/entity.ts';

export interface ListRows {
	readonly rows: readonly Row[];
	readonly more: boolean;
	readonly titles: ReadonlyMap<string, string>;
}

const PAGE = 500;

export async function readList(
	view: View,
	entity: Entity,
	query: Query,
	wanted: number,
): Promise<ListRows> {
	const rows: Row[] = [];
	let after: string | undefined;
	do {
		const limit = Math.min(PAGE, wanted - rows.length);
		const page = await view.query(entity.name, { ...query, limit, after });
		rows.push(...page.rows);
		after = page.next;
	} while (after && rows.length < wanted);
	const references = listColumns(entity).filter(({ field }) => field.kind === 'reference');
	const ids = new Set<string>();
	for (const row of rows)
		for (const { name } of references) {
			const id = row.fields[name];
			if (typeof id === 'string') ids.add(id);
		}
	return { rows, more: after !== undefined, titles: await view.titles([...ids]) };
}
