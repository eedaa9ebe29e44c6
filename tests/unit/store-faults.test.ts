/**
 * A disk that refuses, at any write and in every way a browser knows: what was acknowledged is there, what was refused is not, and
 * the next change works. And rows that the disk spoils or loses: found, and mended by whoever has them. ROWS for more of those.
 */
import { Dexie } from 'dexie';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRandom, type Random } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { createRecord, updateRecord } from '#commands/records.ts';
import { LogDatabase } from '#log/database.ts';
import type { LogStore } from '#log/log-store.ts';
import { createMemoryStore } from '#log/memory-store.ts';
import { ViewDatabase } from '#readmodel/database.ts';
import { answerCaches, refusedCache, silentCache } from '#tests/support/caches.ts';
import { foundInMemory, joinInMemory, openInMemory, standing } from '#tests/support/memory.ts';
import { mutate } from '#tests/support/mutate.ts';
import {
	connect,
	converged,
	joinHost,
	newHost,
	newStore,
	nextScope,
	until,
} from '#tests/support/store.ts';
import { openHost, type Host } from '#workspace/host.ts';
import { openStore } from '#workspace/open-store.ts';

const spoiltRows = Number(process.env.ROWS ?? 40);
const errorOf = (name: string) => Object.assign(new Error(name), { name });
const refusals = [
	errorOf('QuotaExceededError'),
	Object.assign(new Error('aborted'), { name: 'AbortError', inner: errorOf('QuotaExceededError') }),
	errorOf('DatabaseClosedError'),
	errorOf('AbortError'),
	errorOf('UnknownError'),
];

type Fault = Error | 'told to fail, and written';

/** A disk that refuses writes when it is told to. */
function faulty(disk: LogStore) {
	let faults: Fault[] = [];
	const store: LogStore = {
		...disk,
		async write(change) {
			const fault = faults.shift();
			if (fault instanceof Error) throw fault;
			await disk.write(change);
			if (fault) throw errorOf('UnknownError');
		},
	};
	return { store, fail: (...next: Fault[]) => (faults = next) };
}

const create = (store: Parameters<typeof createRecord>[0], firstName: string) =>
	createRecord(store, 'contact', { firstName });

async function isWhole({ store }: { store: { log: Awaited<ReturnType<typeof newStore>>['log'] } }) {
	for (const [did, seq] of Object.entries(store.log.vector())) {
		let count = 0;
		for await (const { why } of store.log.verify(did)) {
			count++;
			expect(why).toBeUndefined();
		}
		expect(count).toBe(seq);
	}
}

