import { entityOr404 } from '#views/entity-param.ts';

export const load = ({ params, url }) => ({
	entity: entityOr404(params.entity),
	initial: Object.fromEntries(url.searchParams),
});
