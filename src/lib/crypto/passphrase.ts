/**
 * A key from a passphrase: Argon2id (RFC 9106), as slow as this device can bear, so that guessing is slow everywhere. The
 * parameters stand beside what the key seals; what comes from a file is bounded before it is believed.
 */
import { utf8, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { deriveAesKey, randomBytes } from './hash.ts';
import { newIv, open, seal, type Sealed } from './seal.ts';

export interface Slowness {
	readonly iterations: number;
	/** KiB. */
	readonly memory: number;
}

export interface PassphraseSealed extends Slowness, Sealed {
	readonly salt: Bytes;
}

/** The second recommended option of RFC 9106 §4, one lane: what a phone can hold. */
const MEMORY = 64 * 1024;
const LEAST: Slowness = { iterations: 3, memory: MEMORY };
const MOST: Slowness = { iterations: 64, memory: 1024 * 1024 };
export const SHORTEST_PASSPHRASE = 8;

/** Composed and decomposed letters are the same passphrase (Unicode NFKC), whatever keyboard wrote it. */
async function stretch(passphrase: string, salt: Bytes, { iterations, memory }: Slowness) {
	const { argon2id } = await import('hash-wasm');
	return argon2id({
		password: utf8(passphrase.normalize('NFKC')),
		salt,
		iterations,
		memorySize: memory,
		parallelism: 1,
		hashLength: 32,
		outputType: 'binary',
	}) as Promise<Bytes>;
}

let calibrated: Promise<Slowness> | undefined;

/** About one second on this device, measured once. */
export function calibrate(): Promise<Slowness> {
	return (calibrated ??= (async () => {
		await stretch('warm up', randomBytes(16), { iterations: 1, memory: 1024 });
		const begun = performance.now();
		await stretch('measure', randomBytes(16), { iterations: 1, memory: MEMORY });
		const pass = performance.now() - begun;
		const iterations = Math.min(24, Math.max(LEAST.iterations, Math.round(1000 / pass)));
		return { iterations, memory: MEMORY };
	})());
}

const keyFrom = async (passphrase: string, salt: Bytes, slowness: Slowness, purpose: string) =>
	deriveAesKey(await stretch(passphrase, salt, slowness), purpose);

export async function sealWithPassphrase(
	plain: Bytes,
	passphrase: string,
	purpose: string,
	slowness?: Slowness,
): Promise<Result<PassphraseSealed>> {
	if ([...passphrase].length < SHORTEST_PASSPHRASE)
		return fail(
			'Invalid',
			`The passphrase needs at least ${SHORTEST_PASSPHRASE} characters; a few words are best.`,
			{ field: 'passphrase' },
		);
	const chosen = slowness ?? (await calibrate());
	const salt = randomBytes(16);
	const iv = newIv();
	const key = await keyFrom(passphrase, salt, chosen, purpose);
	return ok({ ...chosen, salt, iv, ct: await seal(key, iv, plain, utf8(purpose)) });
}

/** `Invalid` on the field `passphrase` when it is the wrong one. */
export async function openWithPassphrase(
	sealed: PassphraseSealed,
	passphrase: string,
	purpose: string,
): Promise<Result<Bytes>> {
	const { iterations, memory, salt, iv, ct } = sealed;
	const bounded =
		iterations >= 1 && iterations <= MOST.iterations && memory >= 8 && memory <= MOST.memory;
	if (!bounded) return fail('Damaged', 'This file asks for more work than any honest one does.');
	const key = await keyFrom(passphrase, salt, { iterations, memory }, purpose);
	const plain = await open(key, iv, ct, utf8(purpose));
	return plain.ok
		? plain
		: fail('Invalid', 'This passphrase is not the right one.', { field: 'passphrase' });
}
