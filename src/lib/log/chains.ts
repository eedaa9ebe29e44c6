/**
 * What stands here of each device's chain: its end, how far its documents reach, which bodies are missing. Everything a log
 * writes goes through `commit`, one strict transaction: the disk first, then memory.
 */
import type { Bytes } from '#core/bytes.ts';
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { DeviceKeys, Did } from '#crypto/device.ts';
import { headFromRows } from './chain-head.ts';
import type { DataHead } from './entry.ts';
import type { Keyring } from './keyring.ts';
import {
	StaleChain,
	type ChainHead,
	type LogChange,
	type LogStore,
	type StoredEntry,
} from './log-store.ts';
import type { Members } from './members.ts';
import { endOf, type Membership } from './membership.ts';
import type { Payload } from './payload.ts';
import { followProgress, type Progress } from './progress.ts';
import { storageFailure } from './storage.ts';

/** What every part of an open log stands on. */
export interface LogContext {
	readonly wid: Bytes;
	readonly device: DeviceKeys;
	readonly keyring: Keyring;
	readonly members: Members;
	readonly store: LogStore;
	readonly chains: Chains;
	readonly clock: Clock;
}

/** An entry that is stored and readable. */
export interface OpenedEntry {
	readonly did: Did;
	readonly seq: number;
	readonly hlc: number;
	/** When this device got it. */
	readonly receivedAt: number;
	readonly payload: Payload;
}

/** An entry that was checked and is to be stored. */
export interface Prepared {
	readonly stored: StoredEntry;
	readonly head: DataHead;
	readonly payload: Payload;
	readonly counts: boolean;
	/** This device has written it just now. */
	readonly isOwn?: true;
}

export interface Missing {
	/** Never came, or damaged here. */
	readonly wanted: readonly (readonly [Did, number])[];
	/** Some were left with the others on purpose. */
	readonly leftOut: boolean;
}

export interface Chains {
	readonly heads: ReadonlyMap<Did, ChainHead>;
	readonly progress: Progress;
	/** Entries at the ends of their chains. Answers those that count. `lost`: rows that keep the places between them. */
	append(
		prepared: readonly Prepared[],
		lost?: readonly StoredEntry[],
	): Promise<Result<readonly OpenedEntry[]>>;
	/** `progress`: where the documents stand afterwards, when they move. */
	commit(change: LogChange, progress?: Progress): Promise<Result<void>>;
	/** Bodies that are not here. Costs nothing while all are. */
	missing(): Promise<Missing>;
	/** Bodies of a chain, up to a place in it, are wanted here. */
	misses(did: Did, upTo?: number): Promise<boolean>;
	/** Or were left with the others. */
	lacks(did: Did, upTo?: number): Promise<boolean>;
}

/** Of what counts. Late edits may have lost their bodies for good. */
export const lacksWhatCounts = ({ wanted, leftOut }: Missing, membership: Membership): boolean =>
	leftOut || wanted.some(([did, seq]) => seq <= endOf(membership, did));

/** Heads that their rows do not bear out are set right first. */
export async function openChains(store: LogStore, devices: Iterable<Did>): Promise<Chains> {
	const heads = new Map((await store.chains()).map((chain) => [chain.did, chain]));
	let progress = await storedProgress();
	/** Gaps committed since the opening; what was asked of the store before the last of them says nothing. */
	let gapsMade = 0;
	let complete = false;

	for (const did of devices) {
		const right = await headFromRows(store, did, heads.get(did));
		if (!right) continue;
		await store.write({ chains: [right] });
		heads.set(did, right);
	}

	async function storedProgress(): Promise<Progress> {
		return followProgress((await store.parts()).map(({ key, clock }) => [key, clock]));
	}

	async function commit(change: LogChange, after?: Progress): Promise<Result<void>> {
		if (change.entries?.some(({ gap }) => gap)) {
			gapsMade++;
			complete = false;
		}
		try {
			await store.write(change);
		} catch (error) {
			if (!(error instanceof StaleChain)) return storageFailure(error);
			// Another tab wrote last, before this one took over: go on from what it wrote.
			for (const chain of await store.chains()) heads.set(chain.did, chain);
			progress = await storedProgress();
			return fail('Busy', 'Another tab has written to this workspace. Make the change again.');
		}
		for (const head of change.chains ?? []) heads.set(head.did, head);
		if (after) progress = after;
		return ok(undefined);
	}

	async function missing(): Promise<Missing> {
		if (complete) return { wanted: [], leftOut: false };
		const asked = gapsMade;
		const wanted = await store.gaps(1);
		const leftOut = (await store.gaps(2)).length > 0;
		complete = !wanted.length && !leftOut && asked === gapsMade;
		return { wanted, leftOut };
	}

	return {
		heads,
		get progress() {
			return progress;
		},
		commit,
		async append(prepared, lost = []) {
			const next = new Map<Did, ChainHead>();
			const after = followProgress(progress.clocks);
			const changed = new Set<string>();
			const opened: OpenedEntry[] = [];
			const entries: StoredEntry[] = [...lost];
			for (const one of prepared) {
				const { stored, head, payload, counts } = one;
				const { did, seq, receivedAt } = stored;
				next.set(did, headAfter(next.get(did) ?? heads.get(did), one));
				const parts = counts ? after.follow(did, payload) : [];
				entries.push({ ...stored, parts });
				if (!counts) continue;
				for (const { part } of payload.updates)
					if (after.clocks.has(`${did}/${part}`)) changed.add(`${did}/${part}`);
				const updates = payload.updates.filter(({ part }) => parts.includes(`${did}/${part}`));
				opened.push({ did, seq, hlc: head.hlc, receivedAt, payload: { ...payload, updates } });
			}
			const change = {
				expect: Object.fromEntries([...next.keys()].map((did) => [did, heads.get(did)?.seq ?? 0])),
				entries,
				chains: [...next.values()],
				parts: [...changed].map((key) => ({ key, clock: after.clocks.get(key)! })),
			};
			const written = await commit(change, after);
			return written.ok ? ok(opened) : written;
		},
		missing,
		misses: async (did, upTo = Infinity) =>
			(await missing()).wanted.some(([writer, seq]) => writer === did && seq <= upTo),
		async lacks(did, upTo = Infinity) {
			const { wanted, leftOut } = await missing();
			const out = leftOut ? await store.gaps(2) : [];
			return [...wanted, ...out].some(([writer, seq]) => writer === did && seq <= upTo);
		},
	};
}

function headAfter(
	before: ChainHead | undefined,
	{ stored, head: { hlc }, payload: { retires, obsolete }, counts, isOwn }: Prepared,
): ChainHead {
	const { did, seq, id, ct, head: bytes } = stored;
	const { retiring: due = [], cleared, ...kept } = before ?? ({} as Partial<ChainHead>);
	const ends = counts && (retires ?? obsolete);
	const retiring = [...due, ...(ends ? [seq] : [])];
	return {
		...kept,
		...{ did, seq, id, hlc, bytes: (kept.bytes ?? 0) + ct.length + bytes.length },
		applied: counts ? seq : (kept.applied ?? 0),
		...(retiring.length && { retiring }),
		// What was searched is what counts: void entries leave it as it is. Nobody writes anew what was erased.
		...((!counts || isOwn) && cleared !== undefined && { cleared }),
	};
}
