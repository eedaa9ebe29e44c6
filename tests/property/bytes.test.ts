/** Bytes as text: against Node's own, for any bytes; and nothing for any other text. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { fromBase64url, fromHex, toBase64url, toHex, type Bytes } from '#core/bytes.ts';

test.prop([fc.uint8Array({ maxLength: 100 })])(
	'are written as Node does, and come back',
	(array) => {
		const bytes = array as Bytes;
		expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
		expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
		expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
		expect(fromHex(toHex(bytes))).toEqual(bytes);
	},
);

const texts = fc.oneof(fc.string(), fc.stringMatching(/^[\w-]*[=+/é]?$/));
test.prop([texts])('what is not base64url is nothing', (text) => {
	const sound = /^[\w-]*$/.test(text) && text.length % 4 !== 1;
	expect(fromBase64url(text) !== undefined).toBe(sound);
});
