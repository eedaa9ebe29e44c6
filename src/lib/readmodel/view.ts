/** Reading: what lists, pages and scripts ask of the read model. */
import type { Fields } from '#schema/values.ts';

/** A record as it is read: its fields, and what the merge knows about them. */
export interface Row {
	readonly id: string;
	readonly entity: string;
	readonly fields: Fields;
	readonly title: string;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly deleted: boolean;
	/** Fields that two people changed without seeing each other: the shown value first, then the others. */
	readonly conflicts: Readonly<Record<string, readonly Version[]>>;
}

export interface Version {
	readonly value: unknown;
	readonly device: string;
	/** Milliseconds, as the writer's clock claimed. */
	readonly at: number;
}

export type Scalar = string | number | boolean;
export type Condition =
	Scalar | { readonly in: readonly Scalar[] } | { readonly from?: Scalar; readonly to?: Scalar };
export type Where = Readonly<Record<string, Condition>>;

export interface Query {
	/** Field -> equality, a set, or a range with both ends included. All must hold. */
	readonly where?: Where;
	/** Words, all of which must occur in the record. */
	readonly text?: string;
	readonly orderBy?: string;
	readonly descending?: boolean;
	/** 1 to 1000; 50 unless told. */
	readonly limit?: number;
	/** `next` of the page before. */
	readonly after?: string;
	/** The bin instead of the live records. */
	readonly deleted?: boolean;
}

export interface Page {
	readonly rows: readonly Row[];
	/** Where the next page begins; undefined on the last. */
	readonly next?: string;
}

export interface View {
	get(id: string): Promise<Row | undefined>;
	/** In the order of `ids`; a missing record leaves a gap. */
	getMany(ids: readonly string[]): Promise<readonly (Row | undefined)[]>;
	query(entity: string, query?: Query): Promise<Page>;
	/** From counters when `where` names one choice or nothing; else by walking the index. */
	count(entity: string, where?: Where): Promise<number>;
	/** id -> title, for references. Plain names come back as themselves. */
	titles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
	/**
	 * Runs `read` now and again after each change of what it read, from any tab, worker or peer.
	 * Returns unsubscribe.
	 */
	live<T>(
		read: () => Promise<T>,
		onValue: (value: T) => void,
		onError?: (error: unknown) => void,
	): () => void;
}
