/** Devices that break the rules on purpose, against honest ones running the real code. */
import { describe, expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { storesInBrowser } from '#log/database.ts';
import { foundWorkspace } from '#log/found.ts';
import { createEngine } from '#sync/engine.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { anEdit, forgeEntry, plantEntry } from '#tests/support/hostile.ts';
import { connect, converged, joinHost, newHost, nextScope, until } from '#tests/support/store.ts';
import { openStore } from '#workspace/open-store.ts';

describe('a hostile device', () => {
	test("a viewer that writes all the same: every peer refuses it, and the others' work goes on", async () => {
		const ann = await newHost();
		const id = unwrap(await ann.create('contact', { firstName: 'Li' }));
		const scope = nextScope();
		const eve = await joinHost(ann, 'viewer', scope);
		const wid = eve.info().workspace.id;
		await eve.close();
		const before = unwrap(await openStore(wid, { scope }));
		expect(await before.log.write('edit', Date.now(), anEdit)).toMatchObject({ ok: false });
		await plantEntry(before.log, await forgeEntry(before.log), 1);
		await before.close();
		const store = unwrap(await openStore(wid, { scope }));
		const engine = await createEngine(store);
		const [left, right] = createMemoryLinks();
		ann.attach('workspace', left);
		engine.attach(right);
		await until(async () => (await ann.quarantine()).length > 0);
		expect(await ann.importTarget().read([id])).toMatchObject([{ firstName: 'Li' }]);
		const bo = await joinHost(ann);
		connect(ann, bo);
		await until(() => converged(ann, bo));
	});

	test('a device that nobody admitted gets no entry and no answer', async () => {
		const ann = await newHost();
		unwrap(await ann.create('contact', { firstName: 'Li' }));
		const scope = nextScope();
		// It has keys, and pretends to be of Ann's workspace.
		const own = unwrap(
			await foundWorkspace(
				{ name: 'X', language: 'en', currency: 'EUR', timeZone: 'UTC', userName: 'Eve' },
				Date.now(),
				storesInBrowser(scope),
			),
		);
		const store = unwrap(await openStore(own, { scope }));
		const log = Object.create(store.log, { wid: { value: ann.info().workspace.id } });
		const pretending = { log, receive: store.receive, unread: 0 };
		const engine = await createEngine(pretending);
		const [left, right] = createMemoryLinks();
		let closed = false;
		left.onClose(() => (closed = true));
		ann.attach('workspace', left);
		engine.attach(right);
		await until(() => closed);
		expect(engine.status().here).toEqual([]);
		expect(ann.status().here).toEqual([]);
		expect(store.log.vector()).toEqual({});
	});

	test('noise on the line ends that line and nothing else', async () => {
		const ann = await newHost();
		for (const noise of [new Uint8Array(0), Uint8Array.of(1, 99), new Uint8Array(5000).fill(255)]) {
			const [left, right] = createMemoryLinks();
			let closed = false;
			right.onClose(() => (closed = true));
			ann.attach('workspace', left);
			await right.send(noise);
			await until(() => closed);
		}
		expect((await ann.create('contact', { firstName: 'Li' })).ok).toBe(true);
	});
});
