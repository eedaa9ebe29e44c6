/**
 * Hybrid logical clock in whole milliseconds: max(wall, seen + 1, last + 1). It orders edits and dates them for display;
 * it never decides who may do what. A stamp from a hundred years ahead is nobody's clock: following it would let one device
 * push everybody's stamps out of the range of whole numbers.
 */
import type { Clock } from './clock.ts';

export type Hlc = number;

export interface HybridClock {
	next(): Hlc;
	observe(seen: Hlc): void;
}

const NOBODYS_CLOCK = 100 * 366 * 86_400_000;

export function createHybridClock(clock: Clock, last: Hlc = 0): HybridClock {
	let latest = last;
	return {
		next: () => (latest = Math.max(clock(), latest + 1)),
		observe: (seen) => {
			if (seen - clock() < NOBODYS_CLOCK) latest = Math.max(latest, seen);
		},
	};
}
