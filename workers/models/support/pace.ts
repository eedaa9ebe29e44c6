/**
 * Long computations report, let other messages in, and stop when asked. `pace` gives the event loop a turn at most
 * every few milliseconds, so it may be called often; a cancelled job leaves through `Cancelled`, which `runModel` alone catches.
 */
import type { ModelContext } from '#analysis/contract.ts';

export class Cancelled extends Error {}

/** A macrotask, without the 4 ms that nested timers cost. */
export function turn(): Promise<void> {
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			port1.close();
			resolve();
		};
		port2.postMessage(0);
	});
}

export type Pace = (fraction?: number) => Promise<void>;

export function createPace(context: ModelContext, sliceMs = 16): Pace {
	let last = -Infinity;
	return async (fraction) => {
		const time = performance.now();
		if (time - last > sliceMs) {
			if (fraction !== undefined) context.progress(fraction);
			await turn();
			last = performance.now();
		}
		if (context.cancelled()) throw new Cancelled();
	};
}
