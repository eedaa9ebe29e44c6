/**
 * The list a person came from, kept while the page lives: going back paints it at once and where it was, and a record knows
 * its neighbours.
 */
import type { ListRows } from './rows.ts';

interface Remembered {
	readonly search: string;
	readonly wanted: number;
	readonly list: ListRows;
}

const lists = new Map<string, Remembered>();

const key = (workspace: string, entity: string) => `${workspace}/${entity}`;

export const rememberList = (workspace: string, entity: string, list: Remembered): void =>
	void lists.set(key(workspace, entity), list);

export const rememberedList = (workspace: string, entity: string): Remembered | undefined =>
	lists.get(key(workspace, entity));

export function neighbours(
	workspace: string,
	entity: string,
	id: string,
): { readonly previous?: string; readonly next?: string; readonly search: string } {
	const remembered = rememberedList(workspace, entity);
	const rows = remembered?.list.rows ?? [];
	const at = rows.findIndex((row) => row.id === id);
	return {
		search: remembered?.search ?? '',
		previous: at > 0 ? rows[at - 1]?.id : undefined,
		next: at >= 0 ? rows[at + 1]?.id : undefined,
	};
}
