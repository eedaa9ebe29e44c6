/**
 * What one peer may cost (R9). Entries that this device asked for are paid for by its own asking; everything else is counted.
 */
import type { SignedEntry } from '#log/entry.ts';

export interface Meter {
	/** False when it is too much. */
	spend(bytes: number): boolean;
}

export const MOST_STRANGERS = 8;
const MESSAGES_A_SECOND = 200;
const BYTES_A_SECOND = 5 * 1024 * 1024;
/** A burst as long as this is nobody's fault: a phone that wakes up has much to say. */
const BURST_SECONDS = 3;

/** Two token buckets. */
export function createMeter(now: () => number): Meter {
	let at = now();
	let messages = MESSAGES_A_SECOND * BURST_SECONDS;
	let bytes = BYTES_A_SECOND * BURST_SECONDS;
	return {
		spend(size) {
			const seconds = Math.max(0, now() - at) / 1000;
			at = now();
			messages = Math.min(
				messages + seconds * MESSAGES_A_SECOND,
				MESSAGES_A_SECOND * BURST_SECONDS,
			);
			bytes = Math.min(bytes + seconds * BYTES_A_SECOND, BYTES_A_SECOND * BURST_SECONDS);
			messages -= 1;
			bytes -= size;
			return messages >= 0 && bytes >= 0;
		},
	};
}

/** The parts of a list that comes in several messages. */
export interface Gatherer {
	/** False when all of them take too much room. */
	add(entries: readonly SignedEntry[]): boolean;
	take(): readonly SignedEntry[];
}

/** Of an entry in memory, however short: what is gathered is counted in bytes, or many empty ones would be for nothing. */
const ENTRY_BYTES = 256;

export function createGatherer(mostBytes: number): Gatherer {
	let gathered: SignedEntry[] = [];
	let bytes = 0;
	return {
		add(entries) {
			for (const entry of entries) {
				gathered.push(entry);
				bytes += entry.head.length + entry.sig.length + ENTRY_BYTES;
			}
			return bytes <= mostBytes;
		},
		take() {
			const all = gathered;
			gathered = [];
			bytes = 0;
			return all;
		},
	};
}
