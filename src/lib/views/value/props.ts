/** What every kind's component is given: it shows the value, or edits it when `edit` is there. */
import type { Field } from '#schema/field.ts';
import type { Fields } from '#schema/values.ts';

export interface Edit {
	readonly id: string;
	readonly label: string;
	readonly describedby: string | undefined;
	readonly invalid: boolean;
	/** Stands in an empty field. */
	readonly placeholder?: string;
	/** Cleans, checks and keeps a value; false when it was refused, so that what was typed stays. */
	commit(value: unknown): boolean | Promise<boolean>;
	/** What was typed is given up: the stored value stands again, and so does its peace. */
	cancel?(): void;
}

export interface ValueProps {
	readonly field: Field;
	readonly value: unknown;
	readonly edit?: Edit;
	/** The record's other fields: its currency, for one. */
	readonly record?: Fields;
	/** Titles of referenced records, when the caller has read them for many rows at once. */
	readonly titles?: ReadonlyMap<string, string>;
	/** One line inside a list, without links of its own. */
	readonly dense?: boolean;
}

export const asText = (value: unknown): string =>
	typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
