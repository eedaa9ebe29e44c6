/** Numbers, money, days and moments in the language on the screen and the workspace's currency and time zone. */
import { formatMoney } from '#core/money.ts';
import { m } from '#messages/catalogue.ts';
import { language, t } from '#messages/language.svelte.ts';
import { getApp } from './app.svelte.ts';
import { dayIn, daysBetween } from './zoned.ts';

const cache = new Map<string, Intl.DateTimeFormat>();

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = locale + JSON.stringify(options);
	let format = cache.get(key);
	if (!format) cache.set(key, (format = new Intl.DateTimeFormat(locale, options)));
	return format;
}

const CURRENCY = /^[A-Za-z]{3}$/;
const nearDays: Record<number, { en: string; zh: string }> = {
	[-1]: m.common.yesterday,
	0: m.common.today,
	1: m.common.tomorrow,
};

export interface Format {
	readonly zone: string;
	readonly currency: string;
	/** `yyyy-mm-dd` of this moment where the workspace is. */
	today(): string;
	number(value: number, digits?: number): string;
	/** Minor units; of `currency` or the workspace's. */
	money(minor: number, currency?: unknown): string;
	/** `yyyy-mm-dd`. Near days by name. */
	day(day: string): string;
	/** Milliseconds or ISO 8601: the day, by name when near. */
	dayOf(moment: number | string): string;
	/** Day and clock time. */
	moment(moment: number | string): string;
	time(moment: number | string): string;
	/** Several names in one sentence. */
	list(words: readonly string[]): string;
}

/** Call while a component is set up; read the results in markup, so that they follow language and workspace. */
export function useFormat(): Format {
	const app = getApp();
	const info = () => app.workspace?.info;
	const zone = () => info()?.timeZone ?? 'UTC';
	const currency = () => info()?.currency ?? 'GBP';
	const at = (moment: number | string) =>
		typeof moment === 'number' ? moment : Date.parse(moment);
	const today = () => dayIn(Date.now(), zone());
	const day = (text: string) => {
		const time = Date.parse(text);
		if (Number.isNaN(time)) return text;
		const near = nearDays[daysBetween(today(), text)];
		if (near) return t(near);
		const sameYear = text.slice(0, 4) === today().slice(0, 4);
		return dateFormat(language.locale, {
			timeZone: 'UTC',
			day: 'numeric',
			month: 'short',
			year: sameYear ? undefined : 'numeric',
		}).format(time);
	};
	const dayOf = (moment: number | string) =>
		Number.isNaN(at(moment)) ? String(moment) : day(dayIn(at(moment), zone()));
	const time = (moment: number | string) =>
		Number.isNaN(at(moment))
			? ''
			: dateFormat(language.locale, {
					timeZone: zone(),
					hour: '2-digit',
					minute: '2-digit',
					hourCycle: 'h23',
				}).format(at(moment));
	return {
		get zone() {
			return zone();
		},
		get currency() {
			return currency();
		},
		today,
		number: (value, digits = 3) =>
			new Intl.NumberFormat(language.locale, { maximumFractionDigits: digits }).format(value),
		money: (minor, own) =>
			formatMoney(
				minor,
				typeof own === 'string' && CURRENCY.test(own) ? own.toUpperCase() : currency(),
				language.locale,
			),
		day,
		dayOf,
		time,
		moment: (moment) => `${dayOf(moment)}, ${time(moment)}`,
		list: (words) => new Intl.ListFormat(language.locale).format(words),
	};
}
