import { describe, expect, test } from 'vitest';
import { newStore, nextScope } from '#tests/support/store.ts';
import { unwrap } from '#core/result.ts';
import { createRecord, setDeleted, updateRecord } from '#commands/records.ts';
import { createView } from '#readmodel/open-view.ts';
import { openStore } from '#workspace/open-store.ts';

describe('the data path on one device', () => {
	test('a record is created, changed, binned, restored and found again after reopening', async () => {
		const scope = nextScope();
		const store = await newStore(scope);
		const id = unwrap(
			await createRecord(store.context, 'contact', {
				firstName: 'Li',
				lastName: 'Wei',
				email: 'LI@x.cn',
			}),
		);
		unwrap(await updateRecord(store.context, id, { jobTitle: 'Engineer' }));
		const view = createView(store.view, store.search.find);
		expect((await view.get(id))?.fields).toMatchObject({
			name: 'Li Wei',
			email: 'li@x.cn',
			jobTitle: 'Engineer',
		});
		expect(await view.count('contact')).toBe(1);
		unwrap(await setDeleted(store.context, [id], true));
		expect(await view.count('contact')).toBe(0);
		expect((await view.query('contact')).rows).toEqual([]);
		expect((await view.query('contact', { deleted: true })).rows).toHaveLength(1);
		unwrap(await setDeleted(store.context, [id], false));
		const before = await store.view.rows('contact').toArray();
		await store.rebuild();
		expect(await store.view.rows('contact').toArray()).toEqual(before);
		const wid = store.log.wid;
		await store.close();
		const again = unwrap(await openStore(wid, { scope }));
		const reopened = createView(again.view, again.search.find);
		expect((await reopened.query('contact', { text: 'engin' })).rows.map((row) => row.id)).toEqual([
			id,
		]);
		await again.close();
	});
});
