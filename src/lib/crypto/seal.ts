/**
 * Sealing: AES-256-GCM under a key that follows from the workspace's epoch key and the writer's device, with the entry's head
 * as associated data, so that a sealed body fits one place in one chain only. Boxing: HPKE (RFC 9180) to one device's
 * P-256 key, for handing on an epoch key.
 */
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from 'hpke';
import { utf8, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { deriveAesKey, randomBytes } from './hash.ts';
import type { DeviceKeys, Did } from './device.ts';

export const IV_LENGTH = 12;

export const contentKey = (epochKey: Bytes, did: Did): Promise<CryptoKey> =>
	deriveAesKey(epochKey, `content ${did}`);

export async function seal(key: CryptoKey, iv: Bytes, plain: Bytes, head: Bytes): Promise<Bytes> {
	const algorithm = { name: 'AES-GCM', iv, additionalData: head };
	return new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain));
}

export async function open(
	key: CryptoKey,
	iv: Bytes,
	sealed: Bytes,
	head: Bytes,
): Promise<Result<Bytes>> {
	try {
		const algorithm = { name: 'AES-GCM', iv, additionalData: head };
		return ok(new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed)));
	} catch {
		return fail('Damaged', 'This entry cannot be opened with the key it names.');
	}
}

/** What `seal` made, with what it needs to be opened. */
export interface Sealed {
	readonly iv: Bytes;
	readonly ct: Bytes;
}

export const newIv = (): Bytes => randomBytes(IV_LENGTH);

const suite = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);

export interface Boxed {
	readonly enc: Bytes;
	readonly ct: Bytes;
}

/** Only the holder of the private half of `agree` opens it, and only for the same purpose. */
export async function box(agree: Bytes, plain: Bytes, purpose: string): Promise<Boxed> {
	const publicKey = await suite.DeserializePublicKey(agree);
	const { encapsulatedSecret, ciphertext } = await suite.Seal(publicKey, plain, {
		info: utf8(`perennial/1 ${purpose}`),
	});
	return { enc: encapsulatedSecret as Bytes, ct: ciphertext as Bytes };
}

export async function unbox(
	keys: Pick<DeviceKeys, 'agree'>,
	boxed: Boxed,
	purpose: string,
): Promise<Result<Bytes>> {
	try {
		const plain = await suite.Open(keys.agree, boxed.enc, boxed.ct, {
			info: utf8(`perennial/1 ${purpose}`),
		});
		return ok(plain as Bytes);
	} catch {
		return fail('Damaged', 'This key was not boxed for this device.');
	}
}

/** The P-256 pair that a secret always gives (RFC 9180 §7.1.3). */
export async function agreePairFrom(
	secret: Bytes,
): Promise<{ pair: CryptoKeyPair; publicKey: Bytes }> {
	const pair = await suite.DeriveKeyPair(secret, false);
	return {
		pair: pair as CryptoKeyPair,
		publicKey: (await suite.SerializePublicKey(pair.publicKey)) as Bytes,
	};
}