describe('a disk that refuses', () => {
	test.each(refusals.map((error) => [error.message, error] as const))(
		'%s at any write: a clear answer, nothing of it there, and the change is in once there is room',
		async (_, error) => {
			const { store: disk, fail } = faulty(createMemoryStore());
			const ann = await foundInMemory(disk);
			const bo = await joinInMemory(ann);
			const saved: string[] = [];
			for (let i = 0; i < 12; i++) {
				if (i % 3 === 1) fail(error);
				const made = await create(ann.store.context, `Li ${i}`);
				fail();
				saved.push(`Li ${i}`);
				if (made.ok) continue;
				expect(made.error).toMatchObject({ type: 'Storage' });
				expect(made.error.message).toMatch(/[Ff]ree some space|[Tt]ry again/);
				expect(ann.rows.size).toBe(i);
				unwrap(await ann.store.unsaved.retry());
			}
			expect(saved).toHaveLength(12);
			await isWhole(ann);
			const own = ann.store.log.device.did;
			unwrap(await bo.store.receive(await ann.store.log.entries(own, 1, Infinity, Infinity)));
			const again = await openInMemory(ann.store.log.wid, disk);
			for (const device of [ann, bo, again]) {
				expect([...device.rows.values()].map(({ v }) => v.firstName).sort()).toEqual(saved.sort());
			}
			expect(standing(again)).toBe(standing(ann));
		},
	);

	test('a write that was said to fail and is there all the same makes no second entry in its place', async () => {
		const { store: disk, fail } = faulty(createMemoryStore());
		const ann = await foundInMemory(disk);
		const bo = await joinInMemory(ann);
		unwrap(await create(ann.store.context, 'First'));
		fail('told to fail, and written');
		expect((await create(ann.store.context, 'Unsure')).ok).toBe(false);
		// The chain on the disk is longer than the one in memory: it is believed, and the change made again.
		expect(await ann.store.unsaved.retry()).toMatchObject({ ok: false, error: { type: 'Busy' } });
		unwrap(await ann.store.unsaved.retry());
		unwrap(await create(ann.store.context, 'Next'));
		await isWhole(ann);
		const own = ann.store.log.device.did;
		unwrap(await bo.store.receive(await ann.store.log.entries(own, 1, Infinity, Infinity)));
		const names = ['First', 'Next', 'Unsure'];
		const again = await openInMemory(ann.store.log.wid, disk);
		for (const device of [ann, bo, again])
			expect([...device.rows.values()].map(({ v }) => v.firstName).sort()).toEqual(names);
	});

	test('what others sent and could not be stored is asked for again and comes in whole', async () => {
		const ann = await foundInMemory();
		const joined = await joinInMemory(ann);
		const { store: disk, fail } = faulty(joined.disk);
		const bo = await openInMemory(ann.store.log.wid, disk);
		const id = unwrap(await create(ann.store.context, 'Li'));
		for (let i = 0; i < 9; i++)
			unwrap(await updateRecord(ann.store.context, id, { jobTitle: `Title ${i}` }));
		const own = ann.store.log.device.did;
		const entries = await ann.store.log.entries(own, 1, Infinity, Infinity);
		for (const error of refusals) {
			fail(error);
			expect(await bo.store.receive(entries)).toMatchObject({ ok: false });
			expect(bo.store.log.vector()[own]).toBeUndefined();
			// Nothing is written behind a refusal until somebody has looked after it.
			expect(await bo.store.receive(entries)).toMatchObject({ ok: false });
			unwrap(await bo.store.unsaved.retry());
		}
		fail('told to fail, and written');
		expect(await bo.store.receive(entries)).toMatchObject({ ok: false });
		unwrap(await bo.store.unsaved.retry());
		fail();
		await bo.store.receive(entries);
		unwrap(await bo.store.receive(entries));
		await isWhole(bo);
		unwrap(await updateRecord(ann.store.context, id, { jobTitle: 'Last' }));
		unwrap(await bo.store.receive(await ann.store.log.entries(own, 11, 11, Infinity)));
		expect(bo.rows.get(id)?.v).toMatchObject({ firstName: 'Li', jobTitle: 'Last' });
	});

	test('a membership entry that could not be stored is as if it had never been said', async () => {
		const { store: disk, fail } = faulty(createMemoryStore());
		const { store } = await foundInMemory(disk);
		const policy = (binDays: number) =>
			store.log.sign({ type: 'policy', settings: { binDays } }, Date.now());
		for (const error of refusals) {
			fail(error);
			expect(await policy(1)).toMatchObject({ ok: false, error: { type: 'Storage' } });
			expect(store.log.membership.policy).toEqual({});
		}
		unwrap(await policy(2));
		expect((await openInMemory(store.log.wid, disk)).store.log.membership.policy).toEqual({
			binDays: 2,
		});
	});

	describe('in IndexedDB', () => {
		afterEach(() => vi.restoreAllMocks());

		test.each(['entries', 'chains', 'parts'] as const)(
			'a transaction that breaks off at the %s leaves nothing of it',
			async (table) => {
				const scope = nextScope();
				const store = await newStore(scope);
				unwrap(await create(store.context, 'First'));
				const broken = vi
					.spyOn(store.database[table], 'bulkPut')
					.mockImplementationOnce(
						() => Dexie.Promise.reject(errorOf('QuotaExceededError')) as never,
					);
				const refused = await create(store.context, 'Refused');
				expect(broken).toHaveBeenCalled();
				expect(refused).toMatchObject({ ok: false, error: { type: 'Storage' } });
				expect(await store.database.entries.count()).toBe(1);
				unwrap(await store.unsaved.retry());
				unwrap(await create(store.context, 'Next'));
				await isWhole({ store });
				await store.close();
				const again = unwrap(await openStore(store.log.wid, { scope }));
				const rows = await again.view.rows('contact').toArray();
				expect(rows.map(({ v }) => v.firstName).sort()).toEqual(['First', 'Next', 'Refused']);
				expect(await again.database.entries.count()).toBe(3);
				await isWhole({ store: again });
			},
		);

		const caches = { 'cannot be made': refusedCache, 'do not answer': silentCache };
		test.each(Object.entries(caches))(
			'caches of documents that %s keep nobody from writing, and are made later',
			async (_, answer) => {
				const scope = nextScope();
				const store = await newStore(scope);
				const opening = answerCaches(answer);
				vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
				try {
					const written = create(store.context, 'First');
					await vi.waitFor(
						() => expect(opening.mock.calls.join()).toContain('perennial-doc-'),
						30_000,
					);
					vi.advanceTimersByTime(10_000);
					unwrap(await written);
				} finally {
					vi.useRealTimers();
				}
				opening.mockRestore();
				expect(store.unsaved.state()).toBeUndefined();
				await isWhole({ store });
				await store.close();
				const again = unwrap(await openStore(store.log.wid, { scope }));
				const [row] = await again.view.rows('contact').toArray();
				unwrap(await updateRecord(again.context, row!.id, { lastName: 'Second' }));
				await isWhole({ store: again });
				await again.close();
			},
		);

		test('storage that the browser closes under way is told in words, and a new start has everything', async () => {
			const scope = nextScope();
			const store = await newStore(scope);
			unwrap(await create(store.context, 'First'));
			store.database.close();
			const refused = await create(store.context, 'Refused');
			expect(refused).toMatchObject({ ok: false, error: { type: 'Storage' } });
			const again = unwrap(await openStore(store.log.wid, { scope }));
			// What was not saved outlives the closing of the workspace.
			expect(again.unsaved.state()?.count).toBe(1);
			unwrap(await again.unsaved.retry());
			unwrap(await create(again.context, 'Next'));
			const rows = await again.view.rows('contact').toArray();
			expect(rows.map(({ v }) => v.firstName).sort()).toEqual(['First', 'Next', 'Refused']);
			await isWhole({ store: again });
		});
	});
});

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!;

