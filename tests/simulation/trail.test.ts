/** Drills: the trail and its check, on a disk that somebody has been at and with devices that hide what they say. */
import { describe, expect, test } from 'vitest';
import { createRecord, updateRecord } from '#commands/records.ts';
import { unwrap } from '#core/result.ts';
import { cutsOf } from '#log/cuts.ts';
import { entryId } from '#log/entry.ts';
import type { StoredEntry } from '#log/log-store.ts';
import { auditTrail, verifyAll } from '#workspace/audit.ts';
import { LATER, didOf, hand, intent, retire, said, team, voiceOf } from '#tests/support/drill.ts';
import { forgeEntry } from '#tests/support/hostile.ts';
import { joinInMemory, openInMemory, type MemoryDevice } from '#tests/support/memory.ts';

const EMPTY = new Uint8Array(0);

const update = async ({ store }: MemoryDevice, id: string, phone: string) =>
	unwrap(await updateRecord(store.context, id, { phone }));

/** Ann has written five entries. */
async function five() {
	const drill = await team();
	for (const phone of ['2', '3', '4', '5']) await update(drill.ann, drill.id, phone);
	return drill;
}

/** Opened anew on a disk without these rows. */
const without = ({ store, disk }: MemoryDevice, gone: (seq: number) => boolean) =>
	openInMemory(store.log.wid, {
		...disk,
		get: async (did, seq) => (gone(seq) ? undefined : disk.get(did, seq)),
		seqsOfPart: async (...part) => (await disk.seqsOfPart(...part)).filter((seq) => !gone(seq)),
		page: async (did, from, limit) =>
			(await disk.page(did, from, Infinity)).filter(({ seq }) => !gone(seq)).slice(0, limit),
	});

async function change({ disk }: MemoryDevice, did: string, seq: number, to: Partial<StoredEntry>) {
	await disk.write({ entries: [{ ...(await disk.get(did, seq))!, ...to }] });
}

const verdictOf = async ({ store }: MemoryDevice) => unwrap(await verifyAll(store));
const badIn = async (one: MemoryDevice) => (await verdictOf(one)).bad.map(({ seq }) => seq);

describe('the check', () => {
	test.each([
		['the end', [3, 4, 5]],
		['the middle', [3]],
		['all of it', [1, 2, 3, 4, 5]],
	])('names rows that are gone from %s of a chain, and no others', async (_, gone) => {
		const { ann } = await five();
		expect(await badIn(ann)).toEqual([]);
		expect(await badIn(await without(ann, (seq) => gone.includes(seq)))).toEqual(gone);
	});

	test('names a body that was taken out; one that is known to be missing or left out it counts', async () => {
		const { ann } = await five();
		const anns = didOf(ann);
		await change(ann, anns, 3, { ct: EMPTY });
		expect(await verdictOf(ann)).toMatchObject({ bad: [{ seq: 3 }], dropped: 0 });
		await change(ann, anns, 3, { gap: 1 });
		expect(await verdictOf(ann)).toMatchObject({ bad: [], dropped: 0, awaited: 1, leftOut: 0 });
		await change(ann, anns, 3, { gap: 2 });
		expect(await verdictOf(ann)).toMatchObject({ bad: [], dropped: 0, awaited: 0, leftOut: 1 });
	});

	test('names an end in whose place another entry was put', async () => {
		const { ann } = await five();
		const anns = didOf(ann);
		const { id: prev } = (await ann.disk.get(anns, 4))!;
		const other = await forgeEntry(ann.store.log, { seq: 5, prev });
		await change(ann, anns, 5, { ...other, id: await entryId(other.head) });
		expect(await badIn(ann)).toEqual([5]);
	});

	test('takes what its writer ended for ended, and a body beside it that was taken out not', async () => {
		const { ann, bo } = await five();
		const anns = didOf(ann);
		unwrap(await ann.store.rewrite(ann.store.log.partsOf(anns)));
		const { seq } = ann.store.log.chain(anns)!;
		await hand(ann, bo);
		for (const one of [ann, bo])
			expect(await verdictOf(one)).toMatchObject({ bad: [], dropped: 5, awaited: 0 });
		await change(ann, anns, seq - 1, { ct: EMPTY });
		expect(await verdictOf(ann)).toMatchObject({ bad: [{ seq: seq - 1 }], dropped: 5 });
	});

	test('takes a chain that was taken over, and late edits that were erased, for ended', async () => {
		const { ann, bo, id } = await five();
		const bos = didOf(bo);
		const own = unwrap(await createRecord(bo.store.context, 'contact', { firstName: 'Bo’s' }));
		await hand(bo, ann);
		unwrap(
			await ann.store.log.sign({ type: 'revoke', cuts: cutsOf(ann.store.log, [bos]) }, Date.now()),
		);
		await update(bo, id, '6');
		await hand(bo, ann, 2);
		expect(await verdictOf(ann)).toMatchObject({ bad: [], dropped: 0 });
		await change(ann, bos, 2, { ct: EMPTY });
		expect(await badIn(ann)).toEqual([2]);
		unwrap(await ann.store.log.sign({ type: 'settle', device: bos, seq: 2 }, Date.now()));
		unwrap(await ann.store.log.sign({ type: 'erase', ids: [own] }, Date.now()));
		await ann.store.settled(async () => {});
		await ann.store.settled(async () => {});
		expect(ann.store.log.chain(bos)?.taken).toBe(true);
		expect(await verdictOf(ann)).toMatchObject({ bad: [], dropped: 2 });
	});
});

