/** What a value that came from outside turns out to be. */
import type { Bytes } from '#core/bytes.ts';

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	!(value instanceof Uint8Array);
export const isText = (value: unknown): value is string => typeof value === 'string';
export const isBytes = (value: unknown, length?: number): value is Bytes =>
	value instanceof Uint8Array && (length === undefined || value.length === length);
export const isCount = (value: unknown): value is number =>
	Number.isSafeInteger(value) && Number(value) >= 0;
