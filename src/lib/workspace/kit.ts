/**
 * The recovery key outside of the app: twelve words as people type them, or the sealed line of a downloaded kit, which takes
 * the passphrase that sealed it.
 */
import { fromBase64url, toBase64url, type Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import { fail, ok, type Result } from '#core/result.ts';
import {
	openWithPassphrase,
	sealWithPassphrase,
	type PassphraseSealed,
} from '#crypto/passphrase.ts';
import { entropyOf } from '#crypto/recovery.ts';

const PURPOSE = 'recovery kit';
const LINE = /perennial-kit-1\.([\w-]+)/;

export async function sealedKit(entropy: Bytes, passphrase: string): Promise<Result<string>> {
	const sealed = await sealWithPassphrase(entropy, passphrase, PURPOSE);
	if (!sealed.ok) return sealed;
	const { iterations, memory, salt, iv, ct } = sealed.value;
	const bytes = createWriter().uint(iterations).uint(memory).raw(salt).raw(iv).bytes(ct).done();
	return ok(`perennial-kit-1.${toBase64url(bytes)}`);
}

/** Whether the text is or holds a sealed kit, so that a passphrase must be asked for. */
export const isSealedKit = (text: string): boolean => LINE.test(text);

/** From the words, or from a kit and its passphrase. */
export async function recoveryEntropy(text: string, passphrase = ''): Promise<Result<Bytes>> {
	const line = LINE.exec(text)?.[1];
	if (!line) return entropyOf(text);
	const sealed = read(
		fromBase64url(line) ?? new Uint8Array(0),
		'kit',
		(reader): PassphraseSealed => ({
			iterations: reader.uint(),
			memory: reader.uint(),
			salt: reader.raw(16),
			iv: reader.raw(12),
			ct: reader.bytes(),
		}),
	);
	if (!sealed.ok) return fail('Damaged', 'This kit is not complete. Choose the whole file again.');
	return openWithPassphrase(sealed.value, passphrase, PURPOSE);
}
