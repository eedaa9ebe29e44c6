/** What a dialect is: a way to read one kind of file. Two shapes: records one by one, and orders, whose lines belong together. */
import type { Result } from '#core/result.ts';
import type { Entity } from '#schema/entity.ts';
import type { Fields } from '#schema/values.ts';
import type { Dialect, ImportOptions, ImportProgress, Preview } from '../contract.ts';
import type { Table } from '../reading/table.ts';
import type { Importing } from '../writing/upsert.ts';

export interface Opened {
	readonly bytes: Uint8Array;
	readonly encoding: string;
	/** The first piece of the text. */
	readonly head: string;
	/** The file as a table; asked for only by dialects that are tables. */
	table(): Result<Table>;
}

export interface Settings {
	readonly options: ImportOptions;
	readonly currency: string;
}

export type ProgressListener = (progress: ImportProgress) => void;

export type PreviewBody = Omit<Preview, 'dialect' | 'encoding'>;

export interface DialectModule {
	readonly name: Dialect;
	recognises(opened: Opened, options: ImportOptions): boolean;
	preview(opened: Opened, settings: Settings): Result<PreviewBody>;
	run(
		opened: Opened,
		settings: Settings,
		importing: Importing,
		onProgress: ProgressListener,
	): Promise<Result<void>>;
}

/** A row as a record dialect reads it: fields, or the reason why not. */
export interface ReadRow {
	readonly row: number;
	readonly raw: () => string;
	readonly fields?: Fields;
	readonly problem?: string;
	readonly warnings: readonly string[];
	/** Things the row holds that are left out by decision: `photos`. */
	readonly apart?: readonly string[];
}

export interface Records {
	readonly entity: Entity;
	readonly delimiter?: string;
	readonly columns: Preview['columns'];
	/** Columns of `raw` as a row of values; none when a failed row is no table row. */
	readonly rawColumns: readonly string[];
	readonly notes: readonly string[];
	readonly size: number;
	read(): Generator<{ readonly rows: readonly ReadRow[]; readonly bytes: number }>;
}
