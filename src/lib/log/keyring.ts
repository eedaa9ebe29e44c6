/**
 * The epoch keys that this device holds. Everything is sealed under the newest that an owner made; the others open what was
 * sealed before. A key counts only if the entry that made it committed to it, so nobody can hand out different keys for one.
 */
import { toHex, type Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import type { DeviceKeys, Did } from '#crypto/device.ts';
import { box, contentKey, unbox, type Boxed } from '#crypto/seal.ts';
import { commitmentOf } from './kid.ts';
import type { Membership } from './membership.ts';

export interface EpochKey {
	/** Names the key in the heads of entries; 0 for the first. */
	readonly kid: number;
	/** 32 bytes. */
	readonly key: Bytes;
}

const purpose = (wid: string, did: Did) => `epoch ${wid} ${did}`;

/** Epoch keys for one device's eyes. */
export function boxKeys(
	keys: readonly EpochKey[],
	wid: string,
	did: Did,
	agree: Bytes,
): Promise<Boxed> {
	const writer = createWriter().uint(keys.length);
	for (const { kid, key } of keys) writer.uint(kid).raw(key);
	return box(agree, writer.done(), purpose(wid, did));
}

/** Those in the box that an owner committed to; none when it is not for this device. */
export async function unboxKeys(
	boxed: Boxed,
	wid: string,
	device: Pick<DeviceKeys, 'did' | 'agree'>,
	commitments: ReadonlyMap<string, number>,
): Promise<readonly EpochKey[]> {
	const plain = await unbox(device, boxed, purpose(wid, device.did));
	if (!plain.ok) return [];
	const keys = read(plain.value, 'box of keys', (reader) => {
		const count = reader.uint();
		if (count > 1000) throw new Error('it holds too many');
		return Array.from({ length: count }, () => ({ kid: reader.uint(), key: reader.raw(32) }));
	});
	return keys.ok ? committed(keys.value, commitments) : [];
}

/** Those that somebody of the workspace announced under this very name. */
export async function committed(
	keys: readonly EpochKey[],
	commitments: ReadonlyMap<string, number>,
): Promise<readonly EpochKey[]> {
	const good: EpochKey[] = [];
	for (const key of keys)
		if (commitments.get(toHex(await commitmentOf(key.key))) === key.kid) good.push(key);
	return good;
}

export interface Keyring {
	/** Oldest first. */
	all(): readonly EpochKey[];
	/** The newest that is held: what new entries are sealed under. */
	newest(): EpochKey;
	/** What opens bodies that `did` sealed under `kid`; undefined while the key is not here. */
	contentKey(kid: number, did: Did): Promise<CryptoKey> | undefined;
	/** Opens the boxes that the membership holds for this device; true when keys came that were not held. */
	learn(membership: Membership): Promise<boolean>;
	/** Those that an owner committed to; true when some were not held. */
	take(keys: readonly EpochKey[], membership: Membership): Promise<boolean>;
}

export function createKeyring(
	wid: string,
	device: Pick<DeviceKeys, 'did' | 'agree'>,
	initial: readonly EpochKey[],
): Keyring {
	const keys = [...initial];
	const derived = new Map<string, Promise<CryptoKey>>();
	/** Boxes that have been opened: each costs a key agreement. */
	const opened = new Set<string>();
	let current = keys.at(-1)!;
	function add(some: readonly EpochKey[]): boolean {
		const fresh = some.filter(({ kid }) => !keys.some((one) => one.kid === kid));
		keys.push(...fresh);
		return fresh.length > 0;
	}
	/** Never to one that no owner made: others may hold that, and its maker does. */
	const turnTo = ({ kids }: Membership) => {
		const newest = kids.findLast((kid) => keys.some((one) => one.kid === kid));
		current = keys.find(({ kid }) => kid === newest) ?? current;
	};
	return {
		all: () => keys,
		newest: () => current,
		contentKey(kid, did) {
			const name = `${kid} ${did}`;
			let key = derived.get(name);
			const epoch = keys.find((one) => one.kid === kid);
			if (!key && epoch) derived.set(name, (key = contentKey(epoch.key, did)));
			return key;
		},
		async learn(membership) {
			let learnt = false;
			for (const boxed of membership.boxes(device.did)) {
				const name = `${toHex(boxed.enc)} ${toHex(boxed.ct)}`;
				if (opened.has(name)) continue;
				opened.add(name);
				learnt = add(await unboxKeys(boxed, wid, device, membership.commitments)) || learnt;
			}
			turnTo(membership);
			return learnt;
		},
		async take(some, membership) {
			const taken = add(await committed(some, membership.commitments));
			turnTo(membership);
			return taken;
		},
	};
}
