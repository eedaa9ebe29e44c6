/**
 * Dates as files write them -> milliseconds. A time that names no zone is taken as UTC: the same file must give the same
 * records on every device. Whether 03/04/2020 is March or April is decided by the whole column, never cell by cell.
 */
export type DateOrder = 'dmy' | 'mdy';

export interface Moment {
	readonly at: number;
	/** The text names a day, no time. */
	readonly day: boolean;
}

const TIME = String.raw`(?:[T ,]+(上午|下午|凌晨|晚上)?\s*(\d{1,2})(?:[:.时](\d{1,2}))?(?:[:.分](\d{1,2})(?:[.,](\d+))?)?[秒分时]?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?`;
const YMD = new RegExp(String.raw`^(\d{4})[-/.年]\s*(\d{1,2})[-/.月]\s*(\d{1,2})日?${TIME}$`, 'i');
const COMPACT = new RegExp(String.raw`^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?$`);
const SLASHED = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${TIME}$`, 'i');
const DAY_MONTH = new RegExp(
	String.raw`^(?:[a-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?[-\s.]+([a-z]{3,9})\.?[-\s,]+(\d{4}|\d{2})${TIME}$`,
	'i',
);
const MONTH_DAY = new RegExp(
	String.raw`^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})${TIME}$`,
	'i',
);
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const ISO_LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;

/** Days from 1899-12-30, Excel's day 0, to 1970. */
const EXCEL_EPOCH = 25_569;

export function parseDate(text: string, order: DateOrder = 'dmy'): Moment | undefined {
	const value = text.trim();
	if (value.length > 60) return undefined;
	if (ISO_DAY.test(value)) return moment(Date.parse(value), true, value.slice(8));
	if (ISO_LOCAL.test(value))
		return moment(Date.parse(`${value.replace(' ', 'T')}Z`), false, value.slice(8, 10));
	const spaced = value.normalize('NFKC').replace(/(上午|下午|凌晨|晚上)/, ' $1');
	let match = YMD.exec(spaced);
	if (match) return build(match[1]!, match[2]!, match[3]!, match.slice(4));
	match = SLASHED.exec(spaced);
	if (match) {
		const [day, month] = order === 'dmy' ? [match[1]!, match[3]!] : [match[3]!, match[1]!];
		return build(match[4]!, month, day, match.slice(5));
	}
	match = DAY_MONTH.exec(spaced);
	if (match) return build(match[3]!, monthNumber(match[2]!), match[1]!, match.slice(4));
	match = MONTH_DAY.exec(spaced);
	if (match) return build(match[3]!, monthNumber(match[1]!), match[2]!, match.slice(4));
	match = COMPACT.exec(spaced);
	if (match && +match[2]! >= 1 && +match[2]! <= 12) {
		const [, y, m, d, hour, minute, second] = match;
		return build(y!, m!, d!, [undefined, hour, minute, second]);
	}
	if (/^\d{5}(\.\d+)?$/.test(spaced))
		return moment(
			Math.round((Number(spaced) - EXCEL_EPOCH) * 86_400) * 1000,
			!spaced.includes('.'),
		);
	if (/^\d{10}$|^\d{13}$/.test(spaced))
		return moment(Number(spaced) * (spaced.length === 10 ? 1000 : 1), false);
	return undefined;
}

const monthNumber = (name: string) => String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);

type Part = string | undefined;

function build(y: string, m: string, d: string, time: readonly Part[]): Moment | undefined {
	const [half, hour, minute, second, fraction, meridiem, zone] = time;
	const year = y.length === 2 ? Number(y) + (Number(y) < 70 ? 2000 : 1900) : Number(y);
	const month = Number(m);
	const day = Number(d);
	let h = Number(hour ?? 0);
	const late = /^p/i.test(meridiem ?? '') || half === '下午' || half === '晚上';
	if ((meridiem ?? half) && h === 12) h = late ? 12 : 0;
	else if (late && h < 12) h += 12;
	const min = Number(minute ?? 0);
	const s = Number(second ?? 0);
	if (month < 1 || month > 12 || day < 1 || h > 24 || min > 59 || s > 60) return undefined;
	const midnight = Date.UTC(year, month - 1, day);
	if (new Date(midnight).getUTCDate() !== day) return undefined;
	const millis = fraction ? Math.round(Number(`0.${fraction}`) * 1000) : 0;
	return moment(
		midnight + ((h * 60 + min) * 60 + s) * 1000 + millis - zoneOffset(zone),
		hour === undefined,
	);
}

function zoneOffset(zone: Part): number {
	const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
	if (!match) return 0;
	const minutes = Number(match[2]) * 60 + Number(match[3]);
	return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** `day` of month, where given, catches what Date.parse lets roll over (30 February). */
function moment(at: number, isDay: boolean, dayOfMonth?: string): Moment | undefined {
	if (Number.isNaN(at) || at < Date.UTC(1000, 0) || at > Date.UTC(9000, 0)) return undefined;
	if (dayOfMonth !== undefined && new Date(at).getUTCDate() !== Number(dayOfMonth))
		return undefined;
	return { at, day: isDay };
}

/** Whether the column leaves a choice between day and month first. */
export const isSlashed = (text: string): boolean => SLASHED.test(text.trim());

export interface DateVote {
	add(text: string): void;
	result(): { readonly order: DateOrder; readonly reason: string } | undefined;
}

/**
 * A part over 12 must be the day. When no value says so, files are mostly written in order of time, so the reading that jumps
 * less wins; when even that is equal, the day comes first, as in most of the world.
 */
export function createDateVote(): DateVote {
	const orders = ['dmy', 'mdy'] as const;
	const certain = { dmy: 0, mdy: 0 };
	const steps = { dmy: { up: 0, down: 0, last: 0 }, mdy: { up: 0, down: 0, last: 0 } };
	let example = '';
	let last = '';
	return {
		add(text) {
			if (text === last) return;
			last = text;
			const match = SLASHED.exec(text.trim());
			if (!match) return;
			const [first, second] = [Number(match[1]), Number(match[3])];
			const proves = first > 12 && second <= 12 ? 'dmy' : second > 12 && first <= 12 ? 'mdy' : '';
			if (proves) certain[proves]++;
			if (!example || proves) example = text.trim();
			for (const order of orders) {
				const at = parseDate(text, order)?.at;
				const step = steps[order];
				if (at === undefined) continue;
				if (at > step.last) step.up++;
				else if (at < step.last) step.down++;
				step.last = at;
			}
		},
		result() {
			if (!example) return undefined;
			const words = { dmy: 'day/month/year', mdy: 'month/day/year' };
			const decided = (order: DateOrder, because: string) => ({
				order,
				reason: `Dates like ${example} are read as ${words[order]}: ${because}.`,
			});
			if (certain.dmy !== certain.mdy) {
				const order = certain.dmy > certain.mdy ? 'dmy' : 'mdy';
				const against = Math.min(certain.dmy, certain.mdy);
				return decided(
					order,
					against ? `${against} values fit only the other way and fail` : 'some fit only this way',
				);
			}
			const jumps = orders.map((order) => Math.min(steps[order].up, steps[order].down));
			if (jumps[0] !== jumps[1])
				return decided(
					jumps[0]! < jumps[1]! ? 'dmy' : 'mdy',
					'that way they stand in order of time',
				);
			return decided('dmy', 'nothing in the column says otherwise');
		},
	};
}
