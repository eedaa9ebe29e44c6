/**
 * The answers of the models, as pages and scripts receive them (each with a `card` beside these fields), and the
 * parameters that they send. Amounts are in units of the currency, not minor units; times are milliseconds UTC.
 */
import type { Bilingual, Language } from '#core/bilingual.ts';

/** A date such as '2011-12-10' (its first moment in UTC), an ISO 8601 time, or milliseconds. */
export type TimeParam = string | number;

/** What `run(name, params)` takes. */
export interface ModelParams {
	rfm: { asOf?: TimeParam };
	segments: {
		method?: 'rules' | 'kmeans';
		k?: number;
		features?: 'rfm';
		asOf?: TimeParam;
		seed?: number;
	};
	clv:
		| { method?: 'bgnbd'; calibrationEnd?: TimeParam; horizonWeeks?: number }
		| { method: 'twcf'; cashFlows: readonly number[]; discountRate: number }
		| { method: 'ev'; cashFlows: readonly number[]; retention: number };
	sentiment: { text: string };
	rebuy: { asOf?: TimeParam };
}

/** What comes back, beside the card. */
export interface ModelValues {
	rfm: RfmValue;
	segments: SegmentsValue;
	clv: ClvValue;
	sentiment: SentimentValue;
	rebuy: RebuyValue;
}

export type ModelName = keyof ModelValues;

export type SegmentKey = 'highValue' | 'active' | 'potential' | 'silent' | 'new';

export interface RfmRow {
	readonly customer: string;
	/** Whole days from the last purchase to `asOf`. */
	readonly recency: number;
	/** Distinct moments of purchase. */
	readonly frequency: number;
	/** Revenue. */
	readonly monetary: number;
	/** Whole days from the first purchase to `asOf`. */
	readonly tenure: number;
	/** 1 to 5 by fifths of the middle rank; 5 is the most recent, most frequent, most valuable. */
	readonly r: number;
	readonly f: number;
	readonly m: number;
}

export interface RfmValue {
	readonly asOf: number;
	readonly customers: number;
	readonly revenue: number;
	readonly currency: string;
	readonly rows: readonly (RfmRow & { readonly segment: SegmentKey })[];
}

export interface Profile {
	/** Which of the five kinds it is; several clusters may be of one kind. */
	readonly key: SegmentKey;
	readonly name: Bilingual;
	readonly playbook: Bilingual;
}

export interface Segment extends Profile {
	readonly size: number;
	/** Of all customers, 0 to 1. */
	readonly share: number;
	/** The mean taken on the log scale and brought back: days, orders, revenue. */
	readonly centre: {
		readonly recency: number;
		readonly frequency: number;
		readonly monetary: number;
	};
	readonly revenue: number;
	readonly revenueShare: number;
}

export interface SegmentsValue {
	readonly method: 'rules' | 'kmeans';
	readonly asOf: number;
	/** K-means only: sum of squared distances of the z-scored rows to their centres. */
	readonly inertia?: number;
	/** K-means only, of all customers up to 5,000 and of every nth above. */
	readonly silhouette?: number;
	/** Customers per segment, descending, as `segments`. */
	readonly sizes: readonly number[];
	readonly segments: readonly Segment[];
	/** `segment` is an index into `segments`. */
	readonly rows: readonly (RfmRow & { readonly segment: number })[];
}

export interface BgnbdParameters {
	readonly r: number;
	readonly alpha: number;
	readonly a: number;
	readonly b: number;
}

export interface GammaGammaParameters {
	readonly p: number;
	readonly q: number;
	readonly gamma: number;
}

export type Range = readonly [lo: number, hi: number];

export interface ClvRow {
	readonly customer: string;
	/** Repeat purchase days; weeks from first to last; weeks from first to the end of observation. */
	readonly frequency: number;
	readonly recency: number;
	readonly T: number;
	/** Probability that they have not left for good. */
	readonly alive: number;
	/** Within the horizon. */
	readonly expectedOrders: number;
	/** Per order. */
	readonly expectedSpend: number;
	/** expectedOrders x expectedSpend, not discounted. */
	readonly value: number;
	/** 80 % of simulated futures lie inside. */
	readonly interval: Range;
}

export interface BgnbdValue {
	readonly method: 'bgnbd';
	readonly currency: string;
	readonly horizonWeeks: number;
	readonly parameters: BgnbdParameters;
	readonly standardErrors: BgnbdParameters;
	readonly logLikelihood: number;
	readonly spend: GammaGammaParameters & { readonly logLikelihood: number };
	/** All customers together. */
	readonly total: {
		readonly expectedOrders: number;
		readonly value: number;
		readonly interval: Range;
	};
	/** Orders of the held-out weeks. */
	readonly holdout?: {
		readonly weeks: number;
		readonly actual: number;
		readonly predicted: number;
	};
	readonly rows: readonly ClvRow[];
}

export type ClvValue = BgnbdValue | { readonly method: 'twcf' | 'ev'; readonly value: number };

export interface Term {
	readonly term: string;
	/** Signed: over 0 speaks for, under 0 against. Comparable within one answer only. */
	readonly weight: number;
}

export interface SentimentValue {
	/** The language of the larger part. */
	readonly language: Language;
	/** -1 to 1. */
	readonly score: number;
	readonly label: 'positive' | 'neutral' | 'negative';
	/** What counted most, strongest first, at most eight. */
	readonly reasons: readonly Term[];
}

export interface RebuyReason {
	readonly feature: Bilingual;
	/** Log-odds that it adds, by the logistic twin: approximate for the network. */
	readonly weight: number;
}

export interface RebuyRow {
	readonly customer: string;
	/** Of an order within 90 days. */
	readonly probability: number;
	readonly reasons: readonly RebuyReason[];
}

export interface ReliabilityRow {
	readonly from: number;
	readonly to: number;
	readonly n: number;
	/** Mean probability said, and share that happened with its 95 % interval (Wilson). */
	readonly predicted: number;
	readonly actual: number;
	readonly interval: Range;
}

export interface RebuyValue {
	readonly asOf: number;
	readonly rows: readonly RebuyRow[];
	/** On held-out customers, each half calibrated on the other. */
	readonly reliability: readonly ReliabilityRow[];
	readonly auc: number;
	readonly brier: number;
	readonly baseline: { readonly auc: number; readonly brier: number };
	/** Largest difference between the engine and the float64 twin. */
	readonly twinDifference: number;
}
