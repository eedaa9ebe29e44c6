/**
 * Void entries (R3): what a device wrote after its end, usually offline and in good faith. They wait here until an owner writes
 * them again in their own name, or lets them go. "Again" keeps what each edit meant to replace, so that a later edit by
 * somebody else stands beside it as a conflict and is not lost.
 */
import type { Log, OpenedEntry } from '#log/log.ts';
import { endOf } from '#log/membership.ts';
import type { WriteContext } from '#commands/context.ts';
import { statesOf } from '#readmodel/merge.ts';
import { isBase, keyOfCell, type Cell } from '#replica/cell.ts';
import type { Replica } from '#replica/replica.ts';

export interface VoidEntry {
	readonly seq: number;
	readonly hlc: number;
	readonly receivedAt: number;
	readonly verb: string;
	readonly cells: readonly Cell[];
	/** It goes on from something that is not here: what it says nobody can read here. */
	readonly isAhead: boolean;
}

interface LateEntry extends OpenedEntry, Pick<VoidEntry, 'cells' | 'isAhead'> {
	/** Somebody has to decide what becomes of it. */
	readonly waits: boolean;
}

/** All that is here of a chain beyond its end, oldest first. */
export async function* lateEntries(
	log: Log,
	replica: Replica,
	did: string,
): AsyncGenerator<LateEntry> {
	const end = endOf(log.membership, did);
	const settled = log.membership.settled.get(did) ?? 0;
	// A rewriting says nothing new, unless what it replaced was dropped for its sake and nobody has it any more.
	const isLast = await log.misses(did, end);
	const draft = replica.draft(did);
	for await (const entry of log.opened(did, end + 1)) {
		const { updates, intent } = entry.payload;
		const isAhead = await draft.areAhead(updates);
		const cells = await draft.apply(updates);
		const isNew = intent.verb !== 'rewrite' || (isLast && cells.length > 0);
		yield { ...entry, cells, isAhead, waits: entry.seq > settled && isNew };
	}
}

/** Those that wait, oldest first. */
export async function voidEntries(
	log: Log,
	replica: Replica,
	did: string,
): Promise<readonly VoidEntry[]> {
	const found: VoidEntry[] = [];
	for await (const { waits, payload, ...entry } of lateEntries(log, replica, did))
		if (waits) found.push({ ...entry, verb: payload.intent.verb });
	return found;
}

/** The cells that say again, as this device's own, what void entries said. */
export async function reauthored(
	context: WriteContext,
	entries: readonly Pick<VoidEntry, 'cells'>[],
): Promise<readonly Cell[]> {
	const latest = new Map<string, Cell>();
	for (const { cells } of entries) for (const cell of cells) latest.set(keyOfCell(cell), cell);
	const cells = [...latest.values()];
	const rows = new Map(
		(await context.rows(cells.map(({ id }) => id))).flatMap((row) => (row ? [[row.id, row]] : [])),
	);
	const { did } = context;
	const hlc = context.nextHlc();
	return cells.flatMap((cell): Cell[] => {
		if (!isBase(cell)) {
			const row = rows.get(cell.id);
			if (JSON.stringify(row?.v[cell.field]) === JSON.stringify(cell.value)) return [];
			// What this device itself had said there it has seen: without that, tables made again would bring back what that replaced.
			const said = row ? statesOf(row, cell.field).filter((state) => state[2] === did) : [];
			return [{ ...cell, did, hlc, seen: Math.max(cell.seen, ...said.map((state) => state[1])) }];
		}
		const row = rows.get(cell.id);
		if (!row?.s) return [{ ...cell, did, hlc }];
		return Object.entries(cell.fields)
			.filter(([field]) => !(field in row.v))
			.map(([field, value]) => ({ id: cell.id, did, hlc, field, value, seen: 0 }));
	});
}
