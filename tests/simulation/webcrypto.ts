/**
 * WebCrypto that answers at once: the same algorithms from node:crypto, keys and random bytes from the seed. So a run is the same
 * every time, down to the byte, and costs no thread switches. A signature that was made or verified here once is known: eight
 * devices check the same entries.
 */
import * as node from 'node:crypto';
import type { Random } from '#core/random.ts';

class SimKey {
	readonly [Symbol.toStringTag] = 'CryptoKey';
	readonly extractable = true;
	readonly type: 'public' | 'private' | 'secret';
	readonly algorithm: { name: string; namedCurve?: string };
	readonly usages: readonly string[];
	/** Bytes of a secret or public key; the scalar or seed of a private one. */
	readonly bytes: Buffer;
	readonly object: node.KeyObject | undefined;
	readonly partner: Buffer | undefined;

	constructor(
		type: SimKey['type'],
		algorithm: SimKey['algorithm'],
		usages: readonly string[],
		bytes: Buffer,
		more: { object?: node.KeyObject; partner?: Buffer } = {},
	) {
		this.type = type;
		this.algorithm = algorithm;
		this.usages = usages;
		this.bytes = bytes;
		this.object = more.object;
		this.partner = more.partner;
	}
}

type Algorithm = string | { name: string; [option: string]: unknown };
type Data = ArrayBuffer | Uint8Array;

const nameOf = (algorithm: Algorithm) =>
	typeof algorithm === 'string' ? algorithm : algorithm.name;
const buffer = (data: Data): Buffer =>
	data instanceof Uint8Array
		? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
		: Buffer.from(data);
const out = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

interface Pair {
	readonly publicKey: SimKey;
	readonly privateKey: SimKey;
}

const pairs = new Map<string, Pair>();

/** Devices read their keys from the disk again at every start. */
function ed25519Pair(seed: Buffer): Pair {
	const name = seed.toString('latin1');
	const pair = pairs.get(name) ?? newEd25519Pair(Buffer.from(seed));
	pairs.set(name, pair);
	return pair;
}

function newEd25519Pair(seed: Buffer): Pair {
	const object = node.createPrivateKey({
		key: Buffer.concat([ED25519_PKCS8, seed]),
		format: 'der',
		type: 'pkcs8',
	});
	const publicObject = node.createPublicKey(object);
	const bytes = publicObject.export({ format: 'der', type: 'spki' }).subarray(-32);
	const algorithm = { name: 'Ed25519' };
	return {
		publicKey: new SimKey('public', algorithm, ['verify'], bytes, { object: publicObject }),
		privateKey: new SimKey('private', algorithm, ['sign'], seed, { object, partner: bytes }),
	};
}

function p256Pair(scalar: Buffer): Pair {
	const ecdh = node.createECDH('prime256v1');
	ecdh.setPrivateKey(scalar);
	const bytes = ecdh.getPublicKey();
	const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
	return {
		publicKey: new SimKey('public', algorithm, [], bytes),
		privateKey: new SimKey('private', algorithm, ['deriveBits'], scalar, { partner: bytes }),
	};
}

const nameOfSignature = (publicKey: Buffer, signature: Buffer, data: Buffer): string =>
	[publicKey, signature, node.createHash('sha1').update(data).digest()]
		.map((part) => part.toString('latin1'))
		.join();

/** What no story signs that comes to rest; the longest so far need a few thousand. */
const MOST_SIGNATURES = 100_000;

export interface SimCrypto {
	readonly crypto: Crypto;
	/** Somebody signs again and again: nothing is signed any more. */
	readonly exhausted: boolean;
	reseed(random: Random): void;
}

