/**
 * The kinds a field can be. A kind says how a value is checked, shown, filtered, searched and read from a file; an entity
 * only names its kinds. To add a kind: one constructor here and one line in each compiler of `derive/` (the compiler's
 * exhaustive table says where).
 */
import type { Bilingual } from '#core/bilingual.ts';

export type Kind =
	| 'text'
	| 'longText'
	| 'email'
	| 'phone'
	| 'url'
	| 'number'
	| 'money'
	| 'date'
	| 'dateTime'
	| 'flag'
	| 'choice'
	| 'tags'
	| 'reference'
	| 'labelled'
	| 'addresses'
	| 'lines'
	| 'extra';

export interface Choice {
	readonly value: string;
	readonly label: Bilingual;
	readonly tone?: Tone;
}

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info';

export interface Field {
	readonly kind: Kind;
	readonly label: Bilingual;
	/** Must be filled in a form. Reading never refuses: older and newer versions mix. */
	readonly required?: boolean;
	readonly choices?: readonly Choice[];
	/** The entity a reference points to. */
	readonly to?: string;
	/** Other spellings of the column in files, any language, any case. The field's name and labels count anyway. */
	readonly aliases?: readonly string[];
	/** Part of the list by default; the number orders the columns. */
	readonly column?: number;
	/** Values are indexed, so lists sort and filter by it without reading everything. */
	readonly indexed?: boolean;
	/** Found by text search. */
	readonly searched?: boolean;
	/** An import finds an existing record by equality of this field. */
	readonly identifies?: boolean;
	/** Filled by the app, not by a form. */
	readonly computed?: boolean;
	/** The value of a new record. */
	readonly initial?: unknown;
}

type Options = Omit<Field, 'kind' | 'label' | 'choices' | 'to'>;
type Maker = (en: string, zh: string, options?: Options) => Field;

const make =
	(kind: Kind, defaults: Options = {}): Maker =>
	(en, zh, options) => ({ kind, label: { en, zh }, ...defaults, ...options });

/** One line of text, up to 500 characters. */
export const text = make('text', { searched: true });
/** Paragraphs, up to 50,000 characters. */
export const longText = make('longText', { searched: true });
export const email = make('email', { searched: true, indexed: true });
export const phone = make('phone', { searched: true, indexed: true });
export const url = make('url');
export const number = make('number');
/** Whole minor units; the currency is the record's `currency` or the workspace's. */
export const money = make('money');
/** A calendar day, `yyyy-mm-dd`, the same in every zone. */
export const date = make('date');
/** A moment, ISO 8601 in UTC. */
export const dateTime = make('dateTime');
export const flag = make('flag');
export const tags = make('tags', { searched: true });
/** Other e-mails, phones and links: `[{ label, value }]`. */
export const labelled = make('labelled', { searched: true });
/** `[{ label, street, city, region, postcode, country }]`. */
export const addresses = make('addresses', { searched: true });
/** Order lines: `[{ product, quantity, price }]`, price in minor units, fractions allowed (0.001 a piece exists). */
export const lines = make('lines');
/** What a file said and no field here holds: `{ column: value }`. Kept, shown, given back on export. */
export const extra = make('extra', { searched: true });

/** A record of another entity: its id, or a plain name while nobody has made the record. */
export const reference = (to: string, en: string, zh: string, options?: Options): Field => ({
	kind: 'reference',
	label: { en, zh },
	to,
	indexed: true,
	...options,
});

export const choice = (
	en: string,
	zh: string,
	choices: readonly Choice[],
	options?: Options,
): Field => ({ kind: 'choice', label: { en, zh }, choices, indexed: true, ...options });
