/** Faults between devices: two entries in one place, entries cut short, and two things at once. */
import { describe, expect, test, vi } from 'vitest';
import { unwrap } from '#core/result.ts';
import { createRecord } from '#commands/records.ts';
import { createEngine } from '#sync/engine.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { createPortLink } from '#sync/port-link.ts';
import {
	connect,
	converged,
	joinHost,
	newHost,
	newStore,
	nextScope,
	until,
} from '#tests/support/store.ts';
import { openStore } from '#workspace/open-store.ts';

describe('faults', () => {
	test('tables that could not take a change get it with the next one', async () => {
		const store = await newStore();
		const create = (firstName: string) => createRecord(store.context, 'contact', { firstName });
		const full = vi.spyOn(store.view, 'transaction').mockRejectedValueOnce(new Error('full'));
		unwrap(await create('A'));
		full.mockRestore();
		unwrap(await create('B'));
		const names = (await store.view.rows('contact').toArray()).map(({ v }) => v.firstName);
		expect(names.sort()).toEqual(['A', 'B']);
	});

	test('a page that is gone closes its link in the worker', async () => {
		const { port1, port2 } = new MessageChannel();
		const link = createPortLink(port2 as unknown as MessagePort, new Uint8Array(32));
		const gone = new Promise<void>((resolve) => link.onClose(resolve));
		port1.close();
		await gone;
	});

	test('a peer that sends a good entry and a spoilt one is let go; another gives the true one', async () => {
		const ann = await newHost();
		const id = unwrap(await ann.create('contact', { firstName: 'Li' }));
		const scope = nextScope();
		const bo = await joinHost(ann, 'editor', scope);
		connect(ann, bo);
		await until(() => converged(ann, bo));
		unwrap(await ann.update(id, { firstName: 'Wei' }));
		await until(() => converged(ann, bo));
		const wid = ann.info().workspace.id;
		await bo.close();
		const store = unwrap(await openStore(wid, { scope }));
		const { log } = store;
		const entries = async (...range: Parameters<typeof log.entries>) =>
			(await log.entries(...range)).map((entry, i) =>
				i === 0 ? entry : { ...entry, sig: entry.sig.map((byte) => byte ^ 1) },
			);
		const spoilt = {
			receive: store.receive,
			unread: 0,
			log: Object.create(log, { entries: { value: entries } }) as typeof log,
		};
		const cy = await joinHost(ann);
		const engine = await createEngine(spoilt);
		const [left, right] = createMemoryLinks();
		let closed = false;
		left.onClose(() => (closed = true));
		cy.attach('workspace', left);
		engine.attach(right);
		await until(() => closed);
		connect(ann, cy);
		await until(() => converged(ann, cy));
	});

	test('two invites made at once both count', async () => {
		const ann = await newHost();
		await Promise.all([
			ann.invite({ role: 'editor' }, 'http://localhost'),
			ann.invite({ role: 'viewer' }, 'http://localhost'),
		]);
		expect(await ann.invites()).toHaveLength(2);
	});

	test('a device that forks its chain freezes alone; those it told different things go on with each other', async () => {
		const ann = await newHost();
		const bo = await joinHost(ann);
		const scope = nextScope();
		const eve = await joinHost(ann, 'editor', scope);
		const wid = eve.info().workspace.id;
		await eve.close();
		const edit = { intent: { verb: 'update', entity: 'contact', count: 1 }, updates: [] };
		const cut = connect(ann, bo);
		await until(() => bo.members().length === 3);
		cut();
		/** Writes `count` entries and gives them to one peer; then the storage is put back as it was. */
		const store = unwrap(await openStore(wid, { scope }));
		const { entries, chains } = store.database;
		unwrap(await store.log.write('edit', 1, edit));
		const give = async (to: typeof ann) => {
			const engine = await createEngine(store);
			const [left, right] = createMemoryLinks();
			to.attach('workspace', left);
			engine.attach(right);
			const before = to.version();
			await until(() => to.version() !== before);
			engine.close();
		};
		await give(bo);
		await entries.clear();
		await chains.clear();
		store.log.close();
		const other = unwrap(await openStore(wid, { scope }));
		unwrap(await other.log.write('edit', 2, edit));
		unwrap(await other.log.write('edit', 3, edit));
		const engine = await createEngine(other);
		const [left, right] = createMemoryLinks();
		ann.attach('workspace', left);
		engine.attach(right);
		await until(() => ann.version().includes(',2]'));
		engine.close();
		connect(ann, bo);
		await until(() =>
			[ann, bo].every((one) => one.members().some(({ ended }) => ended === 'forked')),
		);
		unwrap(await ann.create('contact', { firstName: 'Li' }));
		await until(() => converged(ann, bo));
		expect(bo.status().here).toHaveLength(1);
		expect((await bo.find('contact', 'li', 5)).length).toBe(1);
	});
});
