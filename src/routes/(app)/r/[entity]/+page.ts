import { entityOr404 } from '#views/entity-param.ts';

export const load = ({ params }) => ({ entity: entityOr404(params.entity) });
