/**
 * Which device documents live, and how they come to stand where the membership says: a writer ends its own (R10), a chain that
 * ends earlier or later than it was followed is followed again.
 */
import type { Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import type { LogContext } from './chains.ts';
import type { ChainHead, StoredEntry } from './log-store.ts';
import { endOf } from './membership.ts';
import type { Range } from './payload.ts';
import { RETIRED, followProgress, inRanges, joinRanges, seqsIn, toRanges } from './progress.ts';
import type { OpenRow } from './reading.ts';
import { readRows, withGap, withoutBody } from './rows.ts';
import { Refused } from './storage.ts';

export interface PartKey {
	readonly did: Did;
	readonly part: string;
}

/** For the trail. */
export interface Notes {
	/** Records of which a rewriting does not say what it replaces. */
	readonly takenBack?: readonly string[];
	/** Entries that say again what it replaces, and nothing else. */
	readonly repeats?: readonly number[];
}

export interface Documents {
	partClock(did: Did, part: string): number;
	/** The documents that live. */
	partKeys(): readonly PartKey[];
	/** A device's documents that live. */
	partsOf(did: Did): readonly string[];
	/** Those that it has finished with. */
	retiredPartsOf(did: Did): readonly string[];
	/** Own entries that touch no document which lives once `retired` are gone; those dropped already, too. */
	obsolete(retired: readonly string[]): Promise<readonly number[]>;
	/** Own documents that share an entry with one of `parts`, directly or through others. */
	entangled(parts: readonly string[]): Promise<readonly string[]>;
	/** Entries of chains that retire documents, and are not carried out yet. */
	retirements(): readonly { readonly did: Did; readonly seq: number }[];
	/**
	 * Carries out what an entry retires: the documents end, and bodies that its writer lists and that touch no living document are
	 * dropped. The chain still verifies without them.
	 */
	retire(did: Did, seq: number, notes?: Notes): Promise<Result<void>>;
	/** Lets an ended chain go that somebody has taken over: its documents end, its bodies are dropped; the chain still verifies. */
	relinquish(did: Did): Promise<Result<void>>;
	/** These entries of a chain say nothing new. */
	markRepeats(did: Did, seqs: readonly number[]): Promise<Result<void>>;
	/** Nothing of what had been erased was found in the chain, which is here whole. */
	markCleared(did: Did, erased: string): Promise<Result<void>>;
	/** Chains whose documents do not stand where the membership says. */
	misaligned(): readonly Did[];
	/**
	 * Follows a whole chain again, up to where it counts. `mending`: bodies came back, so no document falls behind where it was,
	 * even if other bodies are still missing. Throws when the disk refuses.
	 */
	align(did: Did, mending?: boolean): Promise<void>;
}

/** Records named beside one rewriting; it is as untrue with more. */
const MOST_NOTED = 100;

export function createDocuments(
	{ device, members, store, chains }: LogContext,
	open: OpenRow,
): Documents {
	const own = device.did;
	const keysOf = (did: Did): readonly string[] =>
		[...chains.progress.clocks.keys()].filter((key) => key.startsWith(`${did}/`));
	const isLiving = (key: string) => chains.progress.isLiving(key);
	const headOf = (did: Did): ChainHead => chains.heads.get(did)!;
	const ownRows = () => readRows(store, own, 1, chains.heads.get(own)?.seq ?? 0);

	async function align(did: Did, mending = false): Promise<void> {
		const chain = chains.heads.get(did);
		if (!chain) return;
		const applied = Math.min(chain.seq, endOf(members.state, did));
		if (isTaken(chain)) return must(chains.commit({ chains: [{ ...chain, applied }] }));
		const followed = followProgress();
		let obsolete: readonly Range[] = [];
		const bodiless: StoredEntry[] = [];
		const misfiled: StoredEntry[] = [];
		const retiring: number[] = [];
		for await (const row of readRows(store, did, 1, applied)) {
			if (!row.ct.length) bodiless.push(row);
			const entry = await open(row);
			if (!entry) continue;
			const { retires, obsolete: dropped } = entry.payload;
			const parts = followed.follow(did, entry.payload);
			if (parts.join() !== row.parts.join()) misfiled.push({ ...row, parts });
			followed.retire(did, retires ?? []);
			obsolete = joinRanges(obsolete, dropped ?? [], row.seq);
			// Bodies may have come back while this entry did not count: it is carried out again.
			if (dropped?.length) retiring.push(row.seq);
		}
		// A body was dropped because of an entry that does not count any more: wanted again.
		const wanted = bodiless.flatMap((row) => {
			const gap = inRanges(obsolete, row.seq) ? undefined : (row.gap ?? 1);
			return gap === row.gap ? [] : [withGap(row, gap)];
		});
		const before = keysOf(did);
		const clocks = new Map(followed.clocks);
		if (mending)
			for (const key of before) {
				const reached = chains.progress.clocks.get(key)!;
				if (clocks.get(key) !== RETIRED) clocks.set(key, Math.max(reached, clocks.get(key) ?? 0));
			}
		const { retiring: _all, taken: _no, cleared: _none, ...rest } = chain;
		const others = [...chains.progress.clocks].filter(([key]) => !key.startsWith(`${did}/`));
		await must(
			chains.commit(
				{
					entries: [...wanted, ...misfiled],
					// The last list repeats the former ones.
					chains: [{ ...rest, applied, ...(retiring.length && { retiring: retiring.slice(-1) }) }],
					removeParts: before.filter((key) => !clocks.has(key)),
					parts: [...clocks].map(([key, clock]) => ({ key, clock })),
				},
				followProgress([...others, ...clocks]),
			),
		);
	}

	/** These documents of a chain end; of the entries in `ranges`, those that touch no living one lose their bodies. */
	async function finish(
		did: Did,
		parts: readonly string[],
		ranges: readonly Range[],
		head: ChainHead,
	): Promise<Result<void>> {
		const before = chains.progress;
		const after = followProgress(before.clocks);
		after.retire(did, parts);
		const dropped: StoredEntry[] = [];
		for (const [first, last] of ranges)
			for await (const old of readRows(store, did, first, last))
				if ((old.ct.length || old.gap) && !old.parts.some(after.isLiving))
					dropped.push(withoutBody(old));
		const ended = [...after.clocks].filter(([key, at]) => at !== before.clocks.get(key));
		return chains.commit(
			{
				entries: dropped,
				chains: [head],
				parts: ended.map(([key, clock]) => ({ key, clock })),
			},
			after,
		);
	}

	/** It was let go, and that still counts. */
	const isTaken = ({ did, taken }: ChainHead): boolean =>
		taken === true && members.state.takeovers.has(did);

	return {
		partClock: (did, part) => Math.max(0, chains.progress.clocks.get(`${did}/${part}`) ?? 0),
		partKeys: () => [...chains.progress.clocks.keys()].filter(isLiving).map(toPartKey),
		partsOf: (did) => keysOf(did).filter(isLiving).map(partIn),
		retiredPartsOf: (did) =>
			keysOf(did)
				.filter((key) => !isLiving(key))
				.map(partIn),
		async obsolete(retired) {
			const gone = new Set(retired.map((part) => `${own}/${part}`));
			const seqs: number[] = [];
			for await (const row of ownRows())
				if (!row.parts.some((key) => isLiving(key) && !gone.has(key))) seqs.push(row.seq);
			return seqs;
		},
		async entangled(parts) {
			const found = new Set(parts.map((part) => `${own}/${part}`));
			const groups: (readonly string[])[] = [];
			for await (const row of ownRows())
				if (row.ct.length && row.parts.length > 1) groups.push(row.parts);
			for (let grown = -1; grown !== found.size;) {
				grown = found.size;
				for (const group of groups)
					if (group.some((key) => found.has(key))) for (const key of group) found.add(key);
			}
			return [...found].filter(isLiving).map(partIn);
		},
		retirements: () =>
			[...chains.heads.values()].flatMap(({ did, retiring = [] }) =>
				retiring.map((seq) => ({ did, seq })),
			),
		async retire(did, seq, { takenBack = [], repeats = [] } = {}) {
			const { retiring = [], takenBack: noted = [], repeats: known = [], ...rest } = headOf(did);
			const row = await store.get(did, seq);
			const entry = row && (await open(row));
			const { retires = [], obsolete = [] } = entry?.payload ?? {};
			const before = obsolete.map(([first, last]): Range => [first, Math.min(last, seq - 1)]);
			const left = retiring.filter((one) => one !== seq);
			const isNew = takenBack.length > 0 && !noted.some((one) => one.seq === seq);
			const doubts = isNew ? [...noted, { seq, ids: takenBack.slice(0, MOST_NOTED) }] : noted;
			// Those whose bodies go have no line in the trail anyhow.
			const again = [...seqsIn(known), ...repeats].filter((one) => !inRanges(before, one));
			return finish(did, retires, before, {
				...rest,
				...(left.length && { retiring: left }),
				...(doubts.length && { takenBack: doubts }),
				...(again.length && { repeats: toRanges(again) }),
			});
		},
		relinquish(did) {
			const { retiring: _all, ...rest } = headOf(did);
			const parts = keysOf(did).map(partIn);
			return finish(did, parts, [[1, rest.applied]], { ...rest, taken: true });
		},
		markRepeats: (did, seqs) => {
			const head = headOf(did);
			const repeats = joinRanges(head.repeats ?? [], toRanges(seqs), Infinity);
			return chains.commit({ chains: [{ ...head, repeats }] });
		},
		markCleared: (did, cleared) => chains.commit({ chains: [{ ...headOf(did), cleared }] }),
		misaligned: () =>
			[...chains.heads.values()]
				.filter(
					(chain) =>
						chain.applied !== Math.min(chain.seq, endOf(members.state, chain.did)) ||
						(chain.taken === true && !isTaken(chain)),
				)
				.map(({ did }) => did),
		align,
	};
}

async function must(written: Promise<Result<void>>): Promise<void> {
	const done = await written;
	if (done.ok) return;
	throw done.error.type === 'Storage' ? new Refused(done.error) : new Error(done.error.message);
}

const partIn = (key: string): string => toPartKey(key).part;

function toPartKey(key: string): PartKey {
	const [did, part] = key.split('/') as [string, string];
	return { did, part };
}
