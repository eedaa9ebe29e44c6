/**
 * The form of a backup file: an opening in the clear that says whose it is and who can open it, then sealed pieces of whole
 * records, then one piece with the manifest, signed by the device that wrote it. The same file carries chains from one device
 * to another.
 */
import { concat, equalBytes, utf8, type Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Did, PublicKeys } from '#crypto/device.ts';
import { sha256 } from '#crypto/hash.ts';
import type { Boxed, Sealed } from '#crypto/seal.ts';
import type { SealedEntry, SignedEntry } from './entry.ts';
import type { EpochKey } from './keyring.ts';
import { isBytes, isCount, isObject } from './shapes.ts';

export const MAGIC = utf8('perennial-backup\n');
export const VERSION = 1;
/** Plain bytes in one sealed piece, at most. */
export const PIECE = 1024 * 1024;
export const TAG = 16;
/** An opening is a few hundred bytes; more is no honest file. */
export const MAX_OPENING = 64 * 1024;

export interface Opening {
	readonly wid: Bytes;
	readonly at: number;
	/** The file's key under the workspace's epoch key: any member's device opens it. */
	readonly epoch: Sealed & { readonly kid: number };
	/** The file's key boxed for the recovery key: the twelve words open it. */
	readonly recovery?: Boxed;
}

export type BundleRecord =
	| { readonly type: 'membership'; readonly entry: SignedEntry }
	| { readonly type: 'epochs'; readonly keys: readonly EpochKey[] }
	| { readonly type: 'data'; readonly entry: SealedEntry };

export interface ManifestHead {
	readonly seq: number;
	/** Id of the chain's last entry in the file. */
	readonly id: Bytes;
}

/** Device -> how many entries of its chain. */
export type Lacks = Readonly<Record<Did, number>>;

/** What the file holds, in the writer's signed words. */
export interface Manifest {
	readonly wid: Bytes;
	readonly did: Did;
	readonly publicKeys: PublicKeys;
	readonly at: number;
	readonly heads: Readonly<Record<Did, ManifestHead>>;
	readonly membership: number;
	readonly entries: number;
	/** Entries without a body: dropped for good, or among those that it lacks. */
	readonly bodiless: number;
	/** Entries of each chain that are not in it, or without a body that is wanted: the writer could not read or did not have them. */
	readonly lacks?: Lacks;
	/** Of all pieces before it: each hash over the hash before and the piece. */
	readonly pieces: Bytes;
}

export const NO_PIECES: Bytes = new Uint8Array(32);

export const nextPiece = async (chain: Bytes, plain: Bytes): Promise<Bytes> =>
	sha256(concat(chain, await sha256(plain)));

/** Magic, version and opening: what stands in the clear, and what every piece is bound to. */
export function encodeOpening(opening: Opening): Bytes {
	const body = createWriter().any(opening).done();
	return concat(MAGIC, createWriter().uint(VERSION).bytes(body).done());
}

const damaged = () =>
	fail('Damaged', 'This backup is damaged at its beginning. Use another copy of it.');

/** The opening, and the bytes it takes. `Unreadable` for another kind of file or a newer version. */
export function decodeOpening(bytes: Bytes): Result<{ opening: Opening; raw: Bytes }> {
	const magic = bytes.subarray(0, MAGIC.length);
	if (!equalBytes(magic, MAGIC))
		return fail(
			'Unreadable',
			'This is no Perennial backup. Choose a file that ends in .perennial.',
		);
	let raw: Bytes | undefined;
	let version = VERSION;
	const opened = read(bytes.subarray(MAGIC.length), 'backup', (reader) => {
		version = reader.uint();
		const body = version === VERSION ? reader.bytes() : undefined;
		raw = bytes.slice(0, MAGIC.length + reader.at);
		reader.raw(reader.left);
		return body;
	});
	if (!opened.ok || !raw) return damaged();
	if (!opened.value)
		return fail(
			'Unreadable',
			`This backup was written by a newer version of Perennial (form ${version}). Update the app, then try again.`,
		);
	const opening = read(opened.value, 'backup', (reader) => reader.any() as Opening);
	if (!opening.ok || !isOpening(opening.value)) return damaged();
	return ok({ opening: opening.value, raw });
}

