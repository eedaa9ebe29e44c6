/**
 * A dropped file -> its bytes, unpacked when gzip. Files that are no text at all are answered with a sentence that names
 * what to do instead. The bytes are held whole (the encoding is a fact about all of them); the text never is.
 */
import { concat, utf8, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';

/** A tab that holds more than this may be killed on a phone, and a small gzip can claim any size. */
const LIMIT = 1 << 30;

const startsWith = (bytes: Uint8Array, ...magic: number[]) =>
	magic.every((byte, i) => bytes[i] === byte);

const tooLarge = () =>
	fail('Unreadable', 'The file holds more than 1 GB. Split it and import the parts one by one.');

export async function readBytes(data: Blob | string): Promise<Result<Bytes>> {
	if (typeof data === 'string') return ok(utf8(data));
	if (data.size > LIMIT) return tooLarge();
	try {
		const head = new Uint8Array(await data.slice(0, 8).arrayBuffer());
		if (startsWith(head, 0x1f, 0x8b)) return await unpack(data);
		if (startsWith(head, 0x50, 0x4b, 3, 4) || startsWith(head, 0xd0, 0xcf, 0x11, 0xe0))
			return fail(
				'Unreadable',
				'This is a workbook or an archive. Save it as CSV (UTF-8) and import that file.',
			);
		if (startsWith(head, 0x25, 0x50, 0x44, 0x46))
			return fail('Unreadable', 'This is a PDF. Export the data as CSV or vCard instead.');
		return ok(new Uint8Array(await data.arrayBuffer()));
	} catch {
		return fail('Unreadable', 'The file cannot be read. Copy it to this device and try again.');
	}
}

async function unpack(data: Blob): Promise<Result<Bytes>> {
	const parts: Uint8Array[] = [];
	let size = 0;
	try {
		const reader = data.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return ok(concat(...parts));
			size += value.length;
			if (size > LIMIT) {
				await reader.cancel();
				return tooLarge();
			}
			parts.push(value);
		}
	} catch {
		return fail(
			'Unreadable',
			'The compressed file is damaged. Download it again, or unpack it and import what is inside.',
		);
	}
}
