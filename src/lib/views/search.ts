/** Records by words, as options to choose from. */
import { entityNamed } from '#entities/registry.ts';
import type { View } from '#readmodel/view.ts';
import type { ComboboxOption } from '#ui/Combobox.svelte';

export async function searchRecords(
	view: View,
	entity: string,
	text: string,
	limit = 8,
): Promise<readonly ComboboxOption[]> {
	const { rows } = await view.query(entity, { text: text.trim() || undefined, limit });
	return rows.map((row) => ({
		value: row.id,
		label: row.title,
		note: entityNamed(entity)?.subtitle?.(row.fields),
	}));
}
