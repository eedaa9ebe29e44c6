/**
 * What the membership asks of data that is here already: chains that end earlier (or later) than they were followed, documents
 * that their writers are finished with, records that were erased. Every step can be cut off and is taken up at the next
 * opening.
 */
import type { Clock } from '#core/clock.ts';
import { endsWith, withoutGeneration } from '#core/part-name.ts';
import type { Did } from '#crypto/device.ts';
import type { Log } from '#log/log.ts';
import { readOperation } from '#log/operations.ts';
import type { Projection } from '#readmodel/projection.ts';
import { goesOn, isSame, keyOfCell, type Cell } from '#replica/cell.ts';
import { cellsIn, type Replica } from '#replica/replica.ts';
import { createErasing } from './erasing.ts';
import type { OwnChain } from './own-chain.ts';
import type { Projecting } from './projecting.ts';
import { repeatsIn } from './repeats.ts';

interface Needs {
	readonly log: Log;
	readonly replica: Replica;
	readonly tables: Projection;
	readonly projecting: Projecting;
	readonly clock: Clock;
	readonly chain: OwnChain;
	forgetErased(ids: ReadonlySet<string>): Promise<void>;
}

export interface Upkeep {
	/** Brings documents and tables to where the membership says; true when something moved. */
	run(): Promise<boolean>;
	/** `run` may go further when more entries have come. */
	readonly waiting: boolean;
	/** Ended devices whose late edits a person must decide on before an erasure can go on. */
	readonly late: ReadonlySet<Did>;
	/** Ends the documents that their writers retired. */
	retire(): Promise<void>;
	/** A cached document that does not say what the log says is made again from it, and the rows with it; how many records differed. */
	recheck(did: string, part: string): Promise<number>;
	/** The cells of documents whose missing bodies came. `did/part`. */
	readAgain(parts: ReadonlySet<string>): Promise<readonly Cell[]>;
}

interface Replacement {
	readonly said: readonly Cell[];
	/** The documents that take over. */
	readonly next: readonly string[];
}

interface Lost {
	/** Records whose rows must be made again. */
	readonly lost: ReadonlySet<string>;
	/** Those of which less is said, or something else at the same moment: for the trail. */
	readonly takenBack: ReadonlySet<string>;
}

const NOTHING_LOST: Lost = { lost: new Set(), takenBack: new Set() };

