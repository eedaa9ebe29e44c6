/**
 * Erasing for good (R13): out of the tables, of this device's own documents, of the quarantine, and of chains that ended. Those
 * nobody can write anew, so an owner takes over what is left of them, and then everybody lets their bodies go. A device confirms
 * when nothing of the record is left on it. Every step can be cut off and is taken up at the next opening.
 */
import { toHex, utf8 } from '#core/bytes.ts';
import { DAY, type Clock } from '#core/clock.ts';
import { sha256 } from '#crypto/hash.ts';
import type { Did } from '#crypto/device.ts';
import { cutsOf } from '#log/cuts.ts';
import type { Log } from '#log/log.ts';
import type { Payload } from '#log/payload.ts';
import { belongs, endOf, type Erasure, type Takeover } from '#log/membership.ts';
import type { Projection } from '#readmodel/projection.ts';
import { idsIn, keyOfCell, latestStamps, type Cell } from '#replica/cell.ts';
import { cellsIn, type Replica } from '#replica/replica.ts';
import type { OwnChain } from './own-chain.ts';
import type { Projecting } from './projecting.ts';
import { lateEntries, voidEntries } from './quarantine.ts';
import { repeatsIn } from './repeats.ts';

/** How long an erasure waits for the rest of a chain that has ended, and for a decision that this device cannot take. */
const PATIENCE = 30 * DAY;

export interface Erasing {
	/** True when something moved. */
	run(): Promise<boolean>;
	/** More entries may make it possible to go on. */
	readonly waiting: boolean;
	/** Ended devices whose late edits a person must decide on before it can go on. */
	readonly late: ReadonlySet<Did>;
	/** Bodies that had been missing came: what was erased may be here once more. */
	lookAgain(): void;
}

interface Needs {
	readonly log: Log;
	readonly replica: Replica;
	readonly tables: Projection;
	readonly projecting: Projecting;
	readonly clock: Clock;
	readonly chain: Pick<OwnChain, 'rewrite' | 'takeOver'>;
	/** What stands beside the log and the tables and names records. */
	forgetErased(ids: ReadonlySet<string>): Promise<void>;
}

