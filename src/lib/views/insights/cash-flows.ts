/** Numbers as people type them into one field: `1,000 1,200` is two numbers, and so is `500, 600` or `500；600`. */

/** Undefined when something in the text is no number, or there is none. */
export function parseNumbers(text: string): number[] | undefined {
	const parts = text
		.normalize('NFKC')
		// A comma between digits that come in threes groups them; every other comma parts numbers.
		.replace(/(?<![\d.])([-+]?\d{1,3}(?:,\d{3})+)(?![\d,])/g, (grouped) =>
			grouped.replaceAll(',', ''),
		)
		.split(/[\s,;、]+/)
		.filter(Boolean);
	const numbers = parts.map(Number);
	return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : undefined;
}

/** The weight of each period: the discount or the retention, once for the first period, twice for the second. */
export const periodWeights = (periods: number, perPeriod: number): number[] =>
	Array.from({ length: periods }, (_, i) => perPeriod ** (i + 1));
