/** Moments as clock time in a named zone and back, by Intl's zone data. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat('sv-SE', {
			timeZone: zone,
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
			hourCycle: 'h23',
		});
		formats.set(zone, format);
	}
	return format;
}

/** `yyyy-mm-ddThh:mm` as a clock in `zone` shows it. */
export const toZoned = (at: number, zone: string): string =>
	formatFor(zone).format(at).replace(' ', 'T');

/** `yyyy-mm-dd` in `zone`. */
export const dayIn = (at: number, zone: string): string => toZoned(at, zone).slice(0, 10);

/** Milliseconds UTC of a clock time in `zone`; NaN for anything else. In an hour that occurs twice, the first. */
export function fromZoned(local: string, zone: string): number {
	const asUtc = Date.parse(`${local}Z`);
	if (Number.isNaN(asUtc)) return Number.NaN;
	const offsetAt = (at: number) =>
		Date.parse(`${toZoned(at, zone)}Z`) - Math.floor(at / 60_000) * 60_000;
	const first = asUtc - offsetAt(asUtc);
	return asUtc - offsetAt(first);
}

/** Whole days from `a` to `b`, both `yyyy-mm-dd`. */
export const daysBetween = (a: string, b: string): number =>
	Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000);