/** One thing in one row spoilt; says what. */
async function spoil(random: Random, log: LogDatabase, view: ViewDatabase): Promise<string> {
	const rows = await log.entries.toArray();
	const row = pick(random, rows);
	const put = (change: object) => log.entries.put({ ...row, ...change });
	const chain = pick(random, await log.chains.toArray());
	const part = pick(
		random,
		(await log.parts.toArray()).filter(({ clock }) => clock > 0),
	);
	/** The founding one among them, and the one that let this device in. */
	const member = pick(random, await log.membership.toArray());
	const contact = pick(random, await view.rows('contact').toArray());
	const kinds: Record<string, () => Promise<unknown>> = {
		'entry.ct': () => put({ ct: mutate(random, row.ct) }),
		'entry.ct emptied': () => put({ ct: new Uint8Array(0) }),
		'entry.head': () => put({ head: mutate(random, row.head) }),
		'entry.sig': () => put({ sig: mutate(random, row.sig) }),
		'entry.id': () => put({ id: mutate(random, row.id) }),
		'entry.parts': () => put({ parts: [] }),
		'entry.gap': () => put({ gap: 1 }),
		'entry lost': () => log.entries.delete([row.did, row.seq]),
		'entries lost': () =>
			log.entries
				.where('[did+seq]')
				.between([row.did, row.seq], [row.did, row.seq + 2], true, true)
				.delete(),
		'last entry lost': () => log.entries.delete([chain.did, chain.seq]),
		'chain.seq': () =>
			log.chains.put({ ...chain, seq: Math.max(0, chain.seq + random.below(7) - 3) }),
		'chain.id': () => log.chains.put({ ...chain, id: mutate(random, chain.id) }),
		'chain.hlc': () => log.chains.put({ ...chain, hlc: random.below(2 ** 31) }),
		'chain.applied': () => log.chains.put({ ...chain, applied: random.below(chain.seq) }),
		'chain lost': () => log.chains.delete(chain.did),
		'part.clock': () => log.parts.put({ ...part, clock: random.below(part.clock + 3) }),
		'part lost': () => log.parts.delete(part.key),
		'membership.sig': () => log.membership.put({ ...member, sig: mutate(random, member.sig) }),
		'membership lost': () => log.membership.delete(member.id),
		'row spoilt': () => view.rows('contact').put({ ...contact, v: { firstName: 'Spoilt' } }),
		'row lost': () => view.rows('contact').delete(contact.id),
		projected: () => view.projected.put({ did: chain.did, seq: random.below(chain.seq + 9) }),
	};
	const kind = pick(random, Object.keys(kinds));
	await kinds[kind]!();
	return `${kind} at ${row.did === chain.did ? 'the same' : 'another'} chain, ${row.seq} of ${rows.length}`;
}

