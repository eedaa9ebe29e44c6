/**
 * The byte format of everything signed or sent: lib0's varints and length-prefixed strings and bytes. Readers never trust:
 * `read` turns any overrun into a failure.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { fail, ok, type Result } from './result.ts';
import type { Bytes } from './bytes.ts';

export interface Writer {
	uint(value: number): Writer;
	text(value: string): Writer;
	/** With its length. */
	bytes(value: Uint8Array): Writer;
	/** Without: both sides know the length. */
	raw(value: Uint8Array): Writer;
	/** Null, booleans, numbers, strings, bytes, arrays and plain objects of them. */
	any(value: unknown): Writer;
	done(): Bytes;
}

export function createWriter(): Writer {
	const encoder = encoding.createEncoder();
	const writer: Writer = {
		uint: (value) => (encoding.writeVarUint(encoder, value), writer),
		text: (value) => (encoding.writeVarString(encoder, value), writer),
		bytes: (value) => (encoding.writeVarUint8Array(encoder, value), writer),
		raw: (value) => (encoding.writeUint8Array(encoder, value), writer),
		any: (value) => (encoding.writeAny(encoder, value as never), writer),
		done: () => encoding.toUint8Array(encoder) as Bytes,
	};
	return writer;
}

export interface Reader {
	uint(): number;
	text(): string;
	bytes(): Bytes;
	raw(length: number): Bytes;
	any(): unknown;
	/** Bytes read so far. */
	readonly at: number;
	readonly left: number;
}

/** Runs `parse` over the bytes; any overrun, bad UTF-8 or thrown complaint becomes `Damaged`. All bytes must be used. */
export function read<T>(bytes: Uint8Array, what: string, parse: (reader: Reader) => T): Result<T> {
	const decoder = decoding.createDecoder(bytes);
	const need = (length: number) => {
		if (length > decoder.arr.length - decoder.pos) throw new Error('it ends too early');
	};
	const reader: Reader = {
		uint: () => decoding.readVarUint(decoder),
		text: () => decoding.readVarString(decoder),
		bytes: () => {
			const length = decoding.readVarUint(decoder);
			need(length);
			return decoding.readUint8Array(decoder, length).slice() as Bytes;
		},
		raw: (length) => {
			need(length);
			return decoding.readUint8Array(decoder, length).slice() as Bytes;
		},
		any: () => readAny(decoder, DEEPEST),
		get at() {
			return decoder.pos;
		},
		get left() {
			return decoder.arr.length - decoder.pos;
		},
	};
	try {
		const value = parse(reader);
		if (reader.left) throw new Error('bytes are left over');
		return ok(value);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		return fail('Damaged', `This ${what} cannot be read: ${why}.`);
	}
}

/** At which depth a stack ends differs between browsers, and what one can read another could not. */
const DEEPEST = 32;
const OBJECT = 118;
const ARRAY = 117;

/**
 * As lib0 writes it. Its own reader takes any depth, and a field `__proto__` for the object's prototype: fields would be there
 * that no check of the object's own ever sees.
 */
function readAny(decoder: decoding.Decoder, deeper: number): unknown {
	const kind = decoder.arr[decoder.pos];
	if (kind !== OBJECT && kind !== ARRAY) return decoding.readAny(decoder);
	if (!deeper) throw new Error('it nests too deep');
	decoder.pos++;
	const length = decoding.readVarUint(decoder);
	if (kind === ARRAY) {
		const items: unknown[] = [];
		while (items.length < length) items.push(readAny(decoder, deeper - 1));
		return items;
	}
	const object: Record<string, unknown> = {};
	for (let i = 0; i < length; i++) {
		const name = decoding.readVarString(decoder);
		if (name === '__proto__') throw new Error('it names a prototype');
		object[name] = readAny(decoder, deeper - 1);
	}
	return object;
}
