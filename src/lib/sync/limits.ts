/**
 * What one peer may cost (R9). Entries that this device asked for are paid for by its own asking; everything else is counted.
 */
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