describe('the trail', () => {
	/** What it says of a device's entries, the newest first. */
	const linesOf = async (one: MemoryDevice, did: string) =>
		(await auditTrail(one.store)).filter((line) => line.did === did && line.seq !== undefined);
	const shown = { verb: 'update', entity: 'contact', count: 1, counts: true };

	test.each(['rewrite', 'takeover'])('tells of an edit that calls itself a %s', async (verb) => {
		const { ann, bo, id } = await team();
		await voiceOf(bo, () => ({ verb, entity: 'document', count: 9 }))('r-0', said(id));
		await hand(bo, ann);
		expect(ann.rows.get(id)?.v.notes).toBe('said');
		expect(await linesOf(ann, didOf(bo))).toMatchObject([shown]);
	});

	test('passes by a rewriting whose every word was heard before, and tells of one that says more', async () => {
		const { ann, bo } = await team();
		const bos = didOf(bo);
		const own = unwrap(await createRecord(bo.store.context, 'contact', { firstName: 'Bo’s' }));
		await hand(bo, ann);
		const rewrite = async () => {
			unwrap(await bo.store.rewrite(bo.store.log.partsOf(bos)));
			await hand(bo, ann, ann.store.log.chain(bos)!.seq + 1);
		};
		await rewrite();
		for (const one of [ann, bo]) expect(await linesOf(one, bos)).toEqual([]);
		// Nobody else gets this edit before it is part of a rewriting.
		await update(bo, own, '7');
		await rewrite();
		expect(ann.rows.get(own)?.v.phone).toBe('7');
		expect(await linesOf(ann, bos)).toMatchObject([shown]);
		expect(await linesOf(bo, bos)).toEqual([]);
		await rewrite();
		expect(await linesOf(ann, bos)).toEqual([]);
	});

	test.each([
		['passes by one that only says again', [], []],
		['tells of one that takes back what was said since', [LATER + 1], [3]],
	])('%s', async (_, since, told) => {
		const { ann, bo, id } = await team();
		let verb = 'update';
		const say = voiceOf(bo, () => ({ ...intent, verb }));
		const again = said(id);
		await say('r-0-g8', again);
		await say('r-0-g9', (cells) => {
			for (const at of since) cells.set(`${id}:notes`, ['since', at, LATER]);
		});
		verb = 'rewrite';
		await say('r-0-g9', again);
		await retire(bo, 'r-0-g8');
		await hand(bo, ann);
		const seqs = (await linesOf(ann, didOf(bo))).map(({ seq }) => seq);
		expect(seqs).toEqual([4, ...told, 2, 1]);
	});

	test('passes by what an owner takes over from an ended chain', async () => {
		const { ann, bo, id } = await team();
		const cy = await joinInMemory(ann);
		const [anns, bos] = [didOf(ann), didOf(bo)];
		const gone = unwrap(await createRecord(bo.store.context, 'contact', { firstName: 'Gone' }));
		await update(bo, id, '8');
		for (const one of [ann, cy]) await hand(bo, one);
		await hand(ann, cy);
		const before = (await linesOf(cy, anns)).length;
		const cuts = cutsOf(ann.store.log, [bos]);
		unwrap(await ann.store.log.sign({ type: 'revoke', cuts }, Date.now()));
		unwrap(await ann.store.log.sign({ type: 'erase', ids: [gone] }, Date.now()));
		for (const one of [ann, ann, cy, cy]) {
			await hand(ann, cy);
			await one.store.settled(async () => {});
		}
		for (const one of [ann, cy]) {
			expect(one.store.log.chain(bos)?.taken).toBe(true);
			expect(one.rows.get(id)?.v.phone).toBe('8');
			expect(await linesOf(one, anns)).toHaveLength(before);
		}
	});
});
