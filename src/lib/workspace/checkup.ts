/**
 * Everything that this device keeps, checked against what it was made from and mended: the log's rows against their hashes and
 * signatures, cached documents against the log, tables against the documents. What only others can mend is asked for. One chain,
 * document or group of rows at a time, so that edits never wait long.
 */
import { DAY, type Clock } from '#core/clock.ts';
import { groupBy } from '#core/group.ts';
import { withoutGeneration } from '#core/part-name.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { entities } from '#entities/registry.ts';
import { lastCheck, noteCheck, type CheckNote } from '#log/notes.ts';
import type { StoredRow } from '#readmodel/database.ts';
import { canonical } from '#readmodel/fingerprint.ts';
import { countersOf, rowOf } from '#readmodel/projection.ts';
import type { Cell } from '#replica/cell.ts';
import type { BrowserStore } from './open-store.ts';
import type { OnStep } from './safety.ts';

type Checked = Pick<
	BrowserStore,
	'log' | 'replica' | 'view' | 'database' | 'mend' | 'recheck' | 'rebuild' | 'settled'
>;
type PartKey = ReturnType<BrowserStore['log']['partKeys']>[number];

/** Remembered, so that the daily check knows when it is due. */
export async function checkUp(
	store: Checked,
	clock: Clock,
	onStep: OnStep = () => true,
): Promise<Result<CheckNote>> {
	const { log } = store;
	const chains = Object.entries(log.vector());
	const entries = chains.reduce((sum, [, seq]) => sum + seq, 0);
	// Reading an entry, and reading it again into a document, cost about the same; tables little beside them.
	const total = Math.max(1, 2 * entries);
	let damaged = 0;
	let done = 0;
	const cancelled = () => fail('Cancelled', 'Stopped. What was mended so far stays mended.');

	for (const [did, seq] of chains) {
		if (!(await log.isSound(did))) damaged += await store.mend(did);
		if (!(await onStep((done += seq), total))) return cancelled();
	}
	const keys = log.partKeys();
	for (const { did, part } of keys) {
		damaged += await store.recheck(did, part);
		if (!(await onStep((done += entries / keys.length), total))) return cancelled();
	}
	damaged += await checkTables(store);
	const awaited = (await log.missing()).wanted.length;
	const note = { at: clock(), damaged, healed: Math.max(0, damaged - awaited), awaited };
	await noteCheck(store.database, note);
	return ok(note);
}

export async function isCheckDue({ database }: Checked, clock: Clock): Promise<boolean> {
	const last = await lastCheck(database);
	// A clock that was set back must not put it off for years.
	return !last || Math.abs(clock() - last.at) >= DAY;
}

/** Rows that do not say what the documents say; one such row, and all tables are made again. */
async function checkTables(store: Checked): Promise<number> {
	const { log, view, settled } = store;
	const before = JSON.stringify(log.vector());
	const seen = new Set<string>();
	const suspects = new Set<string>();
	const counters = new Map<string, number>();
	for (const keys of groupBy(log.partKeys(), ({ part }) => withoutGeneration(part)).values())
		await settled(async () => {
			const byId = await cellsById(store, keys);
			const rows = await view.rowsById(byId.keys());
			for (const [id, cells] of byId) {
				seen.add(id);
				if (!saysTheSame(rows.get(id), rowOf(id, cells))) suspects.add(id);
			}
			for (const [key, n] of countersOf(rows.values()))
				counters.set(key, (counters.get(key) ?? 0) + n);
		});
	const damaged = await settled(async () => {
		for (const { name } of entities)
			for (const id of await view.rows(name).toCollection().primaryKeys())
				if (!seen.has(id)) suspects.add(id);
		if (suspects.size) return damagedAmong(store, suspects);
		// Counted while nothing changed, or not at all.
		const counted =
			JSON.stringify(log.vector()) !== before || (await sameCounters(store, counters));
		return counted && (await noneAhead(store)) ? 0 : 1;
	});
	if (damaged) await store.rebuild();
	return damaged;
}

/** An event's cells may lie in several months, and others may have changed since: judged from all documents. */
async function damagedAmong(store: Checked, suspects: ReadonlySet<string>): Promise<number> {
	const all = new Map<string, Cell[]>();
	for (const key of store.log.partKeys())
		for (const [id, cells] of await cellsById(store, [key], suspects))
			all.set(id, [...(all.get(id) ?? []), ...cells]);
	const rows = await store.view.rowsById(suspects);
	const expected = (id: string) => (all.has(id) ? rowOf(id, all.get(id)!) : undefined);
	return [...suspects].filter((id) => !saysTheSame(rows.get(id), expected(id))).length;
}

async function sameCounters(
	{ view }: Checked,
	counters: ReadonlyMap<string, number>,
): Promise<boolean> {
	const stored = (await view.counters.toArray()).filter(({ n }) => n !== 0);
	return stored.length === counters.size && stored.every(({ key, n }) => counters.get(key) === n);
}

/** Tables that take themselves to be further than the log would miss what comes. */
const noneAhead = async ({ log, view }: Checked): Promise<boolean> =>
	(await view.projected.toArray()).every(({ did, seq }) => seq <= (log.chain(did)?.applied ?? 0));

async function cellsById(
	{ log, replica }: Checked,
	keys: readonly PartKey[],
	only?: ReadonlySet<string>,
): Promise<Map<string, Cell[]>> {
	const { erasedIds } = log.membership;
	const cells: Cell[] = [];
	for (const { did, part } of keys)
		for (const cell of await replica.cells(did, part))
			if (!erasedIds.has(cell.id) && (!only || only.has(cell.id))) cells.push(cell);
	return groupBy(cells, ({ id }) => id);
}

function saysTheSame(row: StoredRow | undefined, expected: StoredRow | undefined): boolean {
	if (!row || !expected) return row === expected;
	const text = (one: StoredRow) => JSON.stringify([canonical(one), one.k, one.t, one.d, one.x]);
	return text(row) === text(expected);
}
