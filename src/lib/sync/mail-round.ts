/**
 * One round with a mailbox: take what came, bring what is missing there, confirm what this device holds. A round can stop
 * anywhere and be done again; what it has learned stays in `memory`. Nothing that somebody put into the mailbox can stop one.
 */
import { fail, ok, type Result } from '#core/result.ts';
import { bringTo } from './mail-bringing.ts';
import type { MailMemory } from './mail-memory.ts';
import { takeFrom } from './mail-taking.ts';
import { createVisit, type MailSide, type RoundState } from './mail-visit.ts';
import { MailboxError, type Mailbox } from './mailbox.ts';
import { union, type Ranges } from './ranges.ts';

export interface Round {
	/** New entries came in. */
	readonly taken: number;
	readonly brought: number;
}

export async function goRound(
	mailbox: Mailbox,
	side: MailSide,
	state: RoundState,
): Promise<Result<Round>> {
	const visit = createVisit(mailbox, side, state);
	try {
		const taken = await takeFrom(visit);
		const brought = await bringTo(visit);
		if (brought) for (const { space } of await side.places()) mailbox.announce(space);
		return ok({ taken, brought });
	} catch (error) {
		if (error instanceof MailboxError) return fail(error.failure.type, error.failure.message);
		throw error;
	} finally {
		await state.save();
	}
}

/** What of this device's chain is in the mailbox, as far as it has been seen. */
export async function heldOfOwn(side: MailSide, memory: MailMemory): Promise<Ranges> {
	const { did } = side.log.device;
	const held: Ranges[] = [];
	for (const place of await side.places())
		held.push(memory.spaces[place.space]?.chains[await place.chain(did)] ?? []);
	return union(...held);
}
