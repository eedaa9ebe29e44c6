/**
 * What the page and the models worker say to each other. Every answer carries a model card, made from the same object as
 * the answer: how much data, of when, which seed and backend, how good on data held out and against which named baseline.
 */
import type { Bilingual } from '#core/bilingual.ts';
import type { Result } from '#core/result.ts';

export type * from './answers.ts';

/** Orders (no returns; a gift has amount 0) in columns, oldest first; row i is one order. Transferred, never copied. */
export interface Purchases {
	/** Record ids of the customers; `customer[i]` points into it. */
	readonly customers: readonly string[];
	readonly customer: Int32Array;
	/** Milliseconds since 1970, UTC. */
	readonly time: Float64Array;
	/** Minor units of `currency`. */
	readonly amount: Float64Array;
	readonly currency: string;
}

export interface Quality {
	/** For people: "AUC on the last 90 days". */
	readonly metric: Bilingual;
	readonly value: number;
	readonly baseline: { readonly name: Bilingual; readonly value: number };
	readonly heldOut: number;
}

export interface ModelCard {
	readonly model: string;
	/** Rows that the answer rests on, and what one row is. */
	readonly n: number;
	readonly unit: Bilingual;
	/** First and last moment of the data, milliseconds UTC. */
	readonly from?: number;
	readonly to?: number;
	readonly computedAt: number;
	readonly seed?: number;
	readonly backend: 'float64' | 'webgl' | 'wasm' | 'cpu';
	readonly quality?: Quality;
	/** Why the answer is what it is, and what it does not know, in words. */
	readonly reasons: readonly Bilingual[];
	readonly source: string;
}

export interface ModelContext {
	readonly seed: number;
	/** Milliseconds UTC, from the caller: models have no clock. */
	readonly now: number;
	/** 0 to 1. */
	progress(fraction: number): void;
	cancelled(): boolean;
}

/** What a model adds to its card; an answer always has one. */
export type Answer<Value> = Value & { readonly card: ModelCard };

/** One file in workers/models/, one line in its registry. `needs` says which feature table the client sends. */
export interface Model<Params, Value> {
	readonly name: string;
	readonly needs: 'purchases' | 'nothing';
	/** Checks what a page or a script sent; `Invalid` with the field and a sentence when it cannot be used. */
	parse(params: Readonly<Record<string, unknown>>): Result<Params>;
	run(params: Params, purchases: Purchases, context: ModelContext): Promise<Result<Answer<Value>>>;
}

export interface RunOptions {
	/** Names the job for `cancel`. */
	readonly jobId: string;
	readonly seed: number;
	/** Milliseconds UTC. */
	readonly now: number;
}

/** What the models worker exposes through comlink. Failures are returned, never thrown. */
export interface ModelsWorker {
	/** `onProgress` (0 to 1) has to be a comlink proxy. `purchases` may be left out for a model that needs nothing. */
	run(
		name: string,
		params: unknown,
		purchases: Purchases | undefined,
		options: RunOptions,
		onProgress?: (fraction: number) => void,
	): Promise<Result<Answer<object>>>;
	/** The job ends with `Cancelled` at its next pause; an unknown id does nothing. */
	cancel(jobId: string): void;
}
