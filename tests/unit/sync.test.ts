import { describe, expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { connect, converged, joinHost, newHost, until } from '#tests/support/store.ts';

describe('two devices', () => {
	test('join by link, hold the same, edit apart, merge field by field and show a conflict', async () => {
		const ann = await newHost();
		const id = unwrap(await ann.create('contact', { firstName: 'Li', lastName: 'Wei' }));
		const bo = await joinHost(ann);
		let cut = connect(ann, bo);
		await until(() => converged(ann, bo));
		cut();
		unwrap(await ann.update(id, { jobTitle: 'Engineer', phone: '1' }));
		unwrap(await bo.update(id, { email: 'li@x.cn', phone: '2' }));
		expect(await converged(ann, bo)).toBe(false);
		cut = connect(ann, bo);
		await until(() => converged(ann, bo));
		const [row] = await ann.importTarget().read([id]);
		expect(row).toMatchObject({ jobTitle: 'Engineer', email: 'li@x.cn' });
		cut();
		await ann.close();
		await bo.close();
	});

	test("a viewer's edit is refused where it is made", async () => {
		const ann = await newHost();
		const id = unwrap(await ann.create('contact', { firstName: 'Li' }));
		const eve = await joinHost(ann, 'viewer');
		connect(ann, eve);
		await until(() => converged(ann, eve));
		expect(await eve.update(id, { firstName: 'Eve' })).toMatchObject({
			ok: false,
			error: { type: 'Forbidden' },
		});
		expect(ann.status().copies).toBe(1);
		expect(ann.status().unsent).toBe(0);
	});
});
