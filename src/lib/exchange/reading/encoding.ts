/**
 * Bytes -> text. The encoding is decided over the whole file: a byte-order mark, else UTF-16 by its zero bytes, else strict
 * UTF-8, else GB 18030 (which contains GBK) where the bytes read like Chinese, else windows-1252.
 */
import { fail, ok, type Result } from '#core/result.ts';

const PIECE = 1 << 20;

export function sniffEncoding(bytes: Uint8Array): Result<string> {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return ok('utf-8');
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return ok('utf-16le');
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return ok('utf-16be');
	const head = bytes.subarray(0, 1 << 16);
	const zeros = [0, 0];
	let control = 0;
	head.forEach((byte, i) => {
		if (byte === 0) zeros[i & 1]!++;
		else if (byte < 9 || (byte > 13 && byte < 27) || byte === 127) control++;
	});
	// Latin text in UTF-16 has a zero in nearly every other byte.
	if (zeros[1]! > head.length / 4 && zeros[0]! < head.length / 50) return ok('utf-16le');
	if (zeros[0]! > head.length / 4 && zeros[1]! < head.length / 50) return ok('utf-16be');
	if (control + zeros[0]! + zeros[1]! > head.length / 50)
		return fail('Unreadable', 'This file holds no text. Export your data as CSV, TSV or vCard.');
	if (decodes(bytes, 'utf-8')) return ok('utf-8');
	return ok(readsLikeChinese(bytes) && decodes(bytes, 'gb18030') ? 'gb18030' : 'windows-1252');
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
	const decoder = new TextDecoder(encoding, { fatal: true });
	try {
		for (let at = 0; at < bytes.length; at += PIECE)
			decoder.decode(bytes.subarray(at, at + PIECE), { stream: true });
		decoder.decode();
		return true;
	} catch {
		return false;
	}
}

const isLetter = (byte: number | undefined) =>
	byte !== undefined && (byte | 32) >= 97 && (byte | 32) <= 122;

/**
 * Nearly all Chinese text lies in the first level of GB 2312 (lead bytes B0 to D7) and its punctuation. In windows-1252 those
 * bytes are capitals with accents, and they stand alone between plain letters.
 */
function readsLikeChinese(bytes: Uint8Array): boolean {
	let common = 0;
	let other = 0;
	for (let i = 0; i < bytes.length; i++) {
		const lead = bytes[i]!;
		if (lead < 0x80) continue;
		const trail = bytes[i + 1] ?? 0;
		const pair =
			trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3));
		if (pair && !(isLetter(bytes[i - 1]) && isLetter(bytes[i + 2]))) common++;
		else other++;
		if (trail >= 0x40) i++;
	}
	return common > other;
}

/** The text in pieces of about a million characters, byte-order mark removed. Bad bytes become U+FFFD. */
export function* decodePieces(
	bytes: Uint8Array,
	encoding: string,
	pieceBytes = PIECE,
): Generator<string> {
	const decoder = new TextDecoder(encoding);
	for (let at = 0; at < bytes.length; at += pieceBytes)
		yield decoder.decode(bytes.subarray(at, at + pieceBytes), { stream: true });
	yield decoder.decode();
}
