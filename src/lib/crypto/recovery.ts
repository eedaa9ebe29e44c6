/**
 * The recovery key: 16 bytes that a person keeps as twelve English words (BIP-39), and the two key pairs that always follow
 * from them. It outranks every member of the workspace, so its private halves are made when they are needed and never stored.
 */
import type { Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { signingPairFromSeed } from './device.ts';
import { deriveBytes, randomBytes } from './hash.ts';
import { agreePairFrom } from './seal.ts';

/** As the founding entry names them. */
export interface RecoveryPublic {
	/** 32 bytes, Ed25519. */
	readonly sign: Bytes;
	/** 65 bytes, uncompressed P-256 point. */
	readonly agree: Bytes;
}

export interface RecoveryKeys {
	readonly publicKeys: RecoveryPublic;
	readonly sign: { readonly privateKey: CryptoKey };
	readonly agree: CryptoKeyPair;
}

const ENTROPY_BYTES = 16;

export const newRecoveryEntropy = (): Bytes => randomBytes(ENTROPY_BYTES);

/** HKDF keeps the two uses apart; the P-256 pair follows RFC 9180 §7.1.3 (DeriveKeyPair). */
export async function recoveryKeysFrom(entropy: Bytes): Promise<RecoveryKeys> {
	const sign = await signingPairFromSeed(await deriveBytes(entropy, 'recovery sign'));
	const agree = await agreePairFrom(await deriveBytes(entropy, 'recovery agree'));
	return {
		publicKeys: { sign: sign.publicKey, agree: agree.publicKey },
		sign,
		agree: agree.pair,
	};
}

/** Loaded when asked for: the list of 2,048 words is needed twice in the life of a workspace. */
const bip39 = async () => {
	const [methods, { wordlist }] = await Promise.all([
		import('@scure/bip39'),
		import('@scure/bip39/wordlists/english.js'),
	]);
	return { ...methods, wordlist };
};

export async function wordsOf(entropy: Bytes): Promise<readonly string[]> {
	const { entropyToMnemonic, wordlist } = await bip39();
	return entropyToMnemonic(entropy, wordlist).split(' ');
}

/** Takes what people type: capitals, commas, numbers before the words, line breaks. `Invalid` says what is wrong with it. */
export async function entropyOf(text: string): Promise<Result<Bytes>> {
	const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
	if (words.length !== 12)
		return fail('Invalid', `The recovery kit has twelve words; these are ${words.length}.`);
	const { mnemonicToEntropy, wordlist } = await bip39();
	const strange = words.find((word) => !wordlist.includes(word));
	if (strange)
		return fail('Invalid', `"${strange}" is no word of a recovery kit. Check its letters.`);
	try {
		return ok(Uint8Array.from(mnemonicToEntropy(words.join(' '), wordlist)));
	} catch {
		return fail(
			'Invalid',
			'These words do not belong together: one is wrong, or two changed places.',
		);
	}
}
