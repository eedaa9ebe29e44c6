/**
 * How far a device's documents reach, followed entry by entry. An update counts when it continues its document exactly; one
 * that does not (its predecessor is missing, or its writer lied) leaves the document where it is, and no other document
 * cares.
 */
import { endsWith } from '#core/part-name.ts';
import type { Did } from '#crypto/device.ts';
import type { PartUpdate, Payload, Range } from './payload.ts';

/** The clock of a document that its writer has finished with: its name is never used again. */
export const RETIRED = -1;

/**
 * Documents of one device that live at a time. Honest devices need 16 for records and one for each month in which something
 * happened; while they are written anew, twice as many. What opens more does not count.
 */
export const MOST_LIVING = 1024;

export interface Progress {
	/** `did/part` -> Yjs clock. */
	readonly clocks: ReadonlyMap<string, number>;
	isLiving(key: string): boolean;
	/** Answers the documents that the updates continue. */
	follow(did: Did, payload: Pick<Payload, 'updates'>): readonly string[];
	/** Documents do not reach as far as this body. */
	lacks(did: Did, payload: Payload): boolean;
	/** These documents end, and former generations of them. */
	retire(did: Did, parts: readonly string[]): void;
}

export function followProgress(initial: Iterable<readonly [string, number]> = []): Progress {
	const clocks = new Map(initial);
	const isLiving = (key: string) => (clocks.get(key) ?? RETIRED) !== RETIRED;
	const living = (did: Did) =>
		[...clocks.keys()].filter((key) => key.startsWith(`${did}/`) && isLiving(key)).length;
	return {
		clocks,
		isLiving,
		follow(did, { updates }) {
			const isNew = ({ part }: PartUpdate) => !clocks.has(`${did}/${part}`);
			let room = updates.some(isNew) ? MOST_LIVING - living(did) : 0;
			return updates.flatMap((update) => {
				const { part, from, clock } = update;
				const key = `${did}/${part}`;
				if (isNew(update) && room-- <= 0) return [];
				const continues = from === (clocks.get(key) ?? 0);
				// Known even if not: the document exists, and waits.
				if (continues || !clocks.has(key)) clocks.set(key, continues ? clock : 0);
				return continues ? [key] : [];
			});
		},
		lacks: (did, { updates, retires }) =>
			retires !== undefined ||
			updates.some(({ part, clock }) => (clocks.get(`${did}/${part}`) ?? 0) < clock),
		retire(did, parts) {
			const own = [...clocks.keys()].filter((key) => key.startsWith(`${did}/`));
			for (const part of parts) {
				clocks.set(`${did}/${part}`, RETIRED);
				for (const key of own)
					if (endsWith(part, key.slice(did.length + 1))) clocks.set(key, RETIRED);
			}
		},
	};
}

/** Numbers as ranges of consecutive ones. */
export function toRanges(seqs: readonly number[]): Range[] {
	const ranges: [number, number][] = [];
	for (const seq of [...new Set(seqs)].sort((a, b) => a - b)) {
		const last = ranges.at(-1);
		if (last && last[1] === seq - 1) last[1] = seq;
		else ranges.push([seq, seq]);
	}
	return ranges;
}

export const seqsIn = (ranges: readonly Range[]): readonly number[] =>
	ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

export const inRanges = (ranges: readonly Range[], seq: number): boolean =>
	ranges.some(([first, last]) => seq >= first && seq <= last);

/** Two lists of ranges as one, as far as it lies before `end`: never longer than the chain, whatever the lists say. */
export function joinRanges(
	a: readonly Range[],
	b: readonly Range[],
	end: number,
): readonly Range[] {
	const joined: [number, number][] = [];
	for (const [first, last] of [...a, ...b].sort((one, other) => one[0] - other[0])) {
		const before = joined.at(-1);
		if (first >= end) break;
		if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
		else joined.push([first, last]);
	}
	return joined;
}
