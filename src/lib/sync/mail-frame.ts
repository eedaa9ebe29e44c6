/**
 * What a mailbox keeps, as bytes: entries and statements sealed as a whole once more, because the heads of entries are signed
 * but not encrypted and membership entries hold names. Spaces, topics and keys follow from an epoch key by HKDF, so that a
 * mailbox sees no workspace and no device, and a frame fits the one place it was sealed for.
 */
import { concat, equalBytes, toBase64url, toHex, utf8, type Bytes } from '#core/bytes.ts';
import { createWriter, read, type Reader } from '#core/codec.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { sign, verify, type DeviceKeys, type Did } from '#crypto/device.ts';
import { deriveAesKey, deriveBytes } from '#crypto/hash.ts';
import { IV_LENGTH, newIv, open, seal } from '#crypto/seal.ts';
import { decodeDataHead, didBytes, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import type { Membership } from '#log/membership.ts';
import type { Vector } from '#log/log.ts';
import type { Range } from './ranges.ts';

export interface Epoch {
	readonly kid: number;
	readonly key: Bytes;
}

/** Where the frames of one epoch lie, and how they are sealed. Names are hex: some file systems do not tell a from A. */
export interface Place {
	readonly space: string;
	/** The topic of all membership entries. */
	readonly members: string;
	/** The topic of a device's chain. */
	chain(did: Did): Promise<string>;
	/** The topic of what a device confirms to hold. */
	holds(did: Did): Promise<string>;
	seal(topic: string, name: string, plain: Bytes): Promise<Bytes>;
	open(topic: string, name: string, sealed: Bytes): Promise<Result<Bytes>>;
}

export async function placeOf({ key }: Epoch): Promise<Place> {
	const derive = async (what: string) => toHex(await deriveBytes(key, `mailbox ${what}`, 16));
	const aes = await deriveAesKey(key, 'mailbox');
	const space = await derive('space');
	const where = (topic: string, name: string) => utf8(`perennial/1 ${space} ${topic} ${name}`);
	return {
		space,
		members: await derive('members'),
		chain: (did) => derive(`chain ${did}`),
		holds: (did) => derive(`holds ${did}`),
		async seal(topic, name, plain) {
			const iv = newIv();
			return concat(iv, await seal(aes, iv, plain, where(topic, name)));
		},
		open: (topic, name, sealed) =>
			open(aes, sealed.slice(0, IV_LENGTH), sealed.slice(IV_LENGTH), where(topic, name)),
	};
}

const VERSION = 1;
const MOST = 10_000;

function list<T>(reader: Reader, one: () => T): T[] {
	if (reader.uint() !== VERSION) throw new Error('another version wrote it');
	const length = reader.uint();
	if (length > MOST) throw new Error('it lists too much');
	return Array.from({ length }, one);
}

export function encodeMembers(entries: readonly SignedEntry[]): Bytes {
	const writer = createWriter().uint(VERSION).uint(entries.length);
	for (const { head, sig } of entries) writer.bytes(head).bytes(sig);
	return writer.done();
}

export const decodeMembers = (bytes: Bytes): Result<readonly SignedEntry[]> =>
	read(bytes, 'frame of members', (reader) =>
		list(reader, () => ({ head: reader.bytes(), sig: reader.bytes() })),
	);

export function encodeChain(entries: readonly SealedEntry[]): Bytes {
	const writer = createWriter().uint(VERSION).uint(entries.length);
	for (const { head, sig, ct } of entries) writer.bytes(head).bytes(sig).bytes(ct);
	return writer.done();
}

/** The entries `range` of the chain of `did`, without holes; anything else is `Damaged`. */
export function decodeChain(
	bytes: Bytes,
	did: Did,
	[from, to]: Range,
): Result<readonly SealedEntry[]> {
	const entries = read(bytes, 'frame', (reader) =>
		list(reader, () => ({ head: reader.bytes(), sig: reader.bytes(), ct: reader.bytes() })),
	);
	if (!entries.ok) return entries;
	const heads = entries.value.map(({ head }) => decodeDataHead(head));
	const fits = heads.every(
		(head, i) => head.ok && head.value.did === did && head.value.seq === from + i,
	);
	if (!fits || heads.length !== to - from + 1)
		return fail('Damaged', 'This frame does not hold what its name says.');
	return entries;
}

const statement = (wid: Bytes, did: Did, vector: Vector): Bytes => {
	const chains = Object.entries(vector).sort(([a], [b]) => (a < b ? -1 : 1));
	const writer = createWriter().text('perennial/1 holds').raw(wid).raw(didBytes(did));
	writer.uint(VERSION).uint(chains.length);
	for (const [chain, seq] of chains) writer.raw(didBytes(chain)).uint(seq);
	return writer.done();
};

/** What a device has stored. `partial`: some of it without bodies, so that it is no full copy. */
export interface Holds {
	readonly vector: Vector;
	readonly partial: boolean;
}

/** Among the chains of a partial one. No device has this id: older versions take it for a chain that they do not know, and read on. */
const PARTIAL: Did = toBase64url(new Uint8Array(16));

/** Signed by the device: anybody with the epoch key could claim it otherwise. */
export async function encodeHolds(
	wid: Bytes,
	device: DeviceKeys,
	{ vector, partial }: Holds,
): Promise<Bytes> {
	const said = statement(wid, device.did, partial ? { ...vector, [PARTIAL]: 1 } : vector);
	return createWriter()
		.bytes(said)
		.bytes(await sign(device, said))
		.done();
}

export async function decodeHolds(
	bytes: Bytes,
	membership: Membership,
	did: Did,
): Promise<Result<Holds>> {
	const signed = read(bytes, 'confirmation', (reader) => ({
		said: reader.bytes(),
		sig: reader.bytes(),
	}));
	if (!signed.ok) return signed;
	const vector = read(signed.value.said, 'confirmation', (reader) => {
		reader.text();
		reader.raw(32);
		const one = () => [toBase64url(reader.raw(16)), reader.uint()] as const;
		return Object.fromEntries(list(reader, one));
	});
	if (!vector.ok) return vector;
	const device = membership.devices.get(did);
	const { said, sig } = signed.value;
	const own = equalBytes(said, statement(membership.wid, did, vector.value));
	if (!device || !own || !(await verify(device.publicKeys.sign, sig, said)))
		return fail('Damaged', 'This confirmation was not signed by the device that it names.');
	const { [PARTIAL]: isPartial, ...chains } = vector.value;
	return ok({ vector: chains, partial: isPartial !== undefined });
}
