/** Laws over the whole path on real (fake-indexed) storage: any order, unknown fields, refused entries. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { unwrap } from '#core/result.ts';
import type { SealedEntry } from '#log/entry.ts';
import { openStore, type BrowserStore as Store } from '#workspace/open-store.ts';
import { newStore, nextScope } from '#tests/support/store.ts';
import { createRecord, updateRecord } from '#commands/records.ts';

const all = (store: Store) => store.log.entries(store.log.device.did, 1, Infinity, Infinity);
const runs = Number(process.env.PROPERTY_RUNS ?? 20);

describe('the ledger', () => {
	test.prop([fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 255 })], {
		numRuns: runs,
	})(
		'an entry with any byte changed is refused, and what stood before it stays',
		async (where, mask) => {
			const store = await newStore();
			const id = unwrap(await createRecord(store.context, 'contact', { firstName: 'Li' }));
			unwrap(await updateRecord(store.context, id, { lastName: 'Wei' }));
			const [first, second] = (await all(store)) as [SealedEntry, SealedEntry];
			const parts = [second.head, second.sig, second.ct];
			const part = parts[where % 3]!;
			const at = where % part.length;
			part[at] = part[at]! ^ (mask || 1);
			const twin = await copyWithoutEntries(store);
			const received = unwrap(await twin.receive([first, second]));
			expect(received.opened.map(({ seq }) => seq)).toEqual([1]);
			expect(await twin.receive([second])).toMatchObject({ ok: false });
			expect(twin.log.vector()).toEqual({ [store.log.device.did]: 1 });
		},
	);

	test('fields and entities that this version does not know survive, on rows and in documents', async () => {
		const store = await newStore();
		const { context } = store;
		const write = (id: string, fields: Record<string, unknown>) =>
			context.write({ verb: 'create', entity: 'x', count: 1 }, [
				{ id, did: context.did, hlc: context.nextHlc(), fields },
			]);
		unwrap(await write('contact:aaaaaaaaaaaaaaaa', { firstName: 'Li', shoeSize: 43 }));
		unwrap(await write('spaceship:bbbbbbbbbbbbbbbb', { warp: 9 }));
		unwrap(await updateRecord(context, 'contact:aaaaaaaaaaaaaaaa', { firstName: 'Wei' }));
		const twin = await copyWithoutEntries(store);
		unwrap(await twin.receive(await all(store)));
		await twin.rebuild();
		expect((await twin.view.rows('contact').toArray())[0]?.v).toEqual({
			firstName: 'Wei',
			shoeSize: 43,
		});
		const parts = await Promise.all(
			(await twin.log.partKeys()).map(({ did, part }) => twin.log.partUpdates(did, part, 0)),
		);
		expect(
			parts.flat().some(({ update }) => new TextDecoder().decode(update).includes('warp')),
		).toBe(true);
	});
});

/** A second replica of the same device's workspace, with its keys and membership but none of its data. */
async function copyWithoutEntries(store: Store): Promise<Store> {
	const scope = nextScope();
	const { LogDatabase } = await import('#log/database.ts');
	const target = new LogDatabase(store.log.wid, scope);
	await target.secrets.put(await store.database.secrets.get('device'), 'device');
	await target.secrets.put(await store.database.secrets.get('epochs'), 'epochs');
	await target.membership.bulkPut(await store.database.membership.toArray());
	target.close();
	return unwrap(await openStore(store.log.wid, { scope }));
}
