/** Numbers as people write them: currency signs, grouping, a decimal comma, brackets for minus, full-width digits. */
export type DecimalSign = '.' | ',';

const PLAIN = /^-?\d+(?:\.\d+)?$/;
const NOISE = /[\s'’_\u00a0\u202f]|[\p{Sc}]|元|^[A-Z]{3}|[A-Z]{3}$/gu;

/** Undefined when it is no number. `decimal` settles what the text alone cannot: whether 1,234 is a thousand or one. */
export function parseNumber(text: string, decimal: DecimalSign = '.'): number | undefined {
	if (PLAIN.test(text) && (decimal === '.' || !/^-?\d{1,3}\.\d{3}$/.test(text)))
		return Number(text);
	if (text.length > 60) return undefined;
	let rest = text.normalize('NFKC').trim().replace('−', '-').replace(NOISE, '');
	const negative = /^\(.+\)$|^-|-$/.test(rest);
	rest = rest.replace(/^[(+-]|[)-]$/g, '');
	const lastDot = rest.lastIndexOf('.');
	const lastComma = rest.lastIndexOf(',');
	let sign = decimal;
	if (lastDot >= 0 && lastComma >= 0) sign = lastDot > lastComma ? '.' : ',';
	else if (lastDot >= 0 && !/^\d{1,3}(\.\d{3})+$/.test(rest)) sign = '.';
	else if (lastComma >= 0 && !/^\d{1,3}(,\d{3})+$/.test(rest)) sign = ',';
	const group = sign === '.' ? ',' : '.';
	rest = rest.replaceAll(group, '').replace(sign, '.');
	if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(rest)) return undefined;
	const value = Number(rest);
	return Number.isFinite(value) ? (negative ? -value : value) : undefined;
}

/** A comma when some value can only be read so and none contradicts it. */
export function sniffDecimal(values: Iterable<string>): DecimalSign {
	let commas = 0;
	let dots = 0;
	for (const value of values) {
		if (/\d,\d{1,2}\D*$|\.\d{3},\d|,\d{4,}\D*$/.test(value)) commas++;
		else if (/\.\d{1,2}\D*$|,\d{3}\.\d|\.\d{4,}\D*$/.test(value)) dots++;
	}
	return commas > dots ? ',' : '.';
}
