/**
 * Chinese sentiment without a word segmenter (browsers disagree on segments): characters and pairs of characters, hashed
 * into 2^16 weights of one byte each, and a logistic curve. The weights come from scripts/train-sentiment-zh.mjs.
 * Source of the trick: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009.
 */
import type { Term } from '#analysis/contract.ts';

export const BUCKETS = 1 << 16;

export interface ChineseWeights {
	readonly weights: Int8Array;
	/** A weight of 1 means this much. */
	readonly scale: number;
	readonly bias: number;
}

/** One form for full-width, upper case, digits and line breaks, so that they share weights. */
export const normalise = (text: string): string =>
	text.normalize('NFKC').toLowerCase().replace(/\d+/g, '0').replace(/\s+/g, '');

/** FNV-1a over UTF-16 units, folded to 16 bits. */
function bucket(gram: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < gram.length; i++) hash = Math.imul(hash ^ gram.charCodeAt(i), 0x01000193);
	return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
}

/** Each character and pair of characters of the text once, with its bucket. */
export function grams(text: string): Map<string, number> {
	const chars = [...normalise(text)];
	const found = new Map<string, number>();
	chars.forEach((char, i) => {
		found.set(char, bucket(char));
		if (i > 0) found.set(chars[i - 1]! + char, bucket(chars[i - 1]! + char));
	});
	return found;
}

/** log-odds that the text is positive, and what each gram added to it. Long texts do not shout: grams share one length. */
export function chinese(
	text: string,
	{ weights, scale, bias }: ChineseWeights,
): { logOdds: number; terms: Term[] } {
	const found = grams(text);
	const unit = scale / Math.sqrt(Math.max(1, found.size));
	const terms = [...found].map(([term, at]) => ({ term, weight: weights[at]! * unit }));
	return { logOdds: terms.reduce((sum, { weight }) => sum + weight, bias), terms };
}
