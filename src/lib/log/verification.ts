/**
 * A chain read again from its first entry to its end, for people: every hash, link, signature and body is checked, and where a body
 * is not here, that something accounts for it. Changes nothing.
 */
import { equalBytes, type Bytes } from '#core/bytes.ts';
import { fail, type Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import type { LogContext } from './chains.ts';
import { isSigned, openBody, readEntry } from './check.ts';
import { NO_HASH, entryId } from './entry.ts';
import type { Gap, StoredEntry } from './log-store.ts';
import type { Payload, Range } from './payload.ts';
import { inRanges, joinRanges } from './progress.ts';
import { readRows } from './rows.ts';

/** Why a body is not here: nobody needs it any more, it is wanted, or it was left with the others on purpose. */
export type Without = 'ended' | 'wanted' | 'leftOut';

export interface Verified {
	readonly seq: number;
	/** Why the entry is not genuine, or not here. */
	readonly why?: string;
	readonly without?: Without;
}

export interface Verification {
	/** Every place of a chain, each once. */
	verify(did: Did): AsyncGenerator<Verified>;
}

/** Without an id behind a place whose entry is lost: what follows cannot be held against it. */
interface Place {
	readonly seq: number;
	readonly id?: Bytes;
}

const LOST = 'It is not here any more.';
const withoutBody = (gap: Gap): Without => (gap === 1 ? 'wanted' : 'leftOut');

export function createVerification({
	wid,
	keyring,
	members,
	store,
	chains,
}: LogContext): Verification {
	async function check(row: StoredEntry, before: Place): Promise<Result<Payload>> {
		if (!row.head.length) return fail('Damaged', LOST);
		const read = await readEntry(row, wid, members.state);
		if (!read.ok) return read;
		const head = read.value;
		if (!equalBytes(await entryId(row.head), row.id))
			return fail('Damaged', 'Its bytes are not those it was named by.');
		const follows = !before.id || equalBytes(head.prev, before.id);
		if (head.did !== row.did || head.seq !== before.seq + 1 || !follows)
			return fail('Damaged', 'It does not follow the one before it.');
		const end = chains.heads.get(row.did);
		if (end?.seq === row.seq && !equalBytes(end.id, row.id))
			return fail('Damaged', 'The chain ended with another entry.');
		if (!(await isSigned(row, head, members.state)))
			return fail('Damaged', 'Its signature is wrong.');
		const body = await openBody(head, row.ct, keyring);
		return body ?? fail('Damaged', 'The key that opens it is not here.');
	}

	return {
		async *verify(did) {
			let before: Place = { seq: 0, id: NO_HASH };
			const bodiless: number[] = [];
			/** What entries list as obsolete, and what those that count do. */
			let listed: readonly Range[] = [];
			let counted: readonly Range[] = [];
			const chain = () => chains.heads.get(did)!;
			function* lostBefore(seq: number): Generator<Verified> {
				for (let at = before.seq + 1; at < seq; at++) yield { seq: at, why: LOST };
				if (before.seq < seq - 1) before = { seq: seq - 1 };
			}

			// What is written meanwhile may end bodies that are read after that.
			for (let last; (last = chain().seq) > before.seq;) {
				for await (const row of readRows(store, did, before.seq + 1, last)) {
					const { seq, id, ct, gap } = row;
					yield* lostBefore(seq);
					const checked = await check(row, before);
					before = id.length ? { seq, id } : { seq };
					if (!checked.ok) {
						yield { seq, why: checked.error.message };
						continue;
					}
					listed = joinRanges(listed, checked.value.obsolete ?? [], seq);
					if (seq <= chain().applied) counted = listed;
					if (ct.length) yield { seq };
					else if (gap) yield { seq, without: withoutBody(gap) };
					else bodiless.push(seq);
				}
				yield* lostBefore(last + 1);
			}

			const { applied, taken } = chain();
			// Late edits lose their bodies to any erasure, also to one that turns out not to count.
			const hasErased = members.state.acts.some(({ type }) => type === 'erase');
			const isEnded = (seq: number) =>
				seq <= applied ? taken || inRanges(counted, seq) : hasErased || inRanges(listed, seq);
			for (const seq of bodiless) {
				if (isEnded(seq)) {
					yield { seq, without: 'ended' };
					continue;
				}
				// A cut that came meanwhile may want it again.
				const gap = (await store.get(did, seq))?.gap;
				if (gap) yield { seq, without: withoutBody(gap) };
				else yield { seq, why: 'Its body is not here, and nothing says why.' };
			}
		},
	};
}
