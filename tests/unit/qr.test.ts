/** A pairing code survives the way over a screen: drawn as the app draws it, read by the decoder that the camera uses. */
import encodeQR from 'qr';
import { decodeQR } from 'qr/decode.js';
import { expect, test } from 'vitest';
import { randomBytes } from '#crypto/hash.ts';
import { encodePairing, pairingUrl } from '#sync/pairing-code.ts';

const SCALE = 5;

/** Grey as a camera sees it, with some noise. */
function picture(modules: boolean[][]) {
	const width = modules.length * SCALE;
	const data = new Uint8Array(width * width * 4);
	for (let y = 0; y < width; y++)
		for (let x = 0; x < width; x++) {
			const dark = modules[Math.floor(y / SCALE)]![Math.floor(x / SCALE)];
			const grey = (dark ? 40 : 200) + ((x * 7 + y * 13) % 20);
			data.set([grey, grey, grey, 255], (y * width + x) * 4);
		}
	return { width, height: width, data };
}

test('the largest code that there is can be drawn and read', async () => {
	const uuid = '0b1e2d3c-4a5b-6c7d-8e9f-00112233aabb';
	const candidates = [
		...Array.from({ length: 4 }, () => ({ type: 'host' as const, address: `${uuid}.local` })),
		...Array.from({ length: 2 }, () => ({ type: 'srflx' as const, address: '2001:db8::1' })),
		...Array.from({ length: 2 }, () => ({ type: 'relay' as const, address: '198.51.100.7' })),
	].map((one, i) => ({ ...one, port: 60_000 + i }));
	const { text } = await encodePairing({ name: 'r', password: 'p' }, uuid, {
		setup: 'actpass',
		ufrag: 'abcd'.repeat(2),
		pwd: 'abcdefgh'.repeat(4),
		fingerprint: randomBytes(32),
		candidates,
	});
	const url = pairingUrl('https://perennial.example.org', text);
	const modules = encodeQR(url, 'raw', { ecc: 'low', border: 2 });
	expect(modules.length).toBeLessThanOrEqual(81);
	expect(decodeQR(picture(modules))).toBe(url);
});
