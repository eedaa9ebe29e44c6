/**
 * Entries that are in the log already and in no document or table yet. While much is coming it is stored first: from then on it
 * is safe, can be passed on and need not come again. It is read afterwards, a piece at a time, so that edits get in between.
 */
import type { OpenedEntry } from '#log/log.ts';

export interface Arrivals {
	/** Of the updates that wait. */
	readonly bytes: number;
	readonly length: number;
	add(entries: readonly OpenedEntry[]): void;
	isOf(did: string): boolean;
	/** The next piece, in the order of arrival. */
	next(): readonly OpenedEntry[];
	/** Everything that waits; nothing does afterwards. */
	clear(): readonly OpenedEntry[];
}

/** Bytes of updates read at once: a fraction of a second's work. */
const PIECE = 2 * 1024 * 1024;

export function createArrivals(): Arrivals {
	const waiting: OpenedEntry[] = [];
	let bytes = 0;
	function take(count: number): readonly OpenedEntry[] {
		const taken = waiting.splice(0, count);
		bytes -= total(taken);
		return taken;
	}
	return {
		get bytes() {
			return bytes;
		},
		get length() {
			return waiting.length;
		},
		add(entries) {
			waiting.push(...entries);
			bytes += total(entries);
		},
		isOf: (did) => waiting.some((entry) => entry.did === did),
		next() {
			let size = 0;
			const end = waiting.findIndex((entry) => (size += total([entry])) >= PIECE);
			return take(end < 0 ? waiting.length : end + 1);
		},
		clear: () => take(waiting.length),
	};
}

const total = (entries: readonly OpenedEntry[]): number => {
	let bytes = 0;
	for (const { payload } of entries)
		for (const { update } of payload.updates) bytes += update.length;
	return bytes;
};
