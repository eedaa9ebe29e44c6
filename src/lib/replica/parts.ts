/**
 * Which of a device's documents a cell is filed in. Records are spread over 16 by a hash of their id; things that happened are
 * filed by month, so that a phone can leave old months alone. Filing decides cost, never meaning: a cell counts wherever it is.
 */
import { entityOf } from '#core/id.ts';
import { entityNamed } from '#entities/registry.ts';
import type { Fields } from '#schema/values.ts';

export function partOf(id: string, fields: Fields): string {
	const happens = entityNamed(entityOf(id))?.happens;
	if (!happens) return `r-${(fnv1a(id) % 16).toString(16)}`;
	const at = fields[happens];
	const month = typeof at === 'string' ? at.slice(0, 7) : '';
	return /^\d{4}-\d{2}$/.test(month) ? `e-${month}` : 'e-undated';
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return hash >>> 0;
}
