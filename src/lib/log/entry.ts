/**
 * Log entries as bytes (LEDGER.md "Entries"). An entry is a signed head and, for data, a sealed body that the head names by
 * hash; its id is the SHA-256 of the head. The formats are pinned byte for byte by tests/conformance/entry-vectors.
 */
import { equalBytes, fromBase64url, toBase64url, type Bytes } from '#core/bytes.ts';
import { createWriter, read, type Reader } from '#core/codec.ts';
import { fail, type Result } from '#core/result.ts';
import { didOf, verify, type Did, type PublicKeys } from '#crypto/device.ts';
import { sha256 } from '#crypto/hash.ts';
import { IV_LENGTH } from '#crypto/seal.ts';

const MAGIC = 'perennial/1';
const MEMBERSHIP = 77; // 'M'
const DATA = 68; // 'D'
const ED25519_P256 = 1;
export const NO_HASH: Bytes = new Uint8Array(32);
export const NO_WORKSPACE: Bytes = new Uint8Array(16);
/** Bodies above this are refused; writers cut long commands into several entries. */
export const MAX_BODY = 192 * 1024;
export const MAX_HEAD = 16 * 1024;

/** `kind-7` is one of a newer version: it is carried on like any other. */
export type DataKind = 'edit' | 'base' | 'ack' | 'import' | `kind-${number}`;
const dataKinds: readonly DataKind[] = ['edit', 'base', 'ack', 'import'];

function kindCode(kind: DataKind): number {
	const code = dataKinds.indexOf(kind);
	return code < 0 ? Number(kind.slice('kind-'.length)) : code;
}

export interface DataHead {
	readonly wid: Bytes;
	readonly did: Did;
	/** 1, 2, 3 … without holes. */
	readonly seq: number;
	/** Id of this device's entry before; zeros for the first. */
	readonly prev: Bytes;
	readonly kind: DataKind;
	readonly schema: number;
	readonly hlc: number;
	/** Epoch of the key that sealed the body. */
	readonly kid: number;
	readonly iv: Bytes;
	readonly ctLength: number;
	readonly ctHash: Bytes;
}

export interface MembershipHead {
	/** Zeros in the genesis entry, whose hash is the workspace's id. */
	readonly wid: Bytes;
	readonly did: Did;
	readonly publicKeys: PublicKeys;
	/** Ids of the membership entries that the writer had seen last. */
	readonly prevs: readonly Bytes[];
	readonly hlc: number;
	readonly op: Readonly<Record<string, unknown>> & { readonly type: string };
}

/** As stored and sent. */
export interface SignedEntry {
	readonly head: Bytes;
	readonly sig: Bytes;
}

export interface SealedEntry extends SignedEntry {
	readonly ct: Bytes;
}

type BeforeSealing = Omit<DataHead, 'iv' | 'ctLength' | 'ctHash'>;

/** The part of a data head that stands before sealing, and is the body's associated data. */
export function dataPrefix(head: BeforeSealing): Bytes {
	return createWriter()
		.text(MAGIC)
		.uint(DATA)
		.raw(head.wid)
		.raw(didBytes(head.did))
		.uint(head.seq)
		.raw(head.prev)
		.uint(kindCode(head.kind))
		.uint(head.schema)
		.uint(head.hlc)
		.uint(head.kid)
		.done();
}

export const encodeDataHead = (head: DataHead): Bytes =>
	createWriter().raw(dataPrefix(head)).raw(head.iv).uint(head.ctLength).raw(head.ctHash).done();

export function decodeDataHead(bytes: Bytes): Result<DataHead> {
	return read(bytes, 'entry', (reader) => {
		expectKind(reader, DATA);
		const wid = reader.raw(16);
		const did = toBase64url(reader.raw(16));
		const seq = positive(reader.uint(), 'its number');
		const prev = reader.raw(32);
		const code = reader.uint();
		const kind = dataKinds[code] ?? (`kind-${code}` as const);
		const schema = reader.uint();
		const hlc = reader.uint();
		const kid = reader.uint();
		const iv = reader.raw(IV_LENGTH);
		const ctLength = reader.uint();
		if (ctLength > MAX_BODY) throw new Error('its body is too large');
		return { wid, did, seq, prev, kind, schema, hlc, kid, iv, ctLength, ctHash: reader.raw(32) };
	});
}

export const encodeMembershipHead = (head: MembershipHead): Bytes => {
	const writer = createWriter()
		.text(MAGIC)
		.uint(MEMBERSHIP)
		.raw(head.wid)
		.raw(didBytes(head.did))
		.uint(ED25519_P256)
		.bytes(head.publicKeys.sign)
		.bytes(head.publicKeys.agree)
		.uint(head.prevs.length);
	for (const prev of head.prevs) writer.raw(prev);
	return writer.uint(head.hlc).any(head.op).done();
};

export function decodeMembershipHead(bytes: Bytes): Result<MembershipHead> {
	if (bytes.length > MAX_HEAD) return fail('Damaged', 'This membership entry is too large.');
	return read(bytes, 'membership entry', (reader) => {
		expectKind(reader, MEMBERSHIP);
		const wid = reader.raw(16);
		const did = toBase64url(reader.raw(16));
		if (reader.uint() !== ED25519_P256) throw new Error('its keys are of an unknown kind');
		const publicKeys = { sign: reader.bytes(), agree: reader.bytes() };
		const count = reader.uint();
		if (count > 64) throw new Error('it names too many entries before it');
		const prevs = Array.from({ length: count }, () => reader.raw(32));
		const hlc = reader.uint();
		const op = reader.any() as MembershipHead['op'];
		if (!op || typeof op !== 'object' || typeof op.type !== 'string')
			throw new Error('it says nothing');
		return { wid, did, publicKeys, prevs, hlc, op };
	});
}

function expectKind(reader: Reader, kind: number): void {
	if (reader.text() !== MAGIC) throw new Error('it is not of Perennial version 1');
	if (reader.uint() !== kind) throw new Error('it is of another kind');
}

function positive(value: number, what: string): number {
	if (value < 1 || !Number.isSafeInteger(value)) throw new Error(`${what} is out of range`);
	return value;
}

export function didBytes(did: Did): Bytes {
	const bytes = fromBase64url(did);
	if (bytes?.length !== 16) throw new Error(`${did} is no device id`);
	return bytes;
}

export const entryId = (head: Bytes): Promise<Bytes> => sha256(head);

export const widOf = (genesisId: Bytes): Bytes => genesisId.slice(0, 16);

/** The keys belong to the named device, and the signature to the keys. */
export async function verifyMembership(entry: SignedEntry): Promise<Result<MembershipHead>> {
	const decoded = decodeMembershipHead(entry.head);
	if (!decoded.ok) return decoded;
	const { did, publicKeys } = decoded.value;
	if ((await didOf(publicKeys)) !== did)
		return fail('Damaged', 'This membership entry names keys of another device.');
	if (!(await verify(publicKeys.sign, entry.sig, entry.head)))
		return fail('Damaged', 'The signature of this membership entry is wrong.');
	return decoded;
}

/** The body is the one that the head names. */
export async function bodyMatches(head: DataHead, ct: Bytes): Promise<boolean> {
	return ct.length === head.ctLength && equalBytes(await sha256(ct), head.ctHash);
}
