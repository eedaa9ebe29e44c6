/** Bytes as text and back, and the few byte helpers everybody needs. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export const utf8 = (text: string): Bytes => encoder.encode(text);
/** Throws on bytes that are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);

export function concat(...parts: Uint8Array[]): Bytes {
	const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
	return difference === 0;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
	let text = '';
	for (let i = 0; i < bytes.length; i += 3) {
		const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
		text += ALPHABET[three >> 18]! + ALPHABET[(three >> 12) & 63]!;
		if (i + 1 < bytes.length) text += ALPHABET[(three >> 6) & 63]!;
		if (i + 2 < bytes.length) text += ALPHABET[three & 63]!;
	}
	return text;
}

const SIX_BITS = new Uint8Array(128);
for (let i = 0; i < 64; i++) SIX_BITS[ALPHABET.charCodeAt(i)] = i;

/** Undefined for anything that is not base64url. */
export function fromBase64url(text: string): Bytes | undefined {
	if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
	const bytes = new Uint8Array((text.length * 3) >> 2);
	for (let i = 0, at = 0, bits = 0, held = 0; i < text.length; i++) {
		held = (held << 6) | SIX_BITS[text.charCodeAt(i)]!;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		bytes[at++] = held >> bits;
	}
	return bytes;
}

/** The inverse of `toHex`; for text that is known to be hex. */
export function fromHex(hex: string): Bytes {
	const bytes = new Uint8Array(hex.length >> 1);
	for (let i = 0; i < bytes.length; i++)
		bytes[i] = (digit(hex, 2 * i) << 4) | digit(hex, 2 * i + 1);
	return bytes;
}

function digit(hex: string, at: number): number {
	const code = hex.charCodeAt(at);
	return code < 0x3a ? code - 0x30 : (code | 0x20) - 0x57;
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
	let hex = '';
	for (const byte of bytes) hex += PAIRS[byte]!;
	return hex;
}
