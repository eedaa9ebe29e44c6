/**
 * A device is two key pairs made on it: Ed25519 (RFC 8032) to sign, ECDH P-256 to be sent secrets. Their private halves leave
 * WebCrypto once, to be sealed for the disk (`log/secrets.ts`); keys read back cannot be exported. Not X25519: Safari 27 loses such keys in IndexedDB. A device's name, `did`, is a hash of its public keys, so
 * nobody can present another's.
 */
import { concat, toBase64url, toHex, type Bytes } from '#core/bytes.ts';
import { sha256 } from './hash.ts';

/** Sixteen bytes as base64url: 22 characters. */
export type Did = string;

export interface PublicKeys {
	/** 32 bytes, Ed25519. */
	readonly sign: Bytes;
	/** 65 bytes, uncompressed P-256 point. */
	readonly agree: Bytes;
}

export interface DeviceKeys {
	readonly did: Did;
	readonly publicKeys: PublicKeys;
	readonly sign: CryptoKeyPair;
	readonly agree: CryptoKeyPair;
}

export async function createDeviceKeys(): Promise<DeviceKeys> {
	const sign = (await crypto.subtle.generateKey('Ed25519', true, [
		'sign',
		'verify',
	])) as CryptoKeyPair;
	const agree = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
		'deriveBits',
	])) as CryptoKeyPair;
	const publicKeys = { sign: await raw(sign.publicKey), agree: await raw(agree.publicKey) };
	return { did: await didOf(publicKeys), publicKeys, sign, agree };
}

/** PKCS #8, both; throws for keys that were read back from the disk. */
export async function exportPrivateKeys(
	keys: Pick<DeviceKeys, 'sign' | 'agree'>,
): Promise<{ sign: Bytes; agree: Bytes }> {
	const pkcs8 = async ({ privateKey }: CryptoKeyPair) =>
		new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
	return { sign: await pkcs8(keys.sign), agree: await pkcs8(keys.agree) };
}

/** Keys that cannot be exported again. */
export async function importDeviceKeys(
	publicKeys: PublicKeys,
	privateKeys: { readonly sign: Bytes; readonly agree: Bytes },
): Promise<DeviceKeys> {
	const { subtle } = crypto;
	const ecdh = { name: 'ECDH', namedCurve: 'P-256' };
	const [signPrivate, signPublic, agreePrivate, agreePublic] = await Promise.all([
		subtle.importKey('pkcs8', privateKeys.sign, 'Ed25519', false, ['sign']),
		subtle.importKey('raw', publicKeys.sign, 'Ed25519', true, ['verify']),
		subtle.importKey('pkcs8', privateKeys.agree, ecdh, false, ['deriveBits']),
		subtle.importKey('raw', publicKeys.agree, ecdh, true, []),
	]);
	return {
		did: await didOf(publicKeys),
		publicKeys,
		sign: { privateKey: signPrivate, publicKey: signPublic },
		agree: { privateKey: agreePrivate, publicKey: agreePublic },
	};
}

const raw = async (key: CryptoKey): Promise<Bytes> =>
	new Uint8Array(await crypto.subtle.exportKey('raw', key));

export async function didOf(keys: PublicKeys): Promise<Did> {
	return toBase64url((await sha256(concat(keys.sign, keys.agree))).subarray(0, 16));
}

export async function sign(keys: Pick<DeviceKeys, 'sign'>, bytes: Bytes): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.sign('Ed25519', keys.sign.privateKey, bytes));
}

const imported = new Map<string, Promise<CryptoKey>>();

/** y of the eight points of small order (RFC 8032 §5.1), little-endian, without the sign of x. */
const SMALL_ORDER = new Set([
	'00'.repeat(32),
	`01${'00'.repeat(31)}`,
	`ec${'ff'.repeat(30)}7f`,
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

/**
 * Under a key of small order one signature fits any words, and browsers differ on those that are not written canonically (y of
 * 2^255 - 19 and above).
 */
function isSound(publicKey: Bytes): boolean {
	const y = publicKey.slice();
	if (y.length !== 32) return false;
	y[31]! &= 0x7f;
	const canonical = y[31]! < 0x7f || y[0]! < 0xed || y.subarray(1, 31).some((byte) => byte < 0xff);
	return canonical && !SMALL_ORDER.has(toHex(y));
}

/** False for a wrong signature and for a public key that is none. */
export async function verify(publicKey: Bytes, signature: Bytes, bytes: Bytes): Promise<boolean> {
	const name = toBase64url(publicKey);
	let key = imported.get(name);
	if (!key) {
		if (!isSound(publicKey)) return false;
		key = crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
		imported.set(name, key);
		if (imported.size > 256) imported.delete(imported.keys().next().value!);
	}
	try {
		return await crypto.subtle.verify('Ed25519', await key, signature, bytes);
	} catch {
		return false;
	}
}

/** PKCS #8 frame of a bare Ed25519 seed (RFC 8410 §7). */
const ED25519_PKCS8 = Uint8Array.of(
	0x30,
	0x2e,
	0x02,
	0x01,
	0x00,
	0x30,
	0x05,
	0x06,
	0x03,
	0x2b,
	0x65,
	0x70,
	0x04,
	0x22,
	0x04,
	0x20,
);

/** The signing pair that a 32-byte seed always gives: whoever holds an invite's seed can prove it. */
export async function signingPairFromSeed(
	seed: Bytes,
): Promise<{ privateKey: CryptoKey; publicKey: Bytes }> {
	const pkcs8 = concat(ED25519_PKCS8, seed);
	const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
	const { x } = await crypto.subtle.exportKey('jwk', key);
	const publicKey = Uint8Array.from(atob(x!.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
		char.charCodeAt(0),
	);
	return { privateKey: key, publicKey };
}
