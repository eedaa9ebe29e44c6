/** Pairing codes: what goes in comes out, nothing else does, and every bad one is told in words. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { fromSdp, toSdp } from '#sync/description.ts';
import { decodePairing, encodePairing, isFor, pairingUrl } from '#sync/pairing-code.ts';

const room = { name: 'r', password: 'only the team knows' };
const peerId = 'c0ffee00-1234-4abc-8def-0123456789ab';
const fingerprint = Array.from({ length: 32 }, (_, i) => (i * 7).toString(16).padStart(2, '0'))
	.join(':')
	.toUpperCase();

/** As Chromium writes one, shortened to the lines that matter and some that do not. */
const sdp = (setup: string) =>
	[
		'v=0',
		'o=- 4611732 2 IN IP4 127.0.0.1',
		's=-',
		't=0 0',
		'a=group:BUNDLE 0',
		'a=extmap-allow-mixed',
		'a=msid-semantic: WMS',
		'm=application 50012 UDP/DTLS/SCTP webrtc-datachannel',
		'c=IN IP4 203.0.113.9',
		'a=candidate:3 1 udp 2113937151 0b1e2d3c-4a5b-6c7d-8e9f-00112233aabb.local 51234 typ host generation 0 network-cost 999',
		'a=candidate:4 1 udp 2122252543 192.168.1.20 51235 typ host generation 0',
		'a=candidate:5 1 udp 2122187007 2001:db8::1:2 51236 typ host generation 0',
		'a=candidate:6 1 udp 2122187006 fe80::1%eth0 51237 typ host generation 0',
		'a=candidate:7 1 tcp 1518280447 192.168.1.20 9 typ host tcptype active generation 0',
		'a=candidate:8 1 udp 1686052607 203.0.113.9 50012 typ srflx raddr 0.0.0.0 rport 0 generation 0',
		'a=candidate:9 1 udp 41885695 198.51.100.7 60001 typ relay raddr 0.0.0.0 rport 0 generation 0',
		'a=ice-ufrag:Xy+/',
		'a=ice-pwd:abcdefghijklmnopqrstuvwx',
		`a=fingerprint:sha-256 ${fingerprint}`,
		`a=setup:${setup}`,
		'a=mid:0',
		'a=sctp-port:5000',
		'a=max-message-size:262144',
		'',
	].join('\r\n');

const offer = () => encodePairing(room, peerId, fromSdp(sdp('actpass')));
const reasonOf = async (text: string) => {
	const decoded = await decodePairing(text);
	expect(decoded.ok).toBe(false);
	return decoded.ok ? '' : `${decoded.error.type}: ${decoded.error.message}`;
};

describe('a pairing code', () => {
	test('gives back the description, as a link, as a fragment and wrapped by a mail program', async () => {
		const { text } = await offer();
		const url = pairingUrl('https://crm.example/', text);
		expect(url.startsWith('https://crm.example/pair#1.')).toBe(true);
		expect(url.length).toBeLessThan(300);
		for (const form of [url, text, `  ${url.slice(0, 80)}\n ${url.slice(80)}\n`]) {
			const code = unwrap(await decodePairing(form));
			expect(code).toMatchObject({ kind: 'offer', peerId });
			expect(code.description).toEqual(fromSdp(sdp('actpass')));
		}
	});

	test('writes an SDP that reads as the same description', () => {
		const description = fromSdp(sdp('active'));
		expect(description.candidates.map(({ type, port }) => [type, port])).toEqual([
			['host', 51235],
			['host', 51236],
			['host', 51234],
			['srflx', 50012],
			['relay', 60001],
		]);
		expect(description.candidates[1]?.address).toBe('2001:db8:0:0:0:0:1:2');
		expect(fromSdp(toSdp(description))).toEqual(description);
	});

	test('is for one room, and an answer for one offer', async () => {
		const first = await offer();
		const { code } = await encodePairing(room, peerId, fromSdp(sdp('active')), first.code);
		expect(await isFor(first.code, room)).toBe(true);
		expect(await isFor(first.code, { name: 'r', password: 'another' })).toBe(false);
		expect(code.kind).toBe('answer');
		expect(await isFor(code, room, first.code)).toBe(true);
		expect(await isFor(code, room)).toBe(false);
		expect(await isFor(code, room, { ...first.code, tag: code.tag })).toBe(false);
	});

	test('says what is wrong with a bad one', async () => {
		const { text } = await offer();
		expect(await reasonOf('')).toMatch(/BadLink: This is not a pairing code/);
		expect(await reasonOf('https://example.com/')).toMatch(/not a pairing code/);
		expect(await reasonOf('WIFI:S:guest;T:WPA;P:secret;;')).toMatch(/not a pairing code/);
		expect(
			await reasonOf(`https://crm.example/join#1.${'a'.repeat(22)}.${'b'.repeat(22)}`),
		).toMatch(/invite link/);
		expect(await reasonOf(text.replace('1.', '2.'))).toMatch(/newer version/);
		expect(await reasonOf(text.slice(0, -9))).toMatch(/cut off or changed/);
		expect(await reasonOf(`${text}AAAA`)).toMatch(/cut off or changed/);
	});

	test('5,000 mutated ones never throw and never become another code', async () => {
		const { text, code } = await offer();
		const random = createRandom(20261122);
		const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.#%\u00e9 ';
		let refused = 0;
		for (let n = 0; n < 5000; n++) {
			let mutated = text;
			for (let edits = 1 + random.below(3); edits > 0; edits--) {
				const at = random.below(mutated.length + 1);
				const letter = alphabet[random.below(alphabet.length)]!;
				const cut = random.below(3);
				mutated = mutated.slice(0, at) + (cut === 2 ? '' : letter) + mutated.slice(at + (cut && 1));
			}
			const decoded = await decodePairing(mutated);
			if (decoded.ok) expect(decoded.value).toEqual(code);
			else refused++;
		}
		expect(refused).toBeGreaterThan(4500);
	});

	test('with a right checksum over wrong bytes it is still refused', async () => {
		const { code } = await offer();
		for (const ufrag of ['a b', 'x\r\na=candidate:1', 'ab', '\u2028\u2028\u2028\u2028']) {
			const forged = await encodePairing(room, peerId, { ...code.description, ufrag });
			expect((await decodePairing(forged.text)).ok).toBe(false);
		}
	});
});