function isOpening(value: unknown): value is Opening {
	const { wid, at, epoch, recovery } = (value ?? {}) as Partial<Opening>;
	return (
		isBytes(wid) &&
		wid.length === 16 &&
		Number.isSafeInteger(at) &&
		isBytes(epoch?.iv) &&
		isBytes(epoch.ct) &&
		Number.isSafeInteger(epoch.kid) &&
		(recovery === undefined || (isBytes(recovery.enc) && isBytes(recovery.ct)))
	);
}

const kinds = { membership: 77, epochs: 75, data: 68 } as const;

export function encodeRecord(record: BundleRecord): Bytes {
	const writer = createWriter().uint(kinds[record.type]);
	if (record.type === 'epochs') return writer.bytes(createWriter().any(record.keys).done()).done();
	writer.bytes(record.entry.head).bytes(record.entry.sig);
	if (record.type === 'data') writer.bytes(record.entry.ct);
	return writer.done();
}

const isKeys = (value: unknown): value is EpochKey[] =>
	Array.isArray(value) &&
	value.every(
		(one: Partial<EpochKey> | null) =>
			Number.isSafeInteger(one?.kid) && isBytes(one?.key) && one.key.length === 32,
	);

export const decodeRecords = (plain: Bytes): Result<BundleRecord[]> =>
	read(plain, 'backup', (reader) => {
		const records: BundleRecord[] = [];
		while (reader.left) {
			const kind = reader.uint();
			if (kind === kinds.epochs) {
				const keys = read(reader.bytes(), 'key', (inner) => inner.any() as EpochKey[]);
				if (!keys.ok || !isKeys(keys.value)) throw new Error('its keys are damaged');
				records.push({ type: 'epochs', keys: keys.value });
				continue;
			}
			const entry = { head: reader.bytes(), sig: reader.bytes() };
			if (kind === kinds.membership) records.push({ type: 'membership', entry });
			else if (kind === kinds.data)
				records.push({ type: 'data', entry: { ...entry, ct: reader.bytes() } });
			else throw new Error('it holds a record of an unknown kind');
		}
		return records;
	});

function isManifest(value: unknown): value is Manifest {
	const { wid, did, publicKeys, at, heads, membership, entries, bodiless, lacks, pieces } =
		(value ?? {}) as Partial<Manifest>;
	return (
		[wid, publicKeys?.sign, publicKeys?.agree, pieces].every((one) => isBytes(one)) &&
		[at, membership, entries, bodiless].every(isCount) &&
		typeof did === 'string' &&
		(lacks === undefined || (isObject(lacks) && Object.values(lacks).every(isCount))) &&
		isObject(heads) &&
		Object.values(heads).every(
			(head: unknown) => isObject(head) && 'seq' in head && isBytes(head.id),
		)
	);
}

export const encodeManifest = (manifest: Manifest): Bytes =>
	createWriter().text('perennial/1 backup').any(manifest).done();

export const encodeSigned = (manifest: Bytes, sig: Bytes): Bytes =>
	createWriter().bytes(manifest).bytes(sig).done();

export const decodeSigned = (
	plain: Bytes,
): Result<{ manifest: Manifest; raw: Bytes; sig: Bytes }> =>
	read(plain, 'backup', (reader) => {
		const raw = reader.bytes();
		const sig = reader.bytes();
		const manifest = read(raw, 'backup', (inner) => {
			if (inner.text() !== 'perennial/1 backup') throw new Error('it ends strangely');
			return inner.any() as Manifest;
		});
		if (!manifest.ok || !isManifest(manifest.value)) throw new Error('its last part is damaged');
		return { manifest: manifest.value, raw, sig };
	});

/** `Bright & Sons 2026-11-22.perennial`, without what file systems refuse. */
export const bundleName = (workspace: string, at: number): string =>
	`${workspace.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, ' ').trim() || 'Perennial'} ${new Date(at).toISOString().slice(0, 10)}.perennial`;
