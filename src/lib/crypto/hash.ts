/** SHA-256 (FIPS 180-4) and HKDF-SHA-256 (RFC 5869), by WebCrypto. */
import { utf8, type Bytes } from '#core/bytes.ts';

export async function sha256(bytes: Bytes): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** `length` bytes that follow from `secret` and say nothing about it; `purpose` keeps uses apart. */
export async function deriveBytes(secret: Bytes, purpose: string, length = 32): Promise<Bytes> {
	const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
	const bits = await crypto.subtle.deriveBits(hkdf(purpose), key, length * 8);
	return new Uint8Array(bits);
}

const hkdf = (purpose: string) => ({
	name: 'HKDF',
	hash: 'SHA-256',
	salt: new Uint8Array(0),
	info: utf8(`perennial/1 ${purpose}`),
});

/** An AES-256-GCM key that never leaves WebCrypto. */
export async function deriveAesKey(secret: Bytes, purpose: string): Promise<CryptoKey> {
	const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
	return crypto.subtle.deriveKey(hkdf(purpose), key, { name: 'AES-GCM', length: 256 }, false, [
		'encrypt',
		'decrypt',
	]);
}

export const randomBytes = (length: number): Bytes =>
	crypto.getRandomValues(new Uint8Array(length));
