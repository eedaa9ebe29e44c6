/** What a new workspace can choose from, as Intl knows it. */

/** In everyday use first; the rest follows by name. */
const COMMON = ['CNY', 'USD', 'EUR', 'GBP', 'HKD', 'TWD', 'JPY', 'SGD', 'AUD', 'CAD', 'CHF', 'INR'];

const byZone: readonly (readonly [RegExp, string])[] = [
	[/^Asia\/(Shanghai|Chongqing|Urumqi|Harbin)/, 'CNY'],
	[/^Asia\/Hong_Kong/, 'HKD'],
	[/^Asia\/Taipei/, 'TWD'],
	[/^Asia\/Singapore/, 'SGD'],
	[/^Asia\/Tokyo/, 'JPY'],
	[/^Asia\/(Kolkata|Calcutta)/, 'INR'],
	[/^Europe\/(London|Belfast)/, 'GBP'],
	[/^Europe\/Zurich/, 'CHF'],
	[/^Europe\//, 'EUR'],
	[/^Australia\//, 'AUD'],
	[/^America\/(Toronto|Vancouver|Montreal|Winnipeg|Halifax)/, 'CAD'],
];

/** A first guess, to be corrected by the person. */
export const currencyFor = (zone: string | undefined): string =>
	byZone.find(([pattern]) => pattern.test(zone ?? ''))?.[1] ?? 'USD';

interface Option {
	readonly value: string;
	readonly label: string;
}

export function currencies(locale: string): readonly Option[] {
	const names = new Intl.DisplayNames(locale, { type: 'currency' });
	const label = (code: string) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` });
	const others = Intl.supportedValuesOf('currency').filter((code) => !COMMON.includes(code));
	return [...COMMON, ...others].map(label);
}

export function timeZones(current: string): readonly Option[] {
	const zones = new Set([current, 'UTC', ...Intl.supportedValuesOf('timeZone')]);
	return [...zones].map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
}
