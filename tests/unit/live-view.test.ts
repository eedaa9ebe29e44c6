/** A live read is told of every change, however the function that reads is written. */
import { expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { createRecord } from '#commands/records.ts';
import { createView } from '#readmodel/open-view.ts';
import { newStore, until } from '#tests/support/store.ts';

test('a list that was empty fills as records are made', async () => {
	const store = await newStore();
	const view = createView(store.view, store.search.find);
	let listed: number | undefined;
	const stop = view.live(
		() => view.query('contact', { limit: 50 }).then(({ rows }) => rows.length),
		(count) => (listed = count),
		(error) => expect.unreachable(String(error)),
	);
	await until(() => listed === 0);
	for (const firstName of ['Ann', 'Bo', 'Cy'])
		unwrap(await createRecord(store.context, 'contact', { firstName }));
	await until(() => listed === 3);
	stop();
	await store.close();
});
