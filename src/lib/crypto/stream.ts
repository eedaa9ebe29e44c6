/**
 * A long file sealed in pieces: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM. Each
 * piece is bound to its place, to whether it is the last and to the file's opening, so that none can be changed, moved,
 * left out or cut off without notice.
 */
import { createWriter } from '#core/codec.ts';
import { concat, type Bytes } from '#core/bytes.ts';
import type { Result } from '#core/result.ts';
import { deriveAesKey, sha256 } from './hash.ts';
import { open, seal } from './seal.ts';

export interface StreamCipher {
	seal(plain: Bytes, index: number, last: boolean): Promise<Bytes>;
	open(sealed: Bytes, index: number, last: boolean): Promise<Result<Bytes>>;
}

/** `secret` is fresh for every file, so a piece's place in it is a nonce that never comes twice. */
export async function streamCipher(secret: Bytes, opening: Bytes): Promise<StreamCipher> {
	const key = await deriveAesKey(secret, 'stream');
	const digest = await sha256(opening);
	const nonce = (index: number, last: boolean) => {
		const iv = new Uint8Array(12);
		new DataView(iv.buffer).setUint32(7, index);
		iv[11] = last ? 1 : 0;
		return iv;
	};
	const place = (index: number, last: boolean) =>
		concat(
			digest,
			createWriter()
				.uint(index)
				.uint(last ? 1 : 0)
				.done(),
		);
	return {
		seal: (plain, index, last) => seal(key, nonce(index, last), plain, place(index, last)),
		open: (sealed, index, last) => open(key, nonce(index, last), sealed, place(index, last)),
	};
}
