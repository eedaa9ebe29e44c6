/** Figures of models in words: rounded to what they are worth. */
import { toMinor } from '#core/money.ts';
import { language } from '#messages/language.svelte.ts';
import { useFormat } from '../format.svelte.ts';

export interface Figures {
	/** Units of the workspace's currency, exact. */
	money(units: number): string;
	/** Units of the currency to two significant digits: an estimate, not an invoice. */
	about(units: number): string;
	/** 0 to 1. */
	percent(share: number): string;
	/** As many digits as a count of orders deserves. */
	few(value: number): string;
	/** A measure of quality. */
	measure(value: number): string;
}

/** Call while a component is set up; read the results in markup. */
export function useFigures(): Figures {
	const format = useFormat();
	const styled = (value: number, options: Intl.NumberFormatOptions) =>
		new Intl.NumberFormat(language.locale, options).format(value);
	return {
		money: (units) => format.money(toMinor(units, format.currency)),
		about: (units) =>
			styled(units, {
				style: 'currency',
				currency: format.currency,
				currencyDisplay: 'narrowSymbol',
				maximumSignificantDigits: 2,
			}),
		percent: (share) => styled(share, { style: 'percent', maximumFractionDigits: 0 }),
		few: (value) => format.number(value, value < 10 ? 1 : 0),
		measure: (value) => format.number(value, Math.abs(value) < 10 ? 3 : 1),
	};
}
