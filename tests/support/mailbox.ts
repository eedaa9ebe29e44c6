/** Mailboxes in memory: one that gives what is new, as a relay does, and one that gives everything in any order, as a folder does. */
import type { Bytes } from '#core/bytes.ts';
import { ok, unwrap } from '#core/result.ts';
import { placeOf } from '#sync/mail-frame.ts';
import { goRound } from '#sync/mail-round.ts';
import type { RoundState } from '#sync/mail-visit.ts';
import { LATEST, type Frame, type Mailbox } from '#sync/mailbox.ts';
import type { MemoryDevice } from './memory.ts';

interface Kept {
	/** Grows by one with each frame. */
	readonly at: number;
	readonly space: string;
	readonly topic: string;
	readonly name: string;
	readonly bytes: Bytes;
}

export interface MemoryMailbox extends Mailbox {
	readonly frames: readonly Kept[];
	/** Names of the frames that were loaded, in order. */
	readonly loaded: string[];
}

export function createMemoryMailbox(kind: 'relay' | 'folder'): MemoryMailbox {
	let kept: readonly Kept[] = [];
	const loaded: string[] = [];
	let last = 0;
	const keep = (frame: Omit<Kept, 'at'>) => (kept = [...kept, { ...frame, at: ++last }]);
	return {
		get frames() {
			return kept;
		},
		loaded,
		async read(space, mark) {
			const whole = kind === 'folder' || mark === undefined;
			const asked = kept.filter(
				(frame) => frame.space === space && (whole || frame.at > Number(mark)),
			);
			// Names in a folder are random: this is the unluckiest order.
			if (kind === 'folder') asked.reverse();
			const all = asked.map((frame): Frame => ({
				...frame,
				mark: kind === 'relay' ? String(frame.at) : undefined,
				async load() {
					loaded.push(frame.name);
					return frame.bytes;
				},
			}));
			const frames = (async function* () {
				yield* all;
			})();
			return ok({ whole, frames });
		},
		async append(space, topic, name, bytes, mark) {
			const follows = mark !== undefined && Number(mark) === last;
			keep({ space, topic, name, bytes });
			return ok(follows ? String(last) : mark);
		},
		async replace(space, topic, bytes) {
			kept = kept.filter((frame) => frame.topic !== topic || frame.space !== space);
			keep({ space, topic, name: LATEST, bytes });
			return ok(undefined);
		},
		announce() {},
		onNews: () => () => {},
		closed: false,
		async close() {},
	};
}

export const placesOf = ({ store: { log } }: MemoryDevice) =>
	Promise.all(log.keyring.all().map((epoch) => placeOf(epoch)));

/** A device's rounds with one mailbox, as its courier goes them. */
export function roundsOf(device: MemoryDevice, mailbox: Mailbox) {
	const { store } = device;
	const state: RoundState = {
		memory: { spaces: {} },
		bad: new Set(),
		lackingSince: new Map(),
		searched: '',
		confirmed: '',
		async save() {},
	};
	return async (log: Partial<typeof store.log> = {}) =>
		unwrap(
			await goRound(
				mailbox,
				{
					log: Object.assign(Object.create(store.log) as typeof store.log, log),
					receive: (entries) => store.receive(entries),
					places: () => placesOf(device),
					onHolds() {},
					clock: Date.now,
					healAfter: 0,
				},
				state,
			),
		);
}
