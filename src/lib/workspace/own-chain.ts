/**
 * This device's own documents and its chain: cells go into both, or into neither. Documents are written anew when most of what they
 * hold is superseded or some of it is erased; what a chain that ended has said is taken over here.
 */
import { generationOf, inGeneration, newestPart, withoutGeneration } from '#core/part-name.ts';
import type { HybridClock } from '#core/hlc.ts';
import { ok, type Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import type { DataKind } from '#log/entry.ts';
import type { Log, OpenedEntry } from '#log/log.ts';
import type { Intent, Payload } from '#log/payload.ts';
import { MOST_LIVING, toRanges } from '#log/progress.ts';
import { encodeCell, keyOfCell, latestStamps, type Cell } from '#replica/cell.ts';
import { cellsIn, type PartChange, type Replica } from '#replica/replica.ts';

export interface OwnChain {
	write(
		kind: DataKind,
		stamp: number,
		payload: Payload,
		byPart: ReadonlyMap<string, readonly Cell[]>,
	): Promise<Result<OpenedEntry>>;
	/** Writes a document anew when that is worth it. */
	tidy(part: string): Promise<void>;
	/** The cells of these documents into new ones, without those of erased records; then the old ones end. */
	rewrite(parts: readonly string[]): Promise<Result<void>>;
	/** Says again, as this device's own, what `other` has said; resolves to the place of the last entry. */
	takeOver(other: Did): Promise<Result<number>>;
}

interface Needs {
	readonly log: Log;
	readonly replica: Replica;
	readonly hlc: HybridClock;
	/** Without what was erased. */
	alive(cells: readonly Cell[]): readonly Cell[];
	/** A last entry has ended documents. */
	onRewritten(seq: number): Promise<void>;
	/** Another tab has written to the chain. */
	onBusy(): void;
}

/** A document is rewritten when so many of its cells are superseded, and more than half. */
const SUPERSEDED = 200;
/**
 * Documents besides their generations: records, and 32 years of months. While they are written anew each lives twice, one that was damaged
 * three times: still fewer than others count.
 */
const MOST_DOCUMENTS = MOST_LIVING * 0.4;
/** Where months go beyond that. Filing decides cost, never meaning. */
const OVERFLOW = 'e-undated';
/** Bytes of cells in one log entry; the update is a little larger than they are, the limit is 192 KiB. */
const ENTRY_BYTES = 96 * 1024;

export function createOwnChain({ log, replica, hlc, alive, onRewritten, onBusy }: Needs): OwnChain {
	const { did } = log.device;

	/** A document ahead of the log would leave a hole in what the others get. */
	async function write(
		kind: DataKind,
		stamp: number,
		payload: Payload,
		byPart: ReadonlyMap<string, readonly Cell[]>,
	): Promise<Result<OpenedEntry>> {
		const names: string[] = [];
		let entry: Result<OpenedEntry> | undefined;
		try {
			const updates: PartChange[] = [];
			for (const [name, cells] of byName(byPart)) updates.push(await writePart(name, cells, names));
			entry = await log.write(kind, stamp, { ...payload, updates });
		} finally {
			if (!entry?.ok) await replica.forget(did, names);
		}
		if (!entry.ok && entry.error.type === 'Busy') onBusy();
		return entry;
	}

	/** A document that is not whole, because the log was damaged here, is left as it is; the next generation goes on. */
	async function writePart(
		part: string,
		cells: readonly Cell[],
		names: string[],
	): Promise<PartChange> {
		for (let name = part; ;) {
			names.push(name);
			const update = await replica.write(did, name, cells);
			if (update) return update;
			name = inGeneration(withoutGeneration(name), generationOf(name) + 1);
		}
	}

	function byName(byPart: ReadonlyMap<string, readonly Cell[]>): Map<string, Cell[]> {
		const cells = new Map<string, Cell[]>();
		for (const [part, some] of byPart) {
			const name = generationOf(part) ? part : partToWrite(part, cells.keys());
			cells.set(name, [...(cells.get(name) ?? []), ...some]);
		}
		return cells;
	}

	/** The newest living generation; when the last one was retired, the next. `others`: opened by the same entry. */
	function partToWrite(wanted: string, others: Iterable<string> = []): string {
		const used = usedParts();
		const bases = new Set([...used, ...others].map(withoutGeneration));
		const part = bases.has(wanted) || bases.size < MOST_DOCUMENTS ? wanted : OVERFLOW;
		const newest = newestPart(part, used);
		const retired = log.retiredPartsOf(did).includes(newest);
		return retired ? inGeneration(part, generationOf(newest) + 1) : newest;
	}

	/** A name that was retired is never used again. */
	function usedParts(): readonly string[] {
		return [...log.partsOf(did), ...log.retiredPartsOf(did)];
	}

	function newestRetired(): readonly string[] {
		const retired = log.retiredPartsOf(did);
		return [...new Set(retired.map(withoutGeneration))].map((base) => newestPart(base, retired));
	}

	async function rewrite(parts: readonly string[]): Promise<Result<void>> {
		const bases = new Set(parts.map(withoutGeneration));
		const old = log.partsOf(did).filter((name) => bases.has(withoutGeneration(name)));
		const intent = { verb: 'rewrite', entity: 'document', count: old.length };
		const ended: string[] = [];
		for (const base of bases) {
			const cells = alive(await cellsOf(base));
			const newest = newestPart(base, usedParts());
			ended.push(newest);
			const next = inGeneration(base, generationOf(newest) + 1);
			const written = await writeBase(intent, next, cells);
			if (!written.ok) return written;
		}
		const obsolete = toRanges(await log.obsolete(old));
		const retires = [...new Set([...ended, ...newestRetired()])];
		const payload = { intent, updates: [], retires, obsolete };
		const marked = await write('base', hlc.next(), payload, new Map());
		if (!marked.ok) return marked;
		await onRewritten(marked.value.seq);
		return ok(undefined);
	}

	/** Cells that are no edit: they say again what somebody said before. */
	async function writeBase(
		intent: Intent,
		part: string,
		cells: readonly Cell[],
	): Promise<Result<void>> {
		for (const chunk of chunks(cells)) {
			const byPart = new Map([[part, chunk]]);
			const written = await write('base', hlc.next(), { intent, updates: [] }, byPart);
			if (!written.ok) return written;
		}
		return ok(undefined);
	}

	/** Of a document in all its living generations. */
	const cellsOf = (base: string) =>
		cellsIn(
			replica,
			did,
			log.partsOf(did).filter((one) => withoutGeneration(one) === base),
		);

	return {
		write,
		rewrite,
		async tidy(part) {
			const name = partToWrite(part);
			const superseded = await replica.superseded(did, name);
			if (superseded < SUPERSEDED) return;
			const live = (await replica.cells(did, name)).length;
			if (superseded > live) await rewrite([part]);
		},
		async takeOver(other) {
			const parts = log.partsOf(other);
			const intent = { verb: 'takeover', entity: 'document', count: parts.length };
			for (const part of parts) {
				const base = withoutGeneration(part);
				const words = latestStamps(await cellsOf(base));
				const cells = alive(await replica.cells(other, part)).filter(
					(cell) => (words.get(keyOfCell(cell)) ?? -1) < cell.hlc,
				);
				const own = cells.map((cell) => ({ ...cell, did }));
				const written = await writeBase(intent, base, own);
				if (!written.ok) return written;
			}
			return ok(log.chain(did)?.seq ?? 0);
		},
	};
}

export function* chunks(cells: readonly Cell[]): Generator<readonly Cell[]> {
	let chunk: Cell[] = [];
	let size = 0;
	for (const cell of cells) {
		const own = JSON.stringify(encodeCell(cell)).length + cell.id.length + 16;
		if (chunk.length && size + own > ENTRY_BYTES) {
			yield chunk;
			chunk = [];
			size = 0;
		}
		chunk.push(cell);
		size += own;
	}
	if (chunk.length) yield chunk;
}
