/**
 * Reading a backup: whatever was changed, cut off, moved or left out is noticed before it is believed, and said in words.
 * Pieces are read one at a time; nothing of the file is kept.
 */
import { equalBytes, toBase64url, utf8, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { didOf, verify, type Did } from '#crypto/device.ts';
import { deriveAesKey } from '#crypto/hash.ts';
import { open, unbox } from '#crypto/seal.ts';
import { streamCipher, type StreamCipher } from '#crypto/stream.ts';
import type { RecoveryKeys } from '#crypto/recovery.ts';
import {
	MAX_OPENING,
	NO_PIECES,
	PIECE,
	TAG,
	decodeOpening,
	decodeRecords,
	decodeSigned,
	nextPiece,
	type BundleRecord,
	type Manifest,
	type Opening,
} from './bundle.ts';
import { NO_HASH, bodyMatches, decodeDataHead, entryId } from './entry.ts';
import type { EpochKey } from './keyring.ts';
import { replayMembership } from './membership.ts';
import { EPOCH_PURPOSE, RECOVERY_PURPOSE } from './write-bundle.ts';

/** What opens the file: a member's epoch keys, or the words. */
export type BundleKey =
	{ readonly epochs: readonly EpochKey[] } | { readonly recovery: RecoveryKeys };

export interface OpenedBundle {
	/** base64url. */
	readonly wid: string;
	readonly at: number;
	/** Records in the file's order; ends with a failure where something is wrong. May be run again. */
	pieces(): AsyncGenerator<Result<BundlePiece>>;
}

export interface BundlePiece {
	readonly records: readonly BundleRecord[];
	/** Bytes of the file read so far. */
	readonly read: number;
	/** Of the last piece, when everything before it is what it says. */
	readonly manifest?: Manifest;
}

const damaged = (where: string) =>
	fail('Damaged', `This backup is damaged ${where}. Use another copy of it, or an older one.`);
const truncated = () =>
	fail(
		'Damaged',
		'This backup is cut off: its end is missing. Copy the file again, or use another.',
	);

/** Says whose file it is, without opening it. */
export async function peekBundle(file: Blob): Promise<Result<{ wid: string; at: number }>> {
	const opening = await readOpening(file);
	if (!opening.ok) return opening;
	const { wid, at } = opening.value.opening;
	return ok({ wid: toBase64url(wid), at });
}

async function readOpening(file: Blob): Promise<Result<{ opening: Opening; raw: Bytes }>> {
	try {
		return decodeOpening(new Uint8Array(await file.slice(0, MAX_OPENING).arrayBuffer()));
	} catch {
		return fail('Unreadable', 'The file cannot be read. Copy it to this device, then try again.');
	}
}

export async function openBundle(file: Blob, key: BundleKey): Promise<Result<OpenedBundle>> {
	const opened = await readOpening(file);
	if (!opened.ok) return opened;
	const { opening, raw } = opened.value;
	const secret = await fileSecret(opening, key);
	if (!secret.ok) return secret;
	const cipher = await streamCipher(secret.value, raw);
	return ok({
		wid: toBase64url(opening.wid),
		at: opening.at,
		pieces: () => checked(file, raw.length, opening, cipher),
	});
}

async function fileSecret(opening: Opening, key: BundleKey): Promise<Result<Bytes>> {
	if ('recovery' in key) {
		if (!opening.recovery)
			return fail('Unreadable', 'This backup was written before there were recovery words.');
		const secret = await unbox(key.recovery, opening.recovery, RECOVERY_PURPOSE);
		return secret.ok
			? secret
			: fail('Invalid', 'These words do not belong to this backup. Is it of another workspace?', {
					field: 'words',
				});
	}
	const { kid, iv, ct } = opening.epoch;
	const epoch = key.epochs.find((one) => one.kid === kid);
	if (!epoch)
		return fail(
			'Forbidden',
			'This backup was sealed with a newer key than this device has. Connect to the team first.',
		);
	const aesKey = await deriveAesKey(epoch.key, EPOCH_PURPOSE);
	const secret = await open(aesKey, iv, ct, utf8(toBase64url(opening.wid)));
	return secret.ok ? secret : damaged('at its beginning');
}

async function* checked(
	file: Blob,
	start: number,
	opening: Opening,
	cipher: StreamCipher,
): AsyncGenerator<Result<BundlePiece>> {
	const tally = createTally(opening.wid);
	let chain = NO_PIECES;
	let at = start;
	for (let index = 0; ; index++) {
		if (at + 4 > file.size) return yield truncated();
		const length = new DataView(await file.slice(at, at + 4).arrayBuffer()).getUint32(0);
		if (length < TAG || length > PIECE + TAG) return yield damaged(`near byte ${at}`);
		if (at + 4 + length > file.size) return yield truncated();
		const sealed = new Uint8Array(await file.slice(at + 4, at + 4 + length).arrayBuffer());
		at += 4 + length;
		const last = at === file.size;
		const plain = await cipher.open(sealed, index, last);
		if (!plain.ok) {
			// A piece that opens as one in the middle stands at the end: what followed was cut off.
			const middle = last && (await cipher.open(sealed, index, false)).ok;
			return yield middle ? truncated() : damaged(`near byte ${at - length}`);
		}
		if (last) return yield await tally.close(plain.value, chain, at);
		const records = decodeRecords(plain.value);
		if (!records.ok) return yield damaged(`near byte ${at - length}`);
		for (const record of records.value)
			if (!(await tally.add(record))) return yield damaged(`near byte ${at - length}`);
		chain = await nextPiece(chain, plain.value);
		yield ok({ records: records.value, read: at });
	}
}

/** Follows the chains through the file, over holes that are named, and compares them with the manifest at its end. */
function createTally(wid: Bytes) {
	const heads = new Map<Did, { seq: number; id: Bytes }>();
	/** Entries that are not in it. */
	const holes = new Map<Did, number>();
	const members: Extract<BundleRecord, { type: 'membership' }>['entry'][] = [];
	let entries = 0;
	let bodiless = 0;

	async function add(record: BundleRecord): Promise<boolean> {
		if (record.type === 'membership') members.push(record.entry);
		if (record.type !== 'data') return true;
		const head = decodeDataHead(record.entry.head);
		if (!head.ok || !equalBytes(head.value.wid, wid)) return false;
		const { did, seq, prev } = head.value;
		const before = heads.get(did) ?? { seq: 0, id: NO_HASH };
		const hole = seq - before.seq - 1;
		if (hole < 0 || (!hole && !equalBytes(prev, before.id))) return false;
		if (hole) holes.set(did, (holes.get(did) ?? 0) + hole);
		// A body may have been dropped; the manifest says how many were.
		if (!record.entry.ct.length) bodiless++;
		else if (!(await bodyMatches(head.value, record.entry.ct))) return false;
		heads.set(did, { seq, id: await entryId(record.entry.head) });
		entries++;
		return true;
	}

	async function close(plain: Bytes, chain: Bytes, read: number): Promise<Result<BundlePiece>> {
		const signed = decodeSigned(plain);
		if (!signed.ok) return damaged('at its end');
		const { manifest, raw, sig } = signed.value;
		const membership = await replayMembership(wid, members);
		const writer = membership.ok ? membership.value.devices.get(manifest.did) : undefined;
		const ownKeys = (await didOf(manifest.publicKeys)) === manifest.did;
		if (!writer || !ownKeys || !(await verify(manifest.publicKeys.sign, sig, raw)))
			return damaged('or not written by a member: its signature is wrong');
		const same =
			equalBytes(manifest.wid, wid) &&
			equalBytes(manifest.pieces, chain) &&
			manifest.entries === entries &&
			manifest.bodiless === bodiless &&
			manifest.membership === members.length &&
			[...holes].every(([did, n]) => n <= (manifest.lacks?.[did] ?? 0)) &&
			Object.keys(manifest.heads).length === heads.size &&
			[...heads].every(([did, { seq, id }]) => {
				const named = manifest.heads[did];
				return named?.seq === seq && equalBytes(named.id, id);
			});
		return same ? ok({ records: [], read, manifest }) : damaged('or incomplete');
	}

	return { add, close };
}

/** Reads it all and keeps nothing: what "the backup is good" means. `onPiece` answers false to stop. */
export async function verifyBundle(
	file: Blob,
	key: BundleKey,
	onPiece?: (read: number, size: number) => Promise<boolean> | boolean,
): Promise<Result<Manifest>> {
	const opened = await openBundle(file, key);
	if (!opened.ok) return opened;
	for await (const piece of opened.value.pieces()) {
		if (!piece.ok) return piece;
		if (piece.value.manifest) return ok(piece.value.manifest);
		if (onPiece && !(await onPiece(piece.value.read, file.size)))
			return fail('Cancelled', 'Cancelled. Nothing was changed.');
	}
	return truncated();
}
