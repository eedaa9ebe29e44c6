/**
 * Entries that only say again what was said before: documents written anew, chains taken over. They change no record, so the trail
 * passes them by; but what an entry calls itself proves nothing, and once documents have ended nobody can compare any more. So it is
 * looked at while both are here, and noted.
 */
import { groupBy } from '#core/group.ts';
import type { Log } from '#log/log.ts';
import { goesOn, isSame, keyOfCell, type Cell } from '#replica/cell.ts';
import type { Replica } from '#replica/replica.ts';

interface Source {
	readonly log: Log;
	readonly replica: Replica;
}

/** Of the entries in these documents that call themselves `verb`, those that say what `said` says and take nothing back. */
export async function repeatsIn(
	{ log, replica }: Source,
	did: string,
	verb: string,
	parts: readonly string[],
	said: readonly Cell[],
): Promise<readonly number[]> {
	const words = groupBy(said, keyOfCell);
	const seqs: number[] = [];
	for (const part of parts) {
		const entries = await log.partEntries(did, part);
		if (!entries.some(({ payload }) => payload.intent.verb === verb)) continue;
		const replay = replica.replay(did, part);
		const latest = new Map<string, Cell>();
		for (const { seq, payload } of entries) {
			const { intent, updates } = payload;
			const cells = await replay.apply(updates.filter((one) => one.part === part));
			const isAgain = cells.every((cell) => {
				const before = latest.get(keyOfCell(cell));
				const isKnown = words.get(keyOfCell(cell))?.some((word) => isSame(word, cell));
				return isKnown && (!before || goesOn(before, cell));
			});
			for (const cell of cells) latest.set(keyOfCell(cell), cell);
			// What changes other documents as well was not looked at whole.
			if (intent.verb === verb && updates.length === 1 && cells.length && isAgain) seqs.push(seq);
		}
	}
	return seqs;
}
