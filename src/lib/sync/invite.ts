/**
 * The invite link. Everything stands in the fragment, which no server sees: `join#1.<wid>.<seed>.<meeting point>`. Role, uses and
 * expiry stand in the owner's signed entry, not here. From the seed follow the room where both meet and the key that
 * proves the invite.
 */
import { fromBase64url, fromUtf8, toBase64url, utf8, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { signingPairFromSeed } from '#crypto/device.ts';
import { deriveBytes } from '#crypto/hash.ts';

export const SEED_LENGTH = 16;

export interface InviteLink {
	readonly wid: string;
	readonly seed: Bytes;
	/** WebSocket address, when it is not the app's own. */
	readonly meetingPoint?: string;
}

export interface Room {
	readonly name: string;
	readonly password: string;
}

/** The path is the app's own; only the fragment says anything. */
export function inviteUrl(base: string, link: InviteLink): string {
	const parts = ['1', link.wid, toBase64url(link.seed)];
	if (link.meetingPoint) parts.push(toBase64url(utf8(link.meetingPoint)));
	return `${base.replace(/\/$/, '')}/join#${parts.join('.')}`;
}

export function parseInvite(text: string): Result<InviteLink> {
	const fragment = text.trim().split('#').at(-1) ?? '';
	const [version, wid = '', seedText = '', hint] = fragment.split('.');
	if (!text.includes('#') || !version)
		return fail(
			'BadLink',
			'This is not an invite link. Copy the whole link, with everything after #.',
		);
	if (version !== '1')
		return fail(
			'BadLink',
			'This invite was made by a newer version. Reload the app, then open it again.',
		);
	const seed = fromBase64url(seedText);
	if (fromBase64url(wid)?.length !== 16 || seed?.length !== SEED_LENGTH)
		return fail('BadLink', 'This invite link is cut off or changed. Ask for it again.');
	const meeting = hint ? fromBase64url(hint) : undefined;
	if (hint && !meeting)
		return fail('BadLink', 'This invite link is cut off or changed. Ask for it again.');
	return ok({ wid, seed, ...(meeting && { meetingPoint: readHint(meeting) }) });
}

function readHint(bytes: Bytes): string | undefined {
	try {
		const url = fromUtf8(bytes);
		return /^wss?:\/\//.test(url) ? url : undefined;
	} catch {
		return undefined;
	}
}

async function room(secret: Bytes, purpose: string): Promise<Room> {
	return {
		name: toBase64url(await deriveBytes(secret, `${purpose} room`, 16)),
		password: toBase64url(await deriveBytes(secret, `${purpose} password`, 32)),
	};
}

/** Where the holder of the link and the owner meet. */
export const inviteRoom = (seed: Bytes): Promise<Room> => room(seed, 'invite');

/** Where the workspace's devices meet; moves with every rotation of the epoch key. */
export const workspaceRoom = (epochKey: Bytes): Promise<Room> => room(epochKey, 'workspace');

export const inviteKeys = async (seed: Bytes) =>
	signingPairFromSeed(await deriveBytes(seed, 'invite key', 32));