export function createErasing(needs: Needs): Erasing {
	const { log, replica, tables, projecting, clock, chain, forgetErased } = needs;
	const own = log.device.did;
	let waiting = false;
	const late = new Set<Did>();
	/** A name of all that is erased, as far as it was known when the run began. */
	let erased = '';
	/** Where the quarantine was looked through already, and nothing is left to be done. */
	const purged = new Map<Did, string>();
	/** Of chains that are not here whole: those in which nothing was found. */
	const searched = new Map<Did, string>();
	/** Takeovers that leave something out. */
	const doubted = new Set<string>();

	const cellsOf = (did: Did) => cellsIn(replica, did, log.partsOf(did));
	/** All entries of an ended chain that count. */
	const hasCome = (did: Did) => log.chain(did)!.seq >= endOf(log.membership, did);
	const isErased = ({ id }: Cell) => log.membership.erasedIds.has(id);

	async function run(): Promise<boolean> {
		waiting = false;
		late.clear();
		const { erasures, erasedIds, devices } = log.membership;
		erased = toHex(await sha256(utf8([...erasedIds].sort().join())));
		const moved = await relinquish();
		const isPurged = await purgeQuarantine();
		if (!erasures.length || devices.get(own)?.ended) return moved;
		const due = erasures.filter(({ done }) => !done.has(own));
		if (due.length) {
			await tables.remake(erasedIds, []);
			await forgetErased(erasedIds);
		}
		// Also when all is confirmed: a chain that somebody had taken over may go on after all, and its bodies come back.
		const head = log.chain(own);
		if (head && head.cleared !== erased) {
			if (!(await eraseOwn())) return moved || due.length > 0;
			await log.markCleared(own, erased);
		}
		// Also when all is confirmed: a chain may end before the place where its writer had erased.
		const isClear = (await clearEnded(erasures)) && isPurged;
		if (!isClear || !due.length) return moved || due.length > 0;
		for (const { id } of due) await log.sign({ type: 'erased', erase: id }, clock());
		return true;
	}

	async function eraseOwn(): Promise<boolean> {
		const touched: string[] = [];
		for (const part of log.partsOf(own))
			if ((await replica.cells(own, part)).some(isErased)) touched.push(part);
		// Entries that carry other documents, too, would keep the erased cells in their bodies.
		const written = touched.length && (await chain.rewrite(await log.entangled(touched)));
		return !written || written.ok;
	}

	/** False while late edits wait in which something erased stands, or may stand. */
	async function purgeQuarantine(): Promise<boolean> {
		const { erasedIds, settled } = log.membership;
		let isClear = true;
		for (const did of erasedIds.size ? Object.keys(log.vector()) : []) {
			const end = endOf(log.membership, did);
			const { seq: last } = log.chain(did)!;
			const looked = [erased, end, last, settled.get(did)].join();
			if (last <= end || purged.get(did) === looked) continue;
			if (await purge(did)) purged.set(did, looked);
			else isClear = false;
		}
		return isClear;
	}

	/**
	 * A body holds what the next ones go on from, and may speak of other records, too: nothing goes before people have decided on all
	 * that is left to decide.
	 */
	async function purge(did: Did): Promise<boolean> {
		const seqs: number[] = [];
		let isOpen = false;
		for await (const entry of lateEntries(log, replica, did)) {
			const { seq, payload, cells, isAhead, waits } = entry;
			// A later value of a field does not name its record: what it goes on from says which that is.
			if (isAhead || cells.some(isErased) || speaksOfErased(payload)) seqs.push(seq);
			isOpen ||= waits && (isAhead || cells.some((cell) => !isErased(cell)));
		}
		if (!seqs.length) return true;
		isOpen &&= !isPastDeciding(did);
		if (isOpen) late.add(did);
		return !isOpen && (await log.dropBodies(did, seqs)).ok;
	}

	/** A branch of a chain that forked may be here alone: whoever decides does so on the one that they hold. */
	function isPastDeciding(did: Did): boolean {
		const { devices, settled, erasures } = log.membership;
		if (devices.get(own)?.role === 'owner') return false;
		const isForked = devices.get(did)?.ended === 'forked';
		const isOther = isForked && (settled.get(did) ?? 0) > endOf(log.membership, did);
		return isOther || isOverdue(erasures);
	}

	const isOverdue = (erasures: readonly Erasure[]): boolean =>
		erasures.some(({ at, done }) => !done.has(own) && clock() - at > PATIENCE);

	const speaksOfErased = ({ updates }: Payload): boolean =>
		updates.some(({ update }) => {
			for (const id of idsIn(update)) if (log.membership.erasedIds.has(id)) return true;
			return false;
		});

	/** False while a chain that ended holds something erased. */
	async function clearEnded(erasures: readonly Erasure[]): Promise<boolean> {
		let isClear = true;
		for (const did of Object.keys(log.vector())) {
			if (endOf(log.membership, did) === Infinity || !(await holdsErased(did))) continue;
			isClear = false;
			waiting = true;
			const isDecided = (await voidEntries(log, replica, did)).length === 0;
			if (!isDecided) late.add(did);
			if (!isTaker(erasures)) continue;
			if (!hasCome(did)) await endOverdue(did, erasures);
			// Nobody else may be here to take it over.
			await log.wantLeftOut(did);
			if (isDecided && (await mayBeTaken(did))) {
				const taken = await chain.takeOver(did);
				if (taken.ok) await log.sign({ type: 'takeover', device: did, seq: taken.value }, clock());
			}
		}
		return isClear;
	}

	/** Where a chain ends, its own device may have said, and named more than it ever wrote. What comes later waits in quarantine. */
	async function endOverdue(did: Did, erasures: readonly Erasure[]): Promise<void> {
		if (isOverdue(erasures)) await log.sign({ type: 'revoke', cuts: cutsOf(log, [did]) }, clock());
	}

	async function holdsErased(did: Did): Promise<boolean> {
		const { taken, cleared } = log.chain(did)!;
		if (taken) return false;
		if (!hasCome(did)) waiting = true;
		const end = endOf(log.membership, did);
		const looked = `${erased} ${end}`;
		if (cleared === erased || searched.get(did) === looked) return false;
		for await (const { payload } of log.opened(did, 1, end))
			if (speaksOfErased(payload)) return true;
		// A body that is still to come must be searched, too.
		if (await log.lacks(did, end)) searched.set(did, looked);
		else await log.markCleared(did, erased);
		return false;
	}

	/** Who asked for it, or while none of them is an owner with a chain that goes on, the first who is. */
	function isTaker(erasures: readonly Erasure[]): boolean {
		const owners = [...log.membership.devices.values()].filter(
			({ did, role, end }) => role === 'owner' && end === Infinity && belongs(log.membership, did),
		);
		const asked = owners.filter(({ did }) => erasures.some(({ by }) => by === did));
		return (asked.length ? asked : owners.slice(0, 1)).some(({ did }) => did === own);
	}

	/** It is here whole. (A late edit that waits could not be read any more without what it changes.) */
	async function mayBeTaken(did: Did): Promise<boolean> {
		const { takeovers } = log.membership;
		if (!hasCome(did) || takeovers.get(did)?.some(({ by }) => by === own)) return false;
		return !(await log.lacks(did, endOf(log.membership, did)));
	}

	/** Lets the chains go that somebody has taken over. */
	async function relinquish(): Promise<boolean> {
		let moved = false;
		for (const [did, takeovers] of log.membership.takeovers) {
			const head = log.chain(did);
			if (!head || head.taken) continue;
			waiting = true;
			if (!hasCome(did)) continue;
			const standing = await firstThat(takeovers, (one) => standsIn(did, one));
			if (!standing) continue;
			const cells = await cellsOf(did);
			const parts = log.partsOf(did);
			const { by } = standing;
			const repeats = await repeatsIn({ log, replica }, by, 'takeover', log.partsOf(by), cells);
			if (repeats.length) await log.markRepeats(by, repeats);
			const done = await projecting.whileAllInDoubt(
				async () => (await log.relinquish(did)).ok,
				async () => {
					await replica.drop(did, parts);
					return new Set(cells.map(({ id }) => id));
				},
			);
			moved ||= done;
		}
		return moved;
	}

	/** Whoever lies about it takes nothing from those who still hold it. */
	async function standsIn(did: Did, takeover: Takeover): Promise<boolean> {
		const name = [did, takeover.by, takeover.seq, erased].join();
		if (doubted.has(name) || !(await isHere(takeover))) return false;
		const words = latestStamps(await wordsOf(takeover.by));
		const stands = (await cellsOf(did)).every(
			(cell) => isErased(cell) || (words.get(keyOfCell(cell)) ?? -1) >= cell.hlc,
		);
		if (!stands) doubted.add(name);
		return stands;
	}

	async function isHere({ by, seq }: Takeover): Promise<boolean> {
		const head = log.chain(by);
		// Whoever takes over nothing needs not have written anything.
		if (!head || head.taken) return head !== undefined || seq === 0;
		return head.applied >= seq && !(await log.misses(by));
	}

	/** Of the taker, or of who took that one over meanwhile. */
	async function wordsOf(by: Did, seen: ReadonlySet<Did> = new Set()): Promise<readonly Cell[]> {
		const cells = [...(await cellsOf(by))];
		if (log.chain(by)?.taken)
			for (const next of log.membership.takeovers.get(by) ?? [])
				if (!seen.has(next.by)) cells.push(...(await wordsOf(next.by, new Set([...seen, by]))));
		return cells;
	}

	return {
		run,
		get waiting() {
			return waiting;
		},
		late,
		lookAgain() {
			purged.clear();
			searched.clear();
		},
	};
}

async function firstThat<T>(
	items: readonly T[],
	is: (item: T) => Promise<boolean>,
): Promise<T | undefined> {
	for (const item of items) if (await is(item)) return item;
	return undefined;
}
