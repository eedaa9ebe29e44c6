/**
 * Money is a whole number of minor units (cents, fen) of a currency. Digits per currency come from Intl (ISO 4217).
 */
const digitsByCurrency = new Map<string, number>();

export function minorDigits(currency: string): number {
	let digits = digitsByCurrency.get(currency);
	if (digits === undefined) {
		digits =
			new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
				.maximumFractionDigits ?? 2;
		digitsByCurrency.set(currency, digits);
	}
	return digits;
}

/** 12.5 -> 1250 for a currency of two digits. Rounds half away from zero, seeing through binary noise (1.005 -> 101). */
export function toMinor(amount: number, currency: string): number {
	const scaled = Math.abs(amount) * 10 ** minorDigits(currency);
	return Math.sign(amount) * Math.round(scaled * (1 + 4 * Number.EPSILON)) + 0;
}

export const fromMinor = (minor: number, currency: string): number =>
	minor / 10 ** minorDigits(currency);

export const formatMoney = (minor: number, currency: string, locale: string): string =>
	new Intl.NumberFormat(locale, { style: 'currency', currency }).format(fromMinor(minor, currency));
