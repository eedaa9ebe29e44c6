/**
 * The membership half of the log: keeps the entries, replays them, and tells of changes. Strangers cannot make it keep anything:
 * what is neither signed by a device that was let in nor lets one in is thrown away, and so is what such a device says in vain again and again.
 */
import { toHex, type Bytes } from '#core/bytes.ts';
import type { Clock } from '#core/clock.ts';
import { createQueue } from '#core/queue.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { sign, type DeviceKeys, type Did } from '#crypto/device.ts';
import { MAX_HEAD, encodeMembershipHead, entryId, type SignedEntry } from './entry.ts';
import { withAncestors } from './graph.ts';
import type { Keyring } from './keyring.ts';
import type { LogStore } from './log-store.ts';
import {
	createMembershipCache,
	isKnown,
	replayMembership,
	type Membership,
	type StoredMembership,
} from './membership.ts';
import type { Operation } from './operations.ts';
import { storageFailure } from './storage.ts';

export interface Members {
	readonly state: Membership;
	/** Parents first. */
	entries(): readonly StoredMembership[];
	/** Resolves to how many entries were new. `from`: the sender, who must be known once these entries are. */
	receive(entries: readonly SignedEntry[], from?: Did): Promise<Result<number>>;
	/** Resolves to the hex id of the new entry. Nothing is signed that would have no effect: what is tried again at each change would never end. */
	sign(device: DeviceKeys, op: Operation, hlc: number): Promise<Result<string>>;
	onChange(listener: () => void): () => void;
}

const NO_EFFECT =
	'This would have no effect: what this device may do here has changed. Look at the page “People”.';

/** Entries without effect on which nothing rests, kept of one device: more than come of acting without having heard. */
const MOST_VOID = 256;
/** Of one that was removed: what it says of itself, so that it can be told. */
const MOST_OF_REMOVED = 16;

export async function openMembers(
	wid: Bytes,
	store: LogStore,
	keyring: Keyring,
	clock: Clock,
	founding?: StoredMembership,
): Promise<Result<Members>> {
	const cache = createMembershipCache();
	const kept = new Map((await store.membership()).map((entry) => [entry.id, entry]));
	const rows = [...kept.values(), ...(founding ? [founding] : [])];
	const replayed = await replayMembership(wid, rows, cache);
	if (!replayed.ok) return replayed;
	if (founding && cache.nodes.has(founding.id)) kept.set(founding.id, founding);
	// A row that was spoilt on the disk does not verify: it is as good as missing, and the others send it again.
	for (const id of kept.keys()) if (!cache.nodes.has(id)) kept.delete(id);
	let state = replayed.value;
	await keyring.learn(state);
	/** One at a time, or the later of two would forget what the earlier brought. */
	const queue = createQueue();
	const listeners = new Set<() => void>();

	/** `mustCount`: entries without effect are not kept. */
	async function receive(
		entries: readonly SignedEntry[],
		from: Did | undefined,
		mustCount = false,
	): Promise<Result<number>> {
		const fresh: StoredMembership[] = [];
		for (const entry of entries) {
			const id = toHex(await entryId(entry.head));
			if (!kept.has(id)) fresh.push({ ...entry, id, receivedAt: clock() });
		}
		if (!fresh.length) return from === undefined || isKnown(state, from) ? ok(0) : strangers();
		let next = await replayMembership(wid, fresh, cache);
		if (!next.ok) return next;
		const welcome = from === undefined || isKnown(next.value, from);
		const isWorthIt = worth(next.value, mustCount);
		const good = welcome ? fresh.filter(({ id }) => isWorthIt(id)) : [];
		if (good.length < fresh.length) {
			const goodIds = new Set(good.map(({ id }) => id));
			for (const { id } of fresh) if (!goodIds.has(id)) cache.nodes.delete(id);
			next = await replayMembership(wid, [], cache);
			if (!next.ok) return next;
		}
		if (!welcome) return strangers();
		if (!good.length) return ok(0);
		const learnt = await keyring.learn(next.value);
		try {
			await store.write({
				membership: good,
				...(learnt && { secrets: { epochs: keyring.all() } }),
			});
		} catch (error) {
			for (const { id } of good) cache.nodes.delete(id);
			return storageFailure(error);
		}
		for (const entry of good) kept.set(entry.id, entry);
		state = next.value;
		listeners.forEach((listener) => listener());
		return ok(good.length);
	}

	/** Whether an entry that is new is to be kept: it has effect, or one that has rests on it, or its device may still be right in the end. */
	function worth({ acts, devices }: Membership, mustCount: boolean): (id: string) => boolean {
		const needed = withAncestors(
			acts.map(({ id }) => cache.nodes.get(id)!),
			acts.flatMap(({ id, effective }) => (effective ? id : [])),
		);
		const empty = new Map<Did, number>();
		for (const { id, did } of acts)
			if (kept.has(id) && !needed.has(id)) empty.set(did, (empty.get(did) ?? 0) + 1);
		return (id) => {
			if (needed.has(id)) return true;
			const device = devices.get(cache.nodes.get(id)?.head.did ?? '');
			if (mustCount || !device) return false;
			const before = empty.get(device.did) ?? 0;
			empty.set(device.did, before + 1);
			return before < (device.ended === 'revoked' ? MOST_OF_REMOVED : MOST_VOID);
		};
	}

	const strangers = () => fail('Forbidden', 'This device does not belong to the workspace.');

	return ok({
		get state() {
			return state;
		},
		entries() {
			const placed = new Set(state.acts.map(({ id }) => id));
			const ids = [...placed, ...[...kept.keys()].filter((id) => !placed.has(id))];
			return ids.flatMap((id) => kept.get(id) ?? []);
		},
		receive: (entries, from) => queue.run(() => receive(entries, from)),
		sign: (device, op, hlc) =>
			queue.run(async () => {
				const head = encodeMembershipHead({
					wid,
					did: device.did,
					publicKeys: device.publicKeys,
					prevs: state.prevs(device.did),
					hlc,
					op,
				});
				if (head.length > MAX_HEAD)
					return fail('Invalid', 'This is too much at once. Do it in several steps.');
				const stored = await receive([{ head, sig: await sign(device, head) }], undefined, true);
				if (!stored.ok) return stored;
				return stored.value ? ok(toHex(await entryId(head))) : fail('Forbidden', NO_EFFECT);
			}),
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	});
}
