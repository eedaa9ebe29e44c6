/**
 * A world with its own time, chance and network: nothing in it waits for the real clock, and everything follows from the seed.
 * Events happen one at a time; the next one starts when all that the last one set off has come to rest.
 */
import { createRandom, type Random } from '#core/random.ts';
import { createSimCrypto } from './webcrypto.ts';

export interface World {
	readonly random: Random;
	/** Milliseconds since 1970 in the world. */
	now(): number;
	/** Runs `task` after so many milliseconds of the world's time. */
	later(ms: number, task: () => void): void;
	/** Lets the world run on for so long; everything due until then happens, in order. */
	run(ms: number): Promise<void>;
	/** Everything that was set off has come to rest; no time passes. */
	settle(): Promise<void>;
	/** Lets time pass until the promise is settled; a thing that never ends is an error. */
	until<T>(promise: Promise<T>): Promise<T>;
}

const LONGEST = 600_000;

interface Timer {
	readonly at: number;
	readonly order: number;
	readonly task: () => void;
}

const START = Date.UTC(2026, 0, 1);
const real = {
	setTimeout: globalThis.setTimeout,
	clearTimeout: globalThis.clearTimeout,
	setImmediate: globalThis.setImmediate,
	now: Date.now,
	crypto: Object.getOwnPropertyDescriptor(globalThis, 'crypto')!,
};
const simCrypto = createSimCrypto();

/** Runs `scenario` in a world of its own; the process has its time and chance back when it ends. */
export async function inWorld<T>(seed: number, scenario: (world: World) => Promise<T>): Promise<T> {
	const random = createRandom(seed);
	const timers = new Map<number, Timer>();
	let now = START;
	let order = 0;
	simCrypto.reseed(createRandom(seed ^ 0x5eed));

	const at = (ms: number, task: () => void): number => {
		const id = ++order;
		timers.set(id, { at: now + Math.max(0, ms), order: id, task });
		return id;
	};
	async function settle(): Promise<void> {
		await new Promise<void>((resolve) => real.setImmediate(resolve));
		if (simCrypto.exhausted) throw new Error('Something is signed again and again, without end.');
	}
	const world: World = {
		random,
		now: () => now,
		later: (ms, task) => void at(ms, task),
		async run(ms) {
			const end = now + ms;
			for (;;) {
				await settle();
				let next: Timer | undefined;
				for (const timer of timers.values())
					if (
						timer.at <= end &&
						(!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
					)
						next = timer;
				if (!next) break;
				timers.delete(next.order);
				now = Math.max(now, next.at);
				next.task();
			}
			now = end;
		},
		settle,
		async until(promise) {
			let settled = false;
			const end = now + LONGEST;
			const done = promise.finally(() => (settled = true));
			done.catch(() => {});
			await settle();
			while (!settled && now < end) await world.run(100);
			if (!settled) throw new Error('Something never ended.');
			return done;
		},
	};

	globalThis.setTimeout = ((task: () => void, ms = 0) => at(ms, task)) as never;
	globalThis.clearTimeout = ((id: number) => void timers.delete(id)) as never;
	Date.now = () => now;
	Object.defineProperty(globalThis, 'crypto', { value: simCrypto.crypto, configurable: true });
	try {
		return await scenario(world);
	} finally {
		globalThis.setTimeout = real.setTimeout;
		globalThis.clearTimeout = real.clearTimeout;
		Date.now = real.now;
		Object.defineProperty(globalThis, 'crypto', real.crypto);
	}
}
