/**
 * Proof before data (R9): both ends sign the two nonces and the connection's own fingerprints, so a proof cannot be replayed on
 * another connection or passed on by somebody in the middle. It shows who the device is; whether it belongs, the membership
 * log says.
 */
import { equalBytes, type Bytes } from '#core/bytes.ts';
import { createWriter } from '#core/codec.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { didOf, sign, verify, type DeviceKeys, type Did, type PublicKeys } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import { didBytes } from '#log/entry.ts';
import type { Message } from './messages.ts';

interface Hello {
	readonly nonce: Bytes;
	readonly publicKeys: PublicKeys;
}

/** Signed by `from` for `to`. */
function statement(wid: Bytes, binding: Bytes, from: Hello, to: Hello, fromDid: Did, toDid: Did) {
	return createWriter()
		.text('perennial/1 auth')
		.raw(wid)
		.bytes(binding)
		.raw(from.nonce)
		.raw(to.nonce)
		.raw(didBytes(fromDid))
		.raw(didBytes(toDid))
		.done();
}

export interface Handshake {
	readonly hello: Message;
	/** Answers with this device's proof. */
	greet(theirs: Hello): Promise<Result<Message>>;
	/** The other device's id, once its proof holds. */
	check(sig: Bytes): Promise<Result<Did>>;
}

export function createHandshake(device: DeviceKeys, wid: Bytes, binding: Bytes): Handshake {
	const mine: Hello = { nonce: randomBytes(32), publicKeys: device.publicKeys };
	let theirs: Hello | undefined;
	let theirDid: Did | undefined;
	return {
		hello: { type: 'hello', ...mine },
		async greet(hello) {
			if (theirs) return fail('Damaged', 'The other device greeted twice.');
			if (equalBytes(hello.nonce, mine.nonce))
				return fail('Damaged', 'The other device echoes this one.');
			theirs = hello;
			theirDid = await didOf(hello.publicKeys);
			const bytes = statement(wid, binding, mine, hello, device.did, theirDid);
			return ok({ type: 'auth', sig: await sign(device, bytes) });
		},
		async check(sig) {
			if (!theirs || !theirDid) return fail('Damaged', 'A proof came before the greeting.');
			const bytes = statement(wid, binding, theirs, mine, theirDid, device.did);
			if (!(await verify(theirs.publicKeys.sign, sig, bytes)))
				return fail('Forbidden', 'The other device could not prove who it is.');
			return ok(theirDid);
		},
	};
}
