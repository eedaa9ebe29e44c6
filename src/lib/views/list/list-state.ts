/** What a list shows, as the address says it: `?q=words&sort=-name&lifecycle=active`. */
import type { Query } from '#readmodel/view.ts';
import { filterFields } from '#schema/derive/columns.ts';
import type { Entity } from '#schema/entity.ts';

export interface ListState {
	readonly text: string;
	readonly sort: { readonly field: string; readonly descending: boolean };
	/** Choice field -> chosen value. */
	readonly filters: Readonly<Record<string, string>>;
}

const orderOf = (entity: Entity): ListState['sort'] => ({
	field: entity.order.field,
	descending: entity.order.descending === true,
});

export function stateFromSearch(entity: Entity, search: URLSearchParams): ListState {
	const sort = search.get('sort');
	const field = sort?.replace(/^-/, '');
	const filters: Record<string, string> = {};
	for (const { name } of filterFields(entity)) {
		const value = search.get(name);
		if (value) filters[name] = value;
	}
	return {
		text: search.get('q') ?? '',
		sort:
			field && entity.fields[field]?.indexed
				? { field, descending: sort!.startsWith('-') }
				: orderOf(entity),
		filters,
	};
}

/** Only what differs from the entity's own order and an unfiltered list. */
export function searchFromState(entity: Entity, state: ListState): string {
	const search = new URLSearchParams();
	if (state.text) search.set('q', state.text);
	const usual = orderOf(entity);
	const { field, descending } = state.sort;
	if (field !== usual.field || descending !== usual.descending)
		search.set('sort', (descending ? '-' : '') + field);
	for (const [name, value] of Object.entries(state.filters)) search.set(name, value);
	const text = search.toString();
	return text && `?${text}`;
}

export const queryFromState = (state: ListState): Query => ({
	text: state.text.trim() || undefined,
	where: state.filters,
	orderBy: state.sort.field,
	descending: state.sort.descending,
});

export const isNarrowed = (state: ListState): boolean =>
	state.text.trim() !== '' || Object.keys(state.filters).length > 0;
