/**
 * Erasing as it is asked for, and who has not confirmed yet. One act of a person takes as many entries as its ids need, all with
 * one moment: by that they are told to be one.
 */
import { groupBy } from '#core/group.ts';
import { isRecordId } from '#core/id.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import type { Log } from '#log/log.ts';
import { belongs, type Membership } from '#log/membership.ts';
import type { Erasing } from './workspace.ts';

/** Ids are at most 61 bytes long, and an entry holds 16 KiB. */
const MOST_IN_ONE = 200;

/** A refusal in the middle says so; asked for again, it goes on with what is left. */
export async function signErasure(
	log: Log,
	ids: readonly string[],
	now: number,
): Promise<Result<void>> {
	if (!ids.every(isRecordId))
		return fail('Invalid', 'Only records are erased for good: one of these is none.');
	const left = [...new Set(ids)].filter((id) => !log.membership.erasedIds.has(id));
	for (let at = 0; at < left.length; at += MOST_IN_ONE) {
		const op = { type: 'erase', ids: left.slice(at, at + MOST_IN_ONE) } as const;
		const signed = await log.sign(op, now);
		if (!signed.ok) return at ? inPart(signed.error) : signed;
	}
	return ok(undefined);
}

const inPart = (error: Failure): Result<void> => ({
	ok: false,
	error: { ...error, message: `A part is erased. Erase again for the rest: ${error.message}` },
});

/** `late`: ended devices whose late edits must be decided on before it can go on. */
export function erasuresIn(membership: Membership, late: ReadonlySet<string>): Erasing[] {
	const { devices, acts, erasures } = membership;
	const here = [...devices.keys()].filter((did) => belongs(membership, did));
	const claimed = new Map(acts.map(({ id, at }) => [id, at]));
	const asked = groupBy(erasures, ({ id, by }) => `${by} ${claimed.get(id)}`);
	return [...asked.values()].map((entries) => {
		const { id, by, at } = entries[0]!;
		const waiting = here.filter((did) => entries.some(({ done }) => !done.has(did)));
		const count = entries.reduce((sum, { ids }) => sum + ids.length, 0);
		return { id, by, at, count, waiting, late: waiting.length ? [...late] : [] };
	});
}
