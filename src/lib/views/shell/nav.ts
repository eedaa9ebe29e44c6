/** Places in the app: the rail, the palette and the `g` keys all read this one list. */
import ChartSpline from '@lucide/svelte/icons/chart-spline';
import House from '@lucide/svelte/icons/house';
import Settings from '@lucide/svelte/icons/settings';
import Upload from '@lucide/svelte/icons/upload';
import UserPlus from '@lucide/svelte/icons/user-plus';
import type { Bilingual } from '#core/bilingual.ts';
import { entities } from '#entities/registry.ts';
import { m } from '#messages/catalogue.ts';
import { iconNamed, type Icon } from '../icons.ts';
import { listPath } from '../paths.ts';

export interface Place {
	readonly href: string;
	readonly label: Bilingual;
	readonly icon: Icon;
	/** Goes there after `g`. */
	readonly key?: string;
}

const entityKeys: Readonly<Record<string, string>> = {
	contact: 'c',
	company: 'b',
	product: 'p',
	order: 'o',
	activity: 'a',
	task: 'k',
};

export const todayPlace: Place = { href: '/today', label: m.shell.today, icon: House, key: 't' };

export const menuEntities = entities.filter((entity) => entity.inMenu);

export const recordPlaces: readonly Place[] = menuEntities.map((entity) => ({
	href: listPath(entity.name),
	label: entity.plural,
	icon: iconNamed(entity.icon),
	key: entityKeys[entity.name],
}));

export const insightsPlace: Place = {
	href: '/insights',
	label: m.shell.insights,
	icon: ChartSpline,
	key: 'i',
};

export const teamPlaces: readonly Place[] = [
	{ href: '/import', label: m.shell.import, icon: Upload, key: 'm' },
	{ href: '/people', label: m.shell.people, icon: UserPlus, key: 'e' },
	{ href: '/settings', label: m.shell.settings, icon: Settings, key: 's' },
];

export const places: readonly Place[] = [todayPlace, ...recordPlaces, insightsPlace, ...teamPlaces];

/** Whether `path` stands at or under the place. */
export const isAt = (place: Pick<Place, 'href'>, path: string): boolean =>
	path === place.href || path.startsWith(`${place.href}/`);
