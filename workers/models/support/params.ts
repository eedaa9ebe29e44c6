/**
 * Reads the parameters that a page or a script sent. Each reader gives a value or fails with `Invalid`, the field and a
 * sentence that says what to write instead.
 */
import { fail, ok, type Result } from '#core/result.ts';

export type RawParams = Readonly<Record<string, unknown>>;

/**
 * Milliseconds UTC or an ISO 8601 date; without a zone UTC is meant, so '2011-12-10' is its first moment everywhere.
 * Undefined when left out.
 */
export function readTime(params: RawParams, field: string): Result<number | undefined> {
	const value = params[field];
	if (value === undefined || value === null) return ok(undefined);
	if (typeof value === 'number' && Number.isFinite(value)) return ok(value);
	if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) {
		const zoned = value.length === 10 || /(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`;
		const time = Date.parse(zoned);
		if (!Number.isNaN(time)) return ok(time);
	}
	return fail('Invalid', `Give ${field} as a date such as 2011-12-10.`, { field });
}

export function readNumber(
	params: RawParams,
	field: string,
	{
		min,
		max,
		whole = false,
		fallback,
	}: { min: number; max: number; whole?: boolean; fallback?: number },
): Result<number> {
	const value = params[field] ?? fallback;
	if (
		typeof value === 'number' &&
		value >= min &&
		value <= max &&
		(!whole || Number.isInteger(value))
	)
		return ok(value);
	const kind = whole ? 'a whole number' : 'a number';
	return fail('Invalid', `Give ${field} as ${kind} from ${min} to ${max}.`, { field });
}

export function readNumbers(params: RawParams, field: string): Result<number[]> {
	const value = params[field];
	if (Array.isArray(value) && value.length > 0 && value.every((v) => Number.isFinite(v)))
		return ok(value as number[]);
	return fail('Invalid', `Give ${field} as a list of numbers, one per period.`, { field });
}

export function readChoice<Choice extends string>(
	params: RawParams,
	field: string,
	choices: readonly Choice[],
	fallback: Choice,
): Result<Choice> {
	const value = params[field] ?? fallback;
	const found = choices.find((choice) => choice === value);
	if (found) return ok(found);
	return fail('Invalid', `Give ${field} as one of: ${choices.join(', ')}.`, { field });
}
