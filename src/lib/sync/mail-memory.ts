/**
 * What a courier remembers of a mailbox between two rounds, per space: how far it has read, and what it has seen there with
 * its own eyes. Only frames that opened count: a mailbox full of rubbish holds nothing.
 */
import { addRange, covers, type Range, type Ranges } from './ranges.ts';

export interface SpaceMemory {
	mark: string | undefined;
	/** Topic of a chain -> what is there. */
	readonly chains: Record<string, Ranges>;
	/** Name of a frame of members -> ids of its entries. */
	readonly members: Record<string, readonly string[]>;
	/**
	 * How many membership entries were here when all frames of members that hold others were last read: what they hold may count
	 * once more have come, not before.
	 */
	tried?: number;
	/** Topics that belong to no device known so far. */
	readonly strangers: Record<string, true>;
}

export interface MailMemory {
	readonly spaces: Record<string, SpaceMemory>;
	/** When everything of this device was last known to be there, Unix ms. */
	confirmedAt?: number;
}

export const emptySpace = (): SpaceMemory => ({
	mark: undefined,
	chains: {},
	members: {},
	strangers: {},
});

export function shelve(memory: SpaceMemory, topic: string, range: Range): void {
	memory.chains[topic] = addRange(memory.chains[topic] ?? [], range);
}

export const shelved = (memory: SpaceMemory, topic: string, range: Range): boolean =>
	covers(memory.chains[topic] ?? [], range);

const NAME = /^(\d{1,15})-(\d{1,15})-[0-9a-f]{8}$/;
const digits = (seq: number) => String(seq).padStart(9, '0');

/** The random end keeps two devices from writing one name with two contents. */
export const chainName = ([from, to]: Range): string => `${digits(from)}-${digits(to)}-${tail()}`;
export const membersName = (): string => `members-${tail()}${tail()}`;
const tail = () => crypto.randomUUID().slice(0, 8);

export function rangeOf(name: string): Range | undefined {
	const found = NAME.exec(name);
	const range = found && ([Number(found[1]), Number(found[2])] as const);
	return range && range[0] >= 1 && range[0] <= range[1] ? range : undefined;
}
