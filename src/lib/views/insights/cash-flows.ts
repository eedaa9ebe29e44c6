/** Numbers as people type them into one field: commas, semicolons, spaces and Chinese commas part them. */

const NUMBER = /^[-+]?(?:0|[1-9]\d*|(?=\.))(?:\.\d+)?$/;

/**
 * Undefined when there is none, or something is no number. A comma always parts: `1,000` is refused (000 is no number), rather
 * than read in one of two ways.
 */
export function parseNumbers(text: string): number[] | undefined {
	const parts = text
		.normalize('NFKC')
		.split(/[\s,;、]+/)
		.filter(Boolean);
	return parts.length > 0 && parts.every((part) => NUMBER.test(part))
		? parts.map(Number)
		: undefined;
}

/** The weight of each period: the discount or the retention, once for the first period, twice for the second. */
export const periodWeights = (periods: number, perPeriod: number): number[] =>
	Array.from({ length: periods }, (_, i) => perPeriod ** (i + 1));