export function createSimCrypto(): SimCrypto {
	let random: Random;
	let signatures = 0;
	const known = new Map<string, boolean>();
	const randomBytes = (length: number): Buffer => {
		const bytes = Buffer.alloc(length);
		for (let i = 0; i < length; i++) bytes[i] = random.below(256);
		return bytes;
	};

	function hkdf(key: SimKey, algorithm: Record<string, unknown>, length: number): Buffer {
		const { salt, info } = algorithm as { salt: Data; info: Data };
		return Buffer.from(node.hkdfSync('sha256', key.bytes, buffer(salt), buffer(info), length));
	}

	const subtle = {
		async digest(_algorithm: Algorithm, data: Data) {
			return out(node.createHash('sha256').update(buffer(data)).digest());
		},
		async generateKey(algorithm: Algorithm) {
			return nameOf(algorithm) === 'Ed25519'
				? ed25519Pair(randomBytes(32))
				: p256Pair(Buffer.concat([Buffer.of(1), randomBytes(31)]));
		},
		async importKey(
			format: string,
			data: Data | JsonWebKey,
			algorithm: Algorithm,
			_extractable: boolean,
			usages: readonly string[],
		) {
			const name = nameOf(algorithm);
			if (format === 'jwk') {
				const { x, y } = data as JsonWebKey;
				const point = Buffer.concat([
					Buffer.of(4),
					Buffer.from(x!, 'base64url'),
					Buffer.from(y!, 'base64url'),
				]);
				return new SimKey('public', { name, namedCurve: 'P-256' }, usages, point);
			}
			const bytes = Buffer.from(buffer(data as Data));
			if (format === 'pkcs8')
				return name === 'Ed25519'
					? ed25519Pair(bytes.subarray(-32)).privateKey
					: p256Pair(bytes.subarray(36, 68)).privateKey;
			if (name === 'Ed25519') {
				if (bytes.length !== 32) throw new Error('no Ed25519 key');
				const key = Buffer.concat([ED25519_SPKI, bytes]);
				const object = node.createPublicKey({ key, format: 'der', type: 'spki' });
				return new SimKey('public', { name }, usages, bytes, { object });
			}
			if (name === 'ECDH') {
				// Throws for bytes that are no point of the curve.
				node.ECDH.convertKey(bytes, 'prime256v1');
				return new SimKey('public', { name, namedCurve: 'P-256' }, usages, bytes);
			}
			return new SimKey('secret', { name }, usages, bytes);
		},
		async exportKey(format: string, key: SimKey) {
			if (format === 'raw') return out(key.bytes);
			const point = key.partner ?? key.bytes;
			if (key.algorithm.name === 'Ed25519')
				return { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
			const [x, y] = [point.subarray(1, 33), point.subarray(33)];
			return {
				...{ kty: 'EC', crv: 'P-256', d: key.bytes.toString('base64url') },
				...{ x: x.toString('base64url'), y: y.toString('base64url') },
			};
		},
		async sign(algorithm: Algorithm, key: SimKey, data: Data) {
			if (nameOf(algorithm) === 'HMAC')
				return out(node.createHmac('sha256', key.bytes).update(buffer(data)).digest());
			if (++signatures > MOST_SIGNATURES) return new Promise<never>(() => {});
			const bytes = buffer(data);
			const signature = node.sign(null, bytes, key.object!);
			known.set(nameOfSignature(key.partner!, signature, bytes), true);
			return out(signature);
		},
		async verify(_algorithm: Algorithm, key: SimKey, signature: Data, data: Data) {
			const bytes = buffer(data);
			const name = nameOfSignature(key.bytes, buffer(signature), bytes);
			let valid = known.get(name);
			if (valid === undefined) {
				valid = node.verify(null, bytes, key.object!, buffer(signature));
				known.set(name, valid);
			}
			return valid;
		},
		async encrypt(algorithm: Algorithm, key: SimKey, data: Data) {
			const { iv, additionalData } = algorithm as unknown as { iv: Data; additionalData?: Data };
			const cipher = node.createCipheriv('aes-256-gcm', key.bytes, buffer(iv));
			if (additionalData) cipher.setAAD(buffer(additionalData));
			return out(Buffer.concat([cipher.update(buffer(data)), cipher.final(), cipher.getAuthTag()]));
		},
		async decrypt(algorithm: Algorithm, key: SimKey, data: Data) {
			const { iv, additionalData } = algorithm as unknown as { iv: Data; additionalData?: Data };
			const bytes = buffer(data);
			const decipher = node.createDecipheriv('aes-256-gcm', key.bytes, buffer(iv));
			if (additionalData) decipher.setAAD(buffer(additionalData));
			decipher.setAuthTag(bytes.subarray(-16));
			return out(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]));
		},
		async deriveBits(algorithm: Algorithm, key: SimKey, length: number) {
			const options = algorithm as Record<string, unknown>;
			if (nameOf(algorithm) === 'HKDF') return out(hkdf(key, options, length / 8));
			const ecdh = node.createECDH('prime256v1');
			ecdh.setPrivateKey(key.bytes);
			return out(ecdh.computeSecret((options.public as SimKey).bytes));
		},
		async deriveKey(
			algorithm: Algorithm,
			key: SimKey,
			wanted: { name: string; length: number },
			_extractable: boolean,
			usages: readonly string[],
		) {
			const bytes = hkdf(key, algorithm as Record<string, unknown>, wanted.length / 8);
			return new SimKey('secret', { name: wanted.name }, usages, bytes);
		},
	};

	const crypto = {
		subtle,
		getRandomValues<T extends Uint8Array>(array: T): T {
			array.set(randomBytes(array.length));
			return array;
		},
		randomUUID: () => randomBytes(16).toString('hex'),
	};
	return {
		crypto: crypto as unknown as Crypto,
		get exhausted() {
			return signatures > MOST_SIGNATURES;
		},
		reseed(next) {
			random = next;
			signatures = 0;
			known.clear();
			pairs.clear();
		},
	};
}
