/** Where a colleague is, from the path that their app tells, in words; nothing for a path that means nothing here. */
import type { Bilingual } from '#core/bilingual.ts';
import { entityNamed } from '#entities/registry.ts';
import { m } from '#messages/catalogue.ts';
import { isAt, places } from '../shell/nav.ts';

export interface PlaceWords {
	readonly label: Bilingual;
	readonly href: string;
}

export function placeWords(path: string | undefined): PlaceWords | undefined {
	if (!path) return undefined;
	const [, kind, name = '', key] = path.split('/');
	const entity = entityNamed(name);
	if (kind === 'r' && key && entity)
		return { label: m.people.aRecord(entity.label), href: `/r/${name}/${key}` };
	const place = places.find((one) => isAt(one, path));
	return place && { label: place.label, href: place.href };
}
