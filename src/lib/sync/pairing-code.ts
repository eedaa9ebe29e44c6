/**
 * The code with which two devices connect without any server: an offer one way, an answer back, as a link
 * `…/pair#1.<base64url>` that also fits a small QR code. It is alive for minutes only and holds no secret of the workspace. A tag
 * that only holders of the room's password can make says which room it is for (the workspace's or an invite's) and, in an
 * answer, which offer it answers; a bystander learns neither, and cannot make one.
 */
import {
	concat,
	equalBytes,
	fromBase64url,
	fromHex,
	toBase64url,
	toHex,
	utf8,
	type Bytes,
} from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { deriveBytes, sha256 } from '#crypto/hash.ts';
import { readDescription, writeDescription, type Description } from './description.ts';
import type { Room } from './invite.ts';

const VERSION = '1';
const TAG = 8;
const CHECKSUM = 4;

export interface PairingCode {
	readonly kind: 'offer' | 'answer';
	/** The maker's id in the mesh, a UUID. */
	readonly peerId: string;
	readonly description: Description;
	/** What the tag is made over. */
	readonly body: Bytes;
	readonly tag: Bytes;
}

/** `answered`: the offer's tag, in an answer. */
const tagOf = async (room: Room, body: Bytes, answered: Bytes = new Uint8Array(0)) => {
	const over = await sha256(concat(answered, body));
	return deriveBytes(utf8(room.password), `pairing ${toHex(over)}`, TAG);
};

const checksumOf = async (bytes: Bytes) => (await sha256(bytes)).slice(0, CHECKSUM);

/** The fragment of the link. */
export async function encodePairing(
	room: Room,
	peerId: string,
	description: Description,
	answered?: PairingCode,
): Promise<{ text: string; code: PairingCode }> {
	const writer = createWriter().raw(fromHex(peerId.replaceAll('-', '')));
	writeDescription(writer, description);
	const body = writer.done();
	const tag = await tagOf(room, body, answered?.tag);
	const bytes = concat(body, tag);
	const kind = description.setup === 'actpass' ? 'offer' : 'answer';
	return {
		text: `${VERSION}.${toBase64url(concat(bytes, await checksumOf(bytes)))}`,
		code: { kind, peerId, description, body, tag },
	};
}

export const pairingUrl = (base: string, text: string): string =>
	`${base.replace(/\/$/, '')}/pair#${text}`;

/** Takes the link, its fragment, or the bare code, with any white space that copying put in. */
export async function decodePairing(text: string): Promise<Result<PairingCode>> {
	const packed = text.replace(/\s/g, '');
	const fragment = packed.split('#').at(-1)!;
	if (/\/join#/.test(packed) || /^\d+\.[\w-]{22}\.[\w-]{22}/.test(fragment))
		return bad('This is an invite link. Open it on the device that wants to join.');
	const [, version, payload = ''] = /^(\d{1,3})\.(.*)$/.exec(fragment) ?? [];
	if (!version) return bad('This is not a pairing code. Copy the whole code of the other device.');
	if (version !== VERSION)
		return bad('This code was made by a newer version. Reload the app, then try again.');
	const bytes = fromBase64url(payload);
	const cut = () => bad('This code is cut off or changed. Scan it again, or copy the whole of it.');
	if (!bytes || bytes.length < 80 || toBase64url(bytes) !== payload) return cut();
	const signed = bytes.slice(0, -CHECKSUM);
	if (!equalBytes(await checksumOf(signed), bytes.slice(-CHECKSUM))) return cut();
	const body = signed.slice(0, -TAG);
	const parsed = read(body, 'code', (reader) => {
		const id = toHex(reader.raw(16)).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
		return { peerId: id, description: readDescription(reader) };
	});
	if (!parsed.ok) return cut();
	const kind = parsed.value.description.setup === 'actpass' ? 'offer' : 'answer';
	return ok({ kind, ...parsed.value, body, tag: signed.slice(-TAG) });
}

/** Whether a holder of the room's password made it; with an offer, as the answer to exactly that. */
export const isFor = async (
	code: PairingCode,
	room: Room,
	answered?: PairingCode,
): Promise<boolean> => equalBytes(code.tag, await tagOf(room, code.body, answered?.tag));

const bad = (message: string) => fail('BadLink', message);
