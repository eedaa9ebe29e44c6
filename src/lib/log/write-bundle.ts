/**
 * Writing a backup: everything that this device holds when it begins, piece by piece, so that a long log never stands in
 * memory. What is written meanwhile goes into the next one. What cannot be read keeps nothing else out, and is named at the end.
 */
import { concat, fromBase64url, utf8, type Bytes } from '#core/bytes.ts';
import { sign, type Did } from '#crypto/device.ts';
import { deriveAesKey, randomBytes } from '#crypto/hash.ts';
import { box, newIv, seal } from '#crypto/seal.ts';
import { streamCipher } from '#crypto/stream.ts';
import {
	NO_PIECES,
	PIECE,
	encodeManifest,
	encodeOpening,
	encodeRecord,
	encodeSigned,
	nextPiece,
	type BundleRecord,
	type Manifest,
	type ManifestHead,
} from './bundle.ts';
import { bodyMatches, decodeDataHead, entryId, type SealedEntry } from './entry.ts';
import type { Log } from './log.ts';
import { recoveryOf } from './recovery.ts';
import { EMPTY } from './rows.ts';

export const EPOCH_PURPOSE = 'backup';
export const RECOVERY_PURPOSE = 'backup';

export interface BundleSource {
	readonly log: Log;
	readonly at: number;
}

export interface Step {
	readonly bytes: Bytes;
	/** Entries in what has been given so far, of `total`. */
	readonly done: number;
	readonly total: number;
}

/** Entries fetched from the database at once. */
const FETCH_BYTES = PIECE;

/** The file, in order. */
export async function* writeBundle({ log, at }: BundleSource): AsyncGenerator<Step> {
	const wid = fromBase64url(log.wid)!;
	const vector = log.vector();
	const membership = log.membershipEntries();
	const total = Object.values(vector).reduce((sum, seq) => sum + seq, 0);
	const secret = randomBytes(32);
	const recovery = await recoveryOf(wid, membership);
	const iv = newIv();
	const { kid, key } = log.keyring.newest();
	const epochKey = await deriveAesKey(key, EPOCH_PURPOSE);
	const opening = encodeOpening({
		wid,
		at,
		epoch: { kid, iv, ct: await seal(epochKey, iv, secret, utf8(log.wid)) },
		...(recovery && { recovery: await box(recovery.agree, secret, RECOVERY_PURPOSE) }),
	});
	const cipher = await streamCipher(secret, opening);
	yield { bytes: opening, done: 0, total };

	const gaps = [...(await log.store.gaps(1)), ...(await log.store.gaps(2))];
	const wanted = new Set(gaps.map(([did, seq]) => `${did} ${seq}`));
	const heads: Record<Did, ManifestHead> = {};
	const lacks: Record<Did, number> = {};
	let done = 0;
	let entries = 0;
	let bodiless = 0;
	async function* records(): AsyncGenerator<BundleRecord> {
		for (const entry of membership) yield { type: 'membership', entry };
		yield { type: 'epochs', keys: log.keyring.all() };
		for (const [did, last] of Object.entries(vector)) {
			let end: SealedEntry | undefined;
			const lack = () => (lacks[did] = (lacks[did] ?? 0) + 1);
			for (let seq = 1; seq <= last;) {
				const page = await log.entries(did, seq, last, FETCH_BYTES);
				for (const [i, stored] of page.entries()) {
					const entry = await withGenuineBody(stored);
					if (entry !== stored || wanted.has(`${did} ${seq + i}`)) lack();
					if (!entry.ct.length) bodiless++;
					yield { type: 'data', entry };
				}
				if (!page.length) lack();
				end = page.at(-1) ?? end;
				entries += page.length;
				const read = Math.max(1, page.length);
				seq += read;
				done += read;
			}
			const head = end && decodeDataHead(end.head);
			if (head?.ok) heads[did] = { seq: head.value.seq, id: await entryId(end!.head) };
		}
	}

	let index = 0;
	let chain = NO_PIECES;
	let waiting: Bytes[] = [];
	let size = 0;
	const piece = async (plain: Bytes, last: boolean): Promise<Step> => {
		if (!last) chain = await nextPiece(chain, plain);
		const sealed = await cipher.seal(plain, index++, last);
		return { bytes: concat(lengthOf(sealed), sealed), done, total };
	};
	const flush = () => {
		const plain = concat(...waiting);
		waiting = [];
		size = 0;
		return piece(plain, false);
	};
	for await (const record of records()) {
		const bytes = encodeRecord(record);
		if (size && size + bytes.length > PIECE) yield await flush();
		waiting.push(bytes);
		size += bytes.length;
	}
	yield await flush();
	const { did, publicKeys } = log.device;
	const manifest = encodeManifest({
		wid,
		did,
		publicKeys,
		at,
		heads,
		membership: membership.length,
		entries,
		bodiless,
		...(Object.keys(lacks).length && { lacks }),
		pieces: chain,
	} satisfies Manifest);
	yield await piece(encodeSigned(manifest, await sign(log.device, manifest)), true);
}

/** Without a body that was damaged here: the file would be taken for damaged. */
async function withGenuineBody(entry: SealedEntry): Promise<SealedEntry> {
	const head = decodeDataHead(entry.head);
	const isGenuine = !entry.ct.length || (head.ok && (await bodyMatches(head.value, entry.ct)));
	return isGenuine ? entry : { ...entry, ct: EMPTY };
}

/** Four bytes, most significant first. */
function lengthOf(bytes: Bytes): Bytes {
	const length = new Uint8Array(4);
	new DataView(length.buffer).setUint32(0, bytes.length);
	return length;
}
