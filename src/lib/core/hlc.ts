/**
 * Hybrid logical clock in whole milliseconds: max(wall, seen + 1, last + 1). It orders edits and dates them for display;
 * it never decides who may do what.
 */
import type { Clock } from './clock.ts';

export type Hlc = number;

export interface HybridClock {
	next(): Hlc;
	observe(seen: Hlc): void;
}

export function createHybridClock(clock: Clock, last: Hlc = 0): HybridClock {
	let latest = last;
	return {
		next: () => (latest = Math.max(clock(), latest + 1)),
		observe: (seen) => {
			latest = Math.max(latest, seen);
		},
	};
}
