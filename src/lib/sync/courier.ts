/**
 * Carries entries between this device and one mailbox, as long as it is open: a round when something changed here, when
 * another device announced something, and now and then. A failed round is tried again after a growing pause; what waits,
 * waits in the log.
 */
import { systemClock, type Clock } from '#core/clock.ts';
import type { Failure, Result } from '#core/result.ts';
import { placeOf, type Epoch, type Place } from './mail-frame.ts';
import type { MailMemory } from './mail-memory.ts';
import { goRound, heldOfOwn } from './mail-round.ts';
import type { MailSide, RoundState } from './mail-visit.ts';
import type { Mailbox } from './mailbox.ts';
import { count, missing, type Ranges } from './ranges.ts';

export interface CourierStatus {
	readonly state: 'connecting' | 'moving' | 'settled' | 'failing';
	/** Entries of this device that are not in the mailbox yet. */
	readonly waiting: number;
	/** When everything of this device was last known to be there, Unix ms. */
	readonly confirmedAt?: number;
	/** Frames there that nobody can use. */
	readonly bad: number;
	readonly trouble?: Failure;
}

export interface Courier {
	/** Something changed here. */
	nudge(): void;
	/** The way may be open again. */
	retry(): void;
	status(): CourierStatus;
	onChange(listener: () => void): () => void;
	/** Resolves when no round runs any more. */
	close(): Promise<void>;
}

export interface CourierOptions extends Pick<MailSide, 'log' | 'receive' | 'onHolds'> {
	/** Newest last. */
	epochs(): readonly Epoch[];
	open(): Promise<Result<Mailbox>>;
	load(): Promise<MailMemory | undefined>;
	save(memory: MailMemory): Promise<void>;
	/** Ms between two looks without a reason. */
	readonly every: number;
	readonly healAfter?: number;
	readonly clock?: Clock;
}

/** Edits of one moment travel in one frame. */
const GATHER_MS = 300;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** The device that wrote them may be on its way; and not all helpers come at once. */
const HEAL_AFTER_MS = 60_000 * (1 + Math.random());

export function startCourier(options: CourierOptions): Courier {
	const clock = options.clock ?? systemClock;
	const listeners = new Set<() => void>();
	const placesByKid = new Map<number, Promise<Place>>();
	let mailbox: Mailbox | undefined;
	let stopListening: (() => void) | undefined;
	let listening = '';
	let state: RoundState | undefined;
	/** Of this device's chain, what was known to be in the mailbox before and after each round. */
	let held: Ranges = [];
	let phase: CourierStatus['state'] = 'connecting';
	let trouble: Failure | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let due = Infinity;
	let running: Promise<void> | undefined;
	let again = false;
	let failures = 0;
	let closed = false;

	const side: MailSide = {
		log: options.log,
		receive: options.receive,
		onHolds: options.onHolds,
		places: () =>
			Promise.all(
				options.epochs().map((epoch) => {
					let place = placesByKid.get(epoch.kid);
					if (!place) placesByKid.set(epoch.kid, (place = placeOf(epoch)));
					return place;
				}),
			),
		clock,
		healAfter: options.healAfter ?? HEAL_AFTER_MS,
	};

	const changed = () => listeners.forEach((listener) => listener());
	const waiting = () => count(missing(held, options.log.vector()[options.log.device.did] ?? 0));

	async function remember(): Promise<RoundState> {
		const memory = (await options.load()) ?? { spaces: {} };
		return {
			memory,
			bad: new Set(),
			lackingSince: new Map(),
			searched: '',
			confirmed: '',
			save: () => options.save(memory),
		};
	}

	async function round(): Promise<Failure | undefined> {
		state ??= await remember();
		held = await heldOfOwn(side, state.memory);
		changed();
		if (!mailbox || mailbox.closed) {
			stopListening?.();
			listening = '';
			mailbox = undefined;
			const opened = await options.open();
			if (!opened.ok) return opened.error;
			mailbox = opened.value;
		}
		await listen(mailbox);
		phase = 'moving';
		changed();
		const went = await goRound(mailbox, side, state);
		return went.ok ? undefined : went.error;
	}

	async function listen(to: Mailbox): Promise<void> {
		const spaces = (await side.places()).map(({ space }) => space);
		if (listening === spaces.join()) return;
		stopListening?.();
		listening = spaces.join();
		stopListening = to.onNews(spaces, () => schedule(0));
	}

	/** Resolves to the pause until the next one, ms. */
	async function run(): Promise<number> {
		again = false;
		let failure: Failure | undefined;
		try {
			failure = await round();
		} catch (error) {
			console.error(error);
			failure = { type: 'Offline', message: String(error) };
		}
		if (state) held = await heldOfOwn(side, state.memory);
		failures = failure ? failures + 1 : 0;
		trouble = failure;
		phase = failure ? 'failing' : 'settled';
		if (state && !failure && !waiting()) {
			state.memory.confirmedAt = clock();
			if (!closed) await state.save();
		}
		changed();
		const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
		if (failure) return pause * (0.5 + Math.random() / 2);
		return again ? GATHER_MS : options.every;
	}

	/** A round in `ms`, or sooner if one is due sooner. */
	function schedule(ms: number): void {
		if (closed) return;
		if (running) {
			again = true;
			return;
		}
		const at = Date.now() + ms;
		if (at >= due) return;
		due = at;
		clearTimeout(timer);
		timer = setTimeout(() => {
			due = Infinity;
			running = run().then((pause) => {
				running = undefined;
				schedule(pause);
			});
		}, ms);
	}

	const wake = () => schedule(0);
	globalThis.addEventListener?.('online', wake);
	wake();

	return {
		nudge() {
			// While the mailbox cannot be reached, edits do not shorten the pause.
			if (!failures) schedule(GATHER_MS);
			changed();
		},
		retry: wake,
		status: () => ({
			state: phase,
			waiting: waiting(),
			bad: state?.bad.size ?? 0,
			...(state?.memory.confirmedAt !== undefined && { confirmedAt: state.memory.confirmedAt }),
			...(trouble && { trouble }),
		}),
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			closed = true;
			clearTimeout(timer);
			globalThis.removeEventListener?.('online', wake);
			stopListening?.();
			await mailbox?.close();
			await running;
		},
	};
}
