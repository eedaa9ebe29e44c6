/** What a round with a mailbox stands on: the mailbox, this device's side of it, and what is remembered of it. */
import type { Failure, Result } from '#core/result.ts';
import type { Clock } from '#core/clock.ts';
import type { Did } from '#crypto/device.ts';
import type { SealedEntry } from '#log/entry.ts';
import type { Log } from '#log/log.ts';
import type { Holds, Place } from './mail-frame.ts';
import { emptySpace, type MailMemory, type SpaceMemory } from './mail-memory.ts';
import { MailboxError, type Mailbox } from './mailbox.ts';
import { union, type Ranges } from './ranges.ts';

/** Bytes of bodies in one frame; a single larger entry goes alone. */
export const FRAME_BYTES = 160 * 1024;
/** Steps between two savings. */
const SAVE_EVERY = 32;

export interface MailSide {
	readonly log: Pick<
		Log,
		| 'device'
		| 'entries'
		| 'stalled'
		| 'membership'
		| 'membershipEntries'
		| 'missing'
		| 'receiveMembership'
		| 'vector'
	>;
	/** The ordinary path of received entries. */
	receive(entries: readonly SealedEntry[]): Promise<Result<unknown>>;
	/** One for each epoch whose key is held, newest last. */
	places(): Promise<readonly Place[]>;
	/** Another device's signed word of what it holds. */
	onHolds(did: Did, holds: Holds): void;
	readonly clock: Clock;
	/** After so long somebody else's entries that are missing there are brought by this device, ms. */
	readonly healAfter: number;
}

/** Lives as long as the courier. */
export interface RoundState {
	readonly memory: MailMemory;
	/** Names of frames that could not be used. */
	readonly bad: Set<string>;
	/** Since when somebody else's entries have been missing there. */
	readonly lackingSince: Map<Did, number>;
	/** What was here when everything was last read again in search of something held there and missing here. */
	searched: string;
	/** What was confirmed last, where. */
	confirmed: string;
	/** After each step worth keeping. */
	save(): Promise<void>;
}

export interface Visit {
	readonly mailbox: Mailbox;
	readonly side: MailSide;
	readonly state: RoundState;
	spaceOf(place: Place): SpaceMemory;
	/** What the mailbox holds of a chain, in whatever epoch's space. */
	held(did: Did): Promise<Ranges>;
	/** Something worth keeping was done. */
	step(): Promise<void>;
}

export function createVisit(mailbox: Mailbox, side: MailSide, state: RoundState): Visit {
	let steps = 0;
	const spaceOf = ({ space }: Place): SpaceMemory => (state.memory.spaces[space] ??= emptySpace());
	return {
		...{ mailbox, side, state, spaceOf },
		async held(did) {
			const parts = (await side.places()).map(
				async (place) => spaceOf(place).chains[await place.chain(did)] ?? [],
			);
			return union(...(await Promise.all(parts)));
		},
		async step() {
			if (++steps % SAVE_EVERY === 0) await state.save();
		},
	};
}

/** Ends the round. */
export function stopFor(failure: Failure): never {
	throw new MailboxError(failure);
}

export const must = <T>(result: Result<T>): T => (result.ok ? result.value : stopFor(result.error));
