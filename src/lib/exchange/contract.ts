/** What an import is given and gives back. */
import type { Failure } from '#core/result.ts';
import type { Fields } from '#schema/values.ts';

export interface ImportSource {
	readonly name: string;
	readonly data: Blob | string;
}

export type Dialect = 'csv' | 'google' | 'vcard' | 'orders';

export interface ImportOptions {
	/** Recognised from the content unless given. */
	readonly dialect?: Dialect;
	/**
	 * Column -> field of the target entity (`email`, `otherPhones.Home`, `addresses.Work.city`, `extra`), for orders a role
	 * (`customer`, `date`, `item`, `quantity`, `price`, `amount` …), or null to leave the column out. Recognised unless given.
	 */
	readonly mapping?: Readonly<Record<string, string | null>>;
	/** Target of a plain table; contact unless the columns say otherwise. */
	readonly entity?: string;
	/** A name TextDecoder knows. Recognised unless given. */
	readonly encoding?: string;
	/** Given to every record that this import creates; records that are there already keep the tags they have. */
	readonly tags?: readonly string[];
}

/** What a run is told about the workspace. */
export interface ImportInfo {
	readonly workspaceId: string;
	readonly importId: string;
	/** ISO 4217: prices in the file are in it unless a column says otherwise. */
	readonly currency: string;
	/** Milliseconds since 1970, for the report. */
	readonly now: number;
}

/** `done` and `total` count bytes of the file while it is read, records when they are written afterwards. */
export interface ImportProgress {
	readonly done: number;
	readonly total?: number;
	readonly stage: 'reading' | 'matching' | 'writing';
	/** Rows read so far, where `done` counts bytes. */
	readonly rows?: number;
}

export interface Preview {
	readonly dialect: Dialect;
	readonly entity: string;
	readonly encoding: string;
	readonly delimiter?: string;
	readonly columns: readonly {
		readonly name: string;
		readonly field: string | null;
		readonly samples: readonly string[];
	}[];
	/** The first rows as they would be written. */
	readonly records: readonly { readonly entity: string; readonly fields: Fields }[];
	readonly failed: readonly FailedRow[];
	/** Decisions taken from the content that a person should know: date order, a missing header row. */
	readonly notes: readonly string[];
}

export interface FailedRow {
	/** 1 is the first row of data. */
	readonly row: number;
	readonly reason: string;
	/** The row as it stood in the file: one line of comma-separated values, or the vCard. */
	readonly raw?: string;
}

/** A row that is in, with something to say about it. */
export interface WarnedRow extends FailedRow {
	/** The record it is in: whoever erases it finds the row. */
	readonly id: string;
}

export interface Counts {
	readonly created: number;
	readonly updated: number;
	readonly unchanged: number;
}

export interface ImportReport extends Counts {
	readonly importId: string;
	readonly name: string;
	readonly at: number;
	readonly rows: number;
	readonly byEntity: Readonly<Record<string, Counts>>;
	readonly failed: readonly FailedRow[];
	/** Rows that are in, each with a value that did not fit its field and stands in `extra` instead. */
	readonly warnings: readonly WarnedRow[];
	/** Counts kept out of something: `returns` (lines that are in, but no sales), `photos` and `attachments` (left out). */
	readonly apart: Readonly<Record<string, number>>;
	readonly notes: readonly string[];
	/** The file's columns, so that failed rows can be given back as a table. */
	readonly columns: readonly string[];
	/** The import ended early; the counts say what is written, and it can be reverted or run again to go on. */
	readonly stopped?: Failure;
	/** `stopped` because a person asked. */
	readonly cancelled?: boolean;
	readonly reverted?: boolean;
}
