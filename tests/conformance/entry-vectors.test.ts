/**
 * The formats, byte for byte: a changed byte here is a new version of the ledger, not a clean-up. The vectors stand in
 * tests/fixtures/entries.json.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex, type Bytes } from '#core/bytes.ts';
import { unwrap } from '#core/result.ts';
import { didOf, signingPairFromSeed, verify } from '#crypto/device.ts';
import { deriveBytes, sha256 } from '#crypto/hash.ts';
import { contentKey, open, seal } from '#crypto/seal.ts';
import {
	dataPrefix,
	decodeDataHead,
	decodeMembershipHead,
	encodeDataHead,
	encodeMembershipHead,
	entryId,
} from '#log/entry.ts';
import { joinStatement } from '#log/proofs.ts';
import { decodePayload, encodePayload } from '#log/payload.ts';
import { encodeMessage } from '#sync/messages.ts';

const bytes = (length: number, start: number): Bytes =>
	Uint8Array.from({ length }, (_, i) => (start + i) % 256);

const vectors = JSON.parse(readFileSync('tests/fixtures/entries.json', 'utf8')) as Record<
	string,
	string
>;

async function made(): Promise<Record<string, string>> {
	const pair = await signingPairFromSeed(bytes(32, 1));
	const publicKeys = { sign: pair.publicKey, agree: Uint8Array.of(4, ...bytes(64, 7)) };
	const did = await didOf(publicKeys);
	const payload = encodePayload({
		intent: { verb: 'update', entity: 'contact', count: 1 },
		updates: [{ part: 'r-3', from: 5, clock: 12, update: bytes(20, 40) }],
	});
	const base = {
		wid: bytes(16, 90),
		did,
		seq: 300,
		prev: bytes(32, 5),
		kind: 'edit' as const,
		schema: 1,
		hlc: 1_795_000_000_123,
		kid: 0,
	};
	const key = await contentKey(bytes(32, 60), did);
	const iv = bytes(12, 200);
	const ct = await seal(key, iv, payload, dataPrefix(base));
	const head = encodeDataHead({ ...base, iv, ctLength: ct.length, ctHash: await sha256(ct) });
	const sig = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, head));
	const membership = encodeMembershipHead({
		wid: bytes(16, 90),
		did,
		publicKeys,
		prevs: [bytes(32, 5)],
		hlc: 1_795_000_000_124,
		op: { type: 'join', invite: 'ab', name: '李伟', proof: bytes(64, 3) },
	});
	return {
		did,
		payload: toHex(payload),
		dataHead: toHex(head),
		sealed: toHex(ct),
		signature: toHex(sig),
		entryId: toHex(await entryId(head)),
		membershipHead: toHex(membership),
		joinStatement: toHex(joinStatement(bytes(16, 90), did)),
		derived: toHex(await deriveBytes(bytes(16, 9), 'invite room', 16)),
		want: toHex(encodeMessage({ type: 'want', did, from: 1, to: 300, since: '' })),
		have: toHex(encodeMessage({ type: 'have', vector: { [did]: 300 }, partial: false })),
	};
}

describe('the ledger in bytes', () => {
	test('is written exactly so', async () => {
		expect(await made()).toEqual(vectors);
	});

	test('is read back from the vectors alone', async () => {
		const head = unwrap(decodeDataHead(fromHex(vectors.dataHead!)));
		expect(head).toMatchObject({
			seq: 300,
			kind: 'edit',
			hlc: 1_795_000_000_123,
			did: vectors.did,
		});
		const key = await contentKey(bytes(32, 60), head.did);
		const plain = unwrap(await open(key, head.iv, fromHex(vectors.sealed!), dataPrefix(head)));
		expect(unwrap(decodePayload(plain)).intent).toEqual({
			verb: 'update',
			entity: 'contact',
			count: 1,
		});
		const { publicKey } = await signingPairFromSeed(bytes(32, 1));
		expect(await verify(publicKey, fromHex(vectors.signature!), fromHex(vectors.dataHead!))).toBe(
			true,
		);
		const member = unwrap(decodeMembershipHead(fromHex(vectors.membershipHead!)));
		expect(member.op).toMatchObject({ type: 'join', name: '李伟' });
	});

	test('any cut or lengthened head is refused, never thrown on', () => {
		const head = fromHex(vectors.dataHead!);
		for (let length = 0; length < head.length; length++)
			expect(decodeDataHead(head.slice(0, length)).ok).toBe(false);
		expect(decodeDataHead(Uint8Array.of(...head, 0)).ok).toBe(false);
	});
});
