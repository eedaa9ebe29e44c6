/** Where a column may go, in words: the fields of the entity, the parts of an order, kept aside, or left out. */
import type { Bilingual } from '#core/bilingual.ts';
import { entityNamed } from '#entities/registry.ts';
import type { Preview } from '#exchange/contract.ts';
import { m } from '#messages/catalogue.ts';
import { t } from '#messages/language.svelte.ts';
import type { Entity } from '#schema/entity.ts';

export interface TargetOption {
	readonly value: string;
	readonly label: string;
}

/** Kinds that a file cannot say in one cell. */
const UNSAID = new Set(['lines', 'extra', 'labelled', 'addresses']);

const parts: Readonly<Record<string, Bilingual>> = {
	street: m.record.street,
	city: m.record.city,
	region: m.record.region,
	postcode: m.record.postcode,
	country: m.record.country,
};

/** `addresses.Work.city` -> `Addresses (Work): City`. */
function targetLabel(entity: Entity, target: string): string {
	if (target === 'extra') return t(m.imports.kept);
	const [name = '', label = '', part] = target.split('.');
	const field = entity.fields[name];
	const plain = field ? t(field.label) : target;
	const named = label ? `${plain} (${label})` : plain;
	const words = part && parts[part];
	return words ? `${named}: ${t(words)}` : named;
}

/** Choices for one column that goes to `current`. Leaving it out is the caller's empty choice. */
export function targetOptions(preview: Preview, current: string | null): TargetOption[] {
	if (preview.dialect === 'orders')
		return [
			...Object.entries(m.imports.roles).map(([value, words]) => ({ value, label: t(words) })),
			{ value: 'extra', label: t(m.imports.keptInNotes) },
		];
	const entity = entityNamed(preview.entity);
	if (!entity) return [];
	// A card says itself what each of its lines is.
	if (preview.dialect === 'vcard') {
		const value = current ?? 'extra';
		return [
			{
				value,
				label: current ? targetLabel(entity, current) : t(m.imports.asRecognised),
			},
		];
	}
	const targets = Object.entries(entity.fields).flatMap(([name, { kind, computed }]) => {
		if (kind === 'labelled') return [`${name}.`];
		if (kind === 'addresses') return Object.keys(parts).map((part) => `${name}..${part}`);
		return UNSAID.has(kind) || (computed && name !== 'name') ? [] : [name];
	});
	if (current && current !== 'extra' && !targets.includes(current)) targets.unshift(current);
	return [...targets, 'extra'].map((value) => ({ value, label: targetLabel(entity, value) }));
}

/** What a plain table may become; orders are a dialect of their own. */
export const tableChoices = ['contact', 'company', 'product', 'order', 'task', 'activity'] as const;
