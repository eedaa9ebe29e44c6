/** Everything kept on a device, checked and mended: what each kind of damage is found by, and that a sound device is left alone. */
import { Dexie, type Table } from 'dexie';
import { describe, expect, test, vi } from 'vitest';
import { unwrap } from '#core/result.ts';
import { createRecord, setDeleted, updateRecord } from '#commands/records.ts';
import { fingerprintView } from '#readmodel/fingerprint.ts';
import { newStore } from '#tests/support/store.ts';
import { checkUp, isCheckDue } from '#workspace/checkup.ts';

type Store = Awaited<ReturnType<typeof newStore>>;
const now = () => Date.UTC(2026, 10, 22);
const check = (store: Store) => checkUp(store, now);

async function filled(): Promise<{ store: Store; ids: string[] }> {
	const store = await newStore();
	const ids: string[] = [];
	for (let i = 0; i < 12; i++)
		ids.push(unwrap(await createRecord(store.context, 'contact', { firstName: `Li ${i}` })));
	for (const month of ['2026-09', '2026-10'])
		ids.push(
			unwrap(
				await createRecord(store.context, 'activity', {
					kind: 'note',
					contact: ids[0]!,
					happenedAt: `${month}-03T10:00Z`,
				}),
			),
		);
	unwrap(await updateRecord(store.context, ids[0]!, { jobTitle: 'Engineer' }));
	unwrap(await setDeleted(store.context, [ids[1]!], true));
	return { store, ids };
}

/** In the documents as y-indexeddb keeps them; in how many updates. */
async function spoilCache(store: Store, from: string, to: string): Promise<number> {
	let spoilt = 0;
	const own = (await Dexie.getDatabaseNames()).filter((name) => name.includes(store.log.wid));
	for (const name of own.filter((one) => one.startsWith('perennial-doc-'))) {
		const cache = await new Dexie(name).open();
		const updates: Table<Uint8Array, number> = cache.table('updates');
		for (const key of await updates.toCollection().primaryKeys()) {
			const bytes = Buffer.from((await updates.get(key))!);
			const at = bytes.indexOf(from);
			if (at < 0) continue;
			bytes.write(to, at);
			await updates.put(new Uint8Array(bytes), key);
			spoilt++;
		}
		cache.close();
	}
	return spoilt;
}

describe('the check of everything kept here', () => {
	test('finds nothing on a sound device, writes nothing but its note, and is due a day later', async () => {
		const { store } = await filled();
		expect(await isCheckDue(store, now)).toBe(true);
		const rebuilding = vi.spyOn(store, 'rebuild');
		expect(unwrap(await check(store))).toEqual({ at: now(), damaged: 0, healed: 0, awaited: 0 });
		expect(rebuilding).not.toHaveBeenCalled();
		expect(await isCheckDue(store, now)).toBe(false);
		expect(await isCheckDue(store, () => now() + 86_400_000)).toBe(true);
		expect(await isCheckDue(store, () => now() - 86_400_000)).toBe(true);
		await store.close();
	});

	const damages: Record<string, (store: Store, ids: string[]) => Promise<unknown>> = {
		'a spoilt row': async ({ view }, ids) => {
			const row = (await view.rows('contact').get(ids[3]!))!;
			await view.rows('contact').put({ ...row, v: { ...row.v, firstName: 'Spoilt' } });
		},
		'a row that sorts in a wrong place': async ({ view }, ids) => {
			const row = (await view.rows('contact').get(ids[3]!))!;
			await view.rows('contact').put({ ...row, k: undefined } as never);
		},
		'a lost row': ({ view }, ids) => view.rows('contact').delete(ids[4]!),
		'a row of nobody': async ({ view }, ids) => {
			const row = (await view.rows('contact').get(ids[5]!))!;
			await view.rows('contact').put({ ...row, id: `${ids[5]!.slice(0, -2)}zz` });
		},
		'a wrong counter': ({ view }) => view.counters.put({ key: 'contact', n: 99 }),
		'tables that take themselves to be further': ({ view, context }) =>
			view.projected.put({ did: context.did, seq: 999 }),
		'a row and its counter': async ({ view }, ids) => {
			await view.rows('contact').delete(ids[6]!);
			await view.counters.put({ key: 'contact', n: 10 });
		},
	};
	test.each(Object.entries(damages))('%s is found and mended', async (_, damage) => {
		const { store, ids } = await filled();
		const print = await fingerprintView(store.view);
		const count = (await store.view.counters.get('contact'))?.n;
		await damage(store, ids);
		expect(unwrap(await check(store))).toMatchObject({ damaged: 1, healed: 1, awaited: 0 });
		expect(await fingerprintView(store.view)).toBe(print);
		expect((await store.view.counters.get('contact'))?.n).toBe(count);
		expect(unwrap(await check(store)).damaged).toBe(0);
		await store.close();
	});

	test('a cached document that says something else is made again, and the rows with it', async () => {
		const { store, ids } = await filled();
		const print = await fingerprintView(store.view);
		await store.replica.close();
		expect(await spoilCache(store, 'Li 3', 'Xi 3')).toBe(1);
		expect(unwrap(await check(store))).toMatchObject({ damaged: 1, healed: 1 });
		expect(await fingerprintView(store.view)).toBe(print);
		const { did } = store.context;
		const cells = (
			await Promise.all(store.log.partsOf(did).map((part) => store.replica.cells(did, part)))
		).flat();
		expect(cells.find((cell) => cell.id === ids[3])).toMatchObject({
			fields: { firstName: 'Li 3' },
		});
		expect(unwrap(await check(store)).damaged).toBe(0);
		await store.close();
	});

	test('stops when told to', async () => {
		const { store } = await filled();
		expect(await checkUp(store, now, () => false)).toMatchObject({ error: { type: 'Cancelled' } });
		expect(await isCheckDue(store, now)).toBe(true);
		await store.close();
	});
});