/** How many of each chain it holds. */
const entriesOf = (host: Host): unknown => (JSON.parse(host.version()) as unknown[])[0];

describe('a disk that spoils', () => {
	test(
		`${spoiltRows} rows: each is mended from here or from a peer, and nothing else is hit`,
		{ timeout: 1e9 },
		async () => {
			const random = createRandom(Number(process.env.FUZZ_SEED ?? 3));
			const scope = nextScope();
			const ann = await newHost();
			let bo: Host = await joinHost(ann, 'editor', scope);
			const wid = ann.info().workspace.id;
			let cut = connect(ann, bo);
			for (const host of [ann, bo])
				for (let i = 0; i < 10; i++) {
					const id = unwrap(await host.create('contact', { firstName: `Li ${i}` }));
					unwrap(await host.update(id, { jobTitle: `Title ${i}` }));
				}
			await until(() => converged(ann, bo));
			const tally: Record<string, number> = {};
			for (let n = 0; n < spoiltRows; n++) {
				cut();
				await bo.close();
				const log = new LogDatabase(wid, scope);
				const view = new ViewDatabase(wid, scope);
				const what = await spoil(random, log, view);
				log.close();
				view.close();
				const kind = what.split(' at ')[0]!;
				tally[kind] = (tally[kind] ?? 0) + 1;
				try {
					bo = unwrap(await openHost(wid, { scope }));
					// As when somebody asks for it; unasked, it happens once a day.
					unwrap(await bo.checkUp());
					cut = connect(ann, bo);
					await until(() => converged(ann, bo));
					await until(async () => {
						const { bad, dropped, awaited } = unwrap(await bo.verify());
						return !bad.length && !dropped && !awaited;
					});
					expect(entriesOf(bo)).toEqual(entriesOf(ann));
					if (n % 10) continue;
					const before = ann.version();
					unwrap(await bo.create('contact', { firstName: `After ${n}` }));
					await until(async () => ann.version() !== before && (await converged(ann, bo)));
					expect(ann.members().some(({ ended }) => ended)).toBe(false);
				} catch (error) {
					throw new Error(`${n}: ${what}: ${(error as Error).message}`, { cause: error });
				}
			}
			console.log(JSON.stringify(tally));
		},
	);
});