export function createUpkeep(needs: Needs): Upkeep {
	const { log, replica, projecting } = needs;
	const own = log.device.did;
	const broughtBack = new Set<string>();
	const erasing = createErasing(needs);

	async function run(): Promise<boolean> {
		let moved = false;
		for (const did of log.misaligned()) {
			await realign(did);
			moved = true;
		}
		await retire();
		moved = (await bringBack()) || moved;
		return (await erasing.run()) || moved;
	}

	/** An erasure by somebody who turns out to have had no right to it: what others still hold of the records is shown again. */
	async function bringBack(): Promise<boolean> {
		const { acts, erasedIds } = log.membership;
		const ids = new Set<string>();
		for (const { id, effective, op } of acts) {
			const said = readOperation(op);
			if (said?.type !== 'erase' || effective || broughtBack.has(id)) continue;
			broughtBack.add(id);
			for (const one of said.ids) if (!erasedIds.has(one)) ids.add(one);
		}
		await projecting.remake(ids);
		return ids.size > 0;
	}

	/** A chain counts further, or less far, than it was followed. */
	async function realign(did: string): Promise<void> {
		const before = await cellsOf(did);
		await replica.forget(did, log.partsOf(did));
		await projecting.whileAllInDoubt(
			async () => {
				await log.align(did);
				return true;
			},
			async () => differing(before, await cellsOf(did)),
		);
		await projecting.mark(did, log.chain(did)!.applied);
	}

	async function cellsOf(did: string, parts = log.partsOf(did)): Promise<Map<string, Cell>> {
		const cells = new Map<string, Cell>();
		for (const part of parts)
			for (const cell of await replica.cells(did, part))
				cells.set(`${part} ${keyOfCell(cell)}`, cell);
		return cells;
	}

	async function retire(): Promise<void> {
		for (const { did, seq } of log.retirements()) {
			const [entry] = await first(log.opened(did, seq, seq));
			const retired = entry?.payload.retires ?? [];
			const replaced = await replacements(did, retired);
			const { lost, takenBack } = did === own ? NOTHING_LOST : await lostWith(did, replaced);
			const repeats = await repeatsWith(did, replaced);
			const living = log.partsOf(did);
			await projecting.doubt(lost);
			const done = await log.retire(did, seq, { takenBack: [...takenBack], repeats });
			if (!done.ok) return;
			const left = new Set(log.partsOf(did));
			await replica.drop(
				did,
				living.filter((part) => !left.has(part)),
			);
		}
	}

	/** By what both are of: what the living documents say that end with these, and those that take over. */
	async function replacements(
		did: string,
		retired: readonly string[],
	): Promise<readonly Replacement[]> {
		const isOld = (name: string) => retired.some((one) => endsWith(one, name));
		const found: Replacement[] = [];
		for (const part of new Set(retired.map(withoutGeneration))) {
			const names = log.partsOf(did).filter((name) => withoutGeneration(name) === part);
			const said = await cellsIn(replica, did, names.filter(isOld));
			found.push({ said, next: names.filter((name) => !isOld(name)) });
		}
		return found;
	}

	/** Records some of whose cells do not stand in the documents that take over: a device may take back what it said. */
	async function lostWith(did: string, replaced: readonly Replacement[]): Promise<Lost> {
		const lost = new Set<string>();
		const takenBack = new Set<string>();
		for (const { said, next } of replaced) {
			const after = byKey(await cellsIn(replica, did, next));
			for (const [key, cell] of byKey(said))
				if (!goesOn(cell, after.get(key))) {
					lost.add(cell.id);
					if ((after.get(key)?.hlc ?? -1) <= cell.hlc) takenBack.add(cell.id);
				}
		}
		return { lost, takenBack };
	}

	async function repeatsWith(
		did: string,
		replaced: readonly Replacement[],
	): Promise<readonly number[]> {
		const seqs: number[] = [];
		for (const { said, next } of replaced)
			if (said.length)
				seqs.push(...(await repeatsIn({ log, replica }, did, 'rewrite', next, said)));
		return seqs;
	}

	async function recheck(did: string, part: string): Promise<number> {
		const before = await cellsOf(did, [part]);
		await replica.drop(did, [part]);
		const ids = differing(before, await cellsOf(did, [part]));
		await projecting.remake(ids);
		return ids.size;
	}

	return {
		run,
		get waiting() {
			return erasing.waiting;
		},
		late: erasing.late,
		retire,
		recheck,
		async readAgain(parts) {
			erasing.lookAgain();
			const cells: Cell[] = [];
			for (const key of parts) {
				const [did, part] = key.split('/') as [string, string];
				await replica.forget(did, [part]);
				cells.push(...(await replica.cells(did, part)));
			}
			return cells;
		},
	};
}

const byKey = (cells: readonly Cell[]) => new Map(cells.map((cell) => [keyOfCell(cell), cell]));

function differing(before: ReadonlyMap<string, Cell>, after: ReadonlyMap<string, Cell>) {
	const ids = new Set<string>();
	const isIn = (cells: ReadonlyMap<string, Cell>, key: string, cell: Cell) =>
		cells.has(key) && isSame(cells.get(key)!, cell);
	for (const [key, cell] of before) if (!isIn(after, key, cell)) ids.add(cell.id);
	for (const [key, cell] of after) if (!isIn(before, key, cell)) ids.add(cell.id);
	return ids;
}

async function first<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
	for await (const item of items) return [item];
	return [];
}
