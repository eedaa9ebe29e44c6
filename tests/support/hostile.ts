/** What a device can do that does not run our code: entries made by hand, and put where the real log would not put them. */
import { fromBase64url, type Bytes } from '#core/bytes.ts';
import { sign } from '#crypto/device.ts';
import { sha256 } from '#crypto/hash.ts';
import { contentKey, newIv, seal } from '#crypto/seal.ts';
import {
	NO_HASH,
	dataPrefix,
	encodeDataHead,
	entryId,
	type DataHead,
	type SealedEntry,
} from '#log/entry.ts';
import type { Log } from '#log/log.ts';
import { encodePayload, type Payload } from '#log/payload.ts';

type Wish = Partial<Omit<DataHead, 'iv' | 'ctLength' | 'ctHash'>> & {
	payload?: Payload;
	body?: Bytes;
	key?: Bytes;
};

export const anEdit: Payload = {
	intent: { verb: 'update', entity: 'contact', count: 1 },
	updates: [],
};

/** The device's next entry, whatever the rules say; anything about it can be wished otherwise. */
export async function forgeEntry(log: Log, wish: Wish = {}): Promise<SealedEntry> {
	const { did } = log.device;
	const chain = log.chain(did);
	const epoch = log.keyring.newest();
	const { payload = anEdit, body, key = epoch.key, ...head } = wish;
	const base = {
		wid: fromBase64url(log.wid)!,
		did,
		seq: (chain?.seq ?? 0) + 1,
		prev: chain?.id ?? NO_HASH,
		kind: 'edit' as const,
		schema: 1,
		hlc: Date.now(),
		kid: epoch.kid,
		...head,
	};
	const iv = newIv();
	const plain = body ?? encodePayload(payload);
	const ct = await seal(await contentKey(key, did), iv, plain, dataPrefix(base));
	const bytes = encodeDataHead({ ...base, iv, ctLength: ct.length, ctHash: await sha256(ct) });
	return { head: bytes, sig: await sign(log.device, bytes), ct };
}

/** Straight into the device's own tables; its log must be opened again to serve it. */
export async function plantEntry(log: Log, entry: SealedEntry, seq: number): Promise<void> {
	const { did } = log.device;
	const id = await entryId(entry.head);
	await log.store.write({
		entries: [{ ...entry, did, seq, id, receivedAt: 0, parts: [] }],
		chains: [{ did, seq, id, hlc: 0, bytes: 0, applied: seq }],
	});
}
