/** A device that refuses to store: edits stop, nothing is lost, nothing is tried again unasked, and each refusal has its words. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Dexie } from 'dexie';
import { fail, ok, unwrap, type Result } from '#core/result.ts';
import { createRecord, updateRecord } from '#commands/records.ts';
import { isStorageError, storageFailure, storageTrouble } from '#log/storage.ts';
import { applyUnsaved, createUnsaved, plainDisk, type Unsaved } from '#workspace/unsaved.ts';
import { answerCaches, silentCache } from '#tests/support/caches.ts';
import { newStore } from '#tests/support/store.ts';

const full = () => new DOMException('The disk is full', 'QuotaExceededError');
const intent = { verb: 'create', entity: 'contact', count: 1 } as const;
const fakeTimers = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
const names = async ({ view }: Awaited<ReturnType<typeof newStore>>) =>
	(await view.rows('contact').toArray()).map(({ v }) => v.firstName).sort();

describe('unsaved changes', () => {
	test('are kept in memory, refuse what follows, and are saved when a person asks for it', async () => {
		const store = await newStore();
		const create = (firstName: string) => createRecord(store.context, 'contact', { firstName });
		unwrap(await create('A'));
		const refusing = vi.spyOn(store.log.store, 'write').mockRejectedValue(full());
		expect(await create('B')).toMatchObject({ ok: false, error: { storage: 'full', kept: true } });
		const refused = await create('C');
		expect(refused).toMatchObject({ ok: false, error: { type: 'Storage' } });
		expect(refused).not.toHaveProperty('error.kept');
		expect(refusing).toHaveBeenCalledTimes(1);
		expect(store.unsaved.state()).toMatchObject({ count: 1, failure: { storage: 'full' } });

		expect((await store.unsaved.retry()).ok).toBe(false);
		expect(store.unsaved.state()?.count).toBe(1);
		refusing.mockRestore();
		unwrap(await store.unsaved.retry());
		expect(store.unsaved.state()).toBeUndefined();
		expect(await names(store)).toEqual(['A', 'B']);
		unwrap(await create('D'));
		expect(store.log.chain(store.context.did)?.seq).toBe(3);
		await store.close();
	});

	test('tables that the device does not store stop edits too, and follow after', async () => {
		const store = await newStore();
		const create = (firstName: string) => createRecord(store.context, 'contact', { firstName });
		const refusing = vi.spyOn(store.view, 'transaction').mockRejectedValue(full());
		unwrap(await create('A'));
		expect(store.unsaved.state()).toMatchObject({ count: 0, failure: { storage: 'full' } });
		expect((await create('B')).ok).toBe(false);
		refusing.mockRestore();
		unwrap(await store.unsaved.retry());
		expect(await names(store)).toEqual(['A']);
		await store.close();
	});

	test('are none when what was on its way at a refusal is saved after all', async () => {
		const counts: (number | undefined)[] = [];
		const unsaved: Unsaved = createUnsaved(
			async () => {
				unsaved.note(storageFailure(full()).error);
				return ok(undefined);
			},
			() => counts.push(unsaved.state()?.count),
			plainDisk,
		);
		unwrap(await unsaved.write(intent, []));
		expect(counts).toEqual([1, 0]);
	});

	test('are kept whatever stands in their way when a person tries again, but for a record erased meanwhile', async () => {
		const answers: Result<void>[] = [
			storageFailure(full()),
			fail('Busy', 'Another tab has written to this workspace.'),
			ok(undefined),
			storageFailure(full()),
			fail('NotFound', 'This record was erased for good and cannot be changed.'),
		];
		const unsaved = createUnsaved(
			async () => answers.shift()!,
			() => {},
			plainDisk,
		);
		await unsaved.write(intent, []);
		expect(await unsaved.retry()).toMatchObject({ error: { type: 'Busy' } });
		expect(unsaved.state()).toMatchObject({ count: 1, failure: { storage: 'full' } });
		unwrap(await unsaved.retry());
		expect(unsaved.state()).toBeUndefined();
		await unsaved.write(intent, []);
		unwrap(await unsaved.retry());
		expect(answers).toEqual([]);
		expect(JSON.parse(await unsaved.file('').text())).toMatchObject({ changes: [] });
	});

	test('count as kept while the storage does not answer, and as saved when it does after all', async () => {
		const store = await newStore();
		const create = (firstName: string) => createRecord(store.context, 'contact', { firstName });
		unwrap(await create('A'));
		const { write } = store.log.store;
		let answer = () => {};
		const silent = vi.spyOn(store.log.store, 'write').mockImplementation(async (change) => {
			await new Promise<void>((resolve) => (answer = resolve));
			return write(change);
		});
		fakeTimers();
		try {
			const late = create('B');
			await vi.waitFor(() => expect(silent).toHaveBeenCalled(), 30_000);
			vi.advanceTimersByTime(30_000);
			expect(await late).toMatchObject({ ok: false, error: { storage: 'silent', kept: true } });
			expect(await create('C')).toMatchObject({ ok: false, error: { type: 'Storage' } });
			expect(store.unsaved.state()).toMatchObject({ count: 1, failure: { storage: 'silent' } });

			// Whoever tries again waits in vain, and is told.
			const again = store.unsaved.retry();
			vi.advanceTimersByTime(30_000);
			expect(await again).toMatchObject({ ok: false, error: { storage: 'silent' } });
			expect(store.unsaved.state()?.count).toBe(1);
		} finally {
			vi.useRealTimers();
		}
		silent.mockRestore();
		answer();
		await vi.waitFor(() => expect(store.unsaved.state()).toBeUndefined(), 30_000);
		unwrap(await create('D'));
		expect(await names(store)).toEqual(['A', 'B', 'D']);
		await store.close();
	});

	test('stay kept when the answer that comes late is a refusal', async () => {
		const store = await newStore();
		let refuse = (_: DOMException) => {};
		const silent = vi
			.spyOn(store.log.store, 'write')
			.mockReturnValue(new Promise<void>((_, reject) => (refuse = reject)));
		fakeTimers();
		const late = createRecord(store.context, 'contact', { firstName: 'A' });
		await vi.waitFor(() => expect(silent).toHaveBeenCalled(), 30_000);
		vi.advanceTimersByTime(30_000);
		vi.useRealTimers();
		expect((await late).ok).toBe(false);
		refuse(full());
		await vi.waitFor(
			() => expect(store.unsaved.state()).toMatchObject({ count: 1, failure: { storage: 'full' } }),
			30_000,
		);
		silent.mockRestore();
		unwrap(await store.unsaved.retry());
		expect(await names(store)).toEqual(['A']);
		await store.close();
	});

	test('as a file come back into their workspace, twice without harm, and into no other', async () => {
		const store = await newStore();
		const other = await newStore();
		const refusing = vi.spyOn(store.log.store, 'write').mockRejectedValue(full());
		await createRecord(store.context, 'contact', { firstName: 'Kept' });
		refusing.mockRestore();
		const { wid } = store.log;
		const file = store.unsaved.file(wid);
		const apply = (blob: Blob, target = store) =>
			applyUnsaved(blob, target.log.wid, target.context.did, target.context.write);
		expect(await apply(file, other)).toMatchObject({ ok: false, error: { type: 'Invalid' } });
		unwrap(await store.unsaved.retry());
		unwrap(await apply(file));
		unwrap(await apply(file));
		expect(await names(store)).toEqual(['Kept']);
		for (const text of ['{', '[]', '{"perennial":"unsaved","version":2,"changes":[]}'])
			expect(await apply(new Blob([text]))).toMatchObject({ error: { type: 'Unreadable' } });
		const broken = (await file.text()).replace('"contact:', '"__proto__:');
		expect(await apply(new Blob([broken]))).toMatchObject({ error: { type: 'Damaged' } });
		await Promise.all([store.close(), other.close()]);
	});
});

/** Whatever is refused, answered late or tried again: nothing is lost, written twice, or put over something newer. */
describe('kept changes', () => {
	const ofNobody = () => {};
	const settled = async () => {
		for (let i = 0; i < 50; i++) await Promise.resolve();
	};
	const kept = async (unsaved: Unsaved): Promise<number> =>
		(JSON.parse(await unsaved.file('').text()) as { changes: unknown[] }).changes.length;
	afterEach(() => {
		vi.useRealTimers();
		vi.restoreAllMocks();
	});

	async function withContact() {
		const store = await newStore();
		const id = unwrap(await createRecord(store.context, 'contact', { firstName: 'A' }));
		const title = async () => (await store.context.rows([id]))[0]?.v.jobTitle;
		const name = (jobTitle: string) => updateRecord(store.context, id, { jobTitle });
		const refuse = () => vi.spyOn(store.log.store, 'write').mockRejectedValueOnce(full());
		return { store, id, title, name, refuse };
	}

	test('a storage that comes back late saves what waited behind it', async () => {
		fakeTimers();
		let reopened = () => {};
		const answers = [storageFailure(full())];
		const reopen = () => new Promise<void>((resolve) => (reopened = resolve));
		const disk = { ...plainDisk, reopen };
		const unsaved = createUnsaved(async () => answers.shift() ?? ok(undefined), ofNobody, disk);
		expect(await unsaved.write(intent, [])).toMatchObject({ error: { kept: true } });
		const again = unsaved.retry();
		await settled();
		// Nothing is saved yet.
		expect(unsaved.state()).toMatchObject({ count: 1, failure: { storage: 'full' } });
		vi.advanceTimersByTime(30_000);
		expect(await again).toMatchObject({ ok: false, error: { storage: 'silent' } });
		disk.reopen = async () => {};
		reopened();
		await settled();
		expect(unsaved.state()).toBeUndefined();
		expect(await kept(unsaved)).toBe(0);
	});

	test('who was told that a change is kept finds it kept, whatever the late answer says', async () => {
		fakeTimers();
		let late = (_: Result<void>) => {};
		const busy = fail('Busy', 'Another tab has written to this workspace.');
		const write = vi.fn(() => new Promise<Result<void>>((resolve) => (late = resolve)));
		const unsaved = createUnsaved(write, ofNobody, plainDisk);
		const written = unsaved.write(intent, []);
		await settled();
		vi.advanceTimersByTime(30_000);
		expect(await written).toMatchObject({ error: { storage: 'silent', kept: true } });
		late(busy);
		await settled();
		// Tried again by itself, because the storage answers.
		expect(write).toHaveBeenCalledTimes(2);
		late(busy);
		await settled();
		expect(unsaved.state()).toMatchObject({ count: 1 });
		const again = unsaved.retry();
		await settled();
		late(ok(undefined));
		unwrap(await again);
		expect(unsaved.state()).toBeUndefined();
	});

	test('the change that finds the storage cleared can be downloaded', async () => {
		const disk = { ...plainDisk, isHere: async () => false };
		const unsaved = createUnsaved(async () => fail('Busy', 'Changed.'), ofNobody, disk);
		const written = await unsaved.write(intent, []);
		expect(written).toMatchObject({ error: { storage: 'missing', kept: true } });
		expect(await kept(unsaved)).toBe(1);
	});

	test('a fault at reopening leaves the warning where it was', async () => {
		const reopen = () => Promise.reject(new Error('A bug.'));
		const answers = [storageFailure(full())];
		const unsaved = createUnsaved(async () => answers.shift()!, ofNobody, { ...plainDisk, reopen });
		await unsaved.write(intent, []);
		await expect(unsaved.retry()).rejects.toThrow('A bug.');
		expect(unsaved.state()).toMatchObject({ count: 1, failure: { storage: 'full' } });
	});

	test('two who try again at once save once; an edit meanwhile comes after', async () => {
		const { store, name, title, refuse } = await withContact();
		refuse();
		expect((await name('old')).ok).toBe(false);
		const before = store.log.chain(store.context.did)!.seq;
		const again = Promise.all([store.unsaved.retry(), store.unsaved.retry()]);
		unwrap(await name('new'));
		(await again).forEach(unwrap);
		expect(store.log.chain(store.context.did)!.seq - before).toBe(2);
		await store.rebuild();
		expect(await title()).toBe('new');
		await store.close();
	});

	test('a file that is brought back does not undo what was changed since', async () => {
		const { store, name, title, refuse } = await withContact();
		refuse();
		expect((await name('old')).ok).toBe(false);
		const file = store.unsaved.file(store.log.wid);
		unwrap(await store.unsaved.retry());
		unwrap(await name('new'));
		unwrap(await applyUnsaved(file, store.log.wid, store.context.did, store.context.write));
		expect(await title()).toBe('new');
		await store.rebuild();
		expect(await title()).toBe('new');
		await store.close();
	});

	test('a file goes on behind a record that was erased meanwhile', async () => {
		const changes = [1, 2].map(() => ({ intent, cells: [] }));
		const text = JSON.stringify({ perennial: 'unsaved', version: 1, wid: 'w', changes });
		const answers = [fail('NotFound', 'Erased.'), ok(undefined)];
		unwrap(await applyUnsaved(new Blob([text]), 'w', 'd', async () => answers.shift()!));
		expect(answers).toEqual([]);
	});

	test('a document that the log refused is as the log says, also where its cache does not answer', async () => {
		const { store, id, refuse } = await withContact();
		refuse();
		const first = updateRecord(store.context, id, { jobTitle: 'J1' });
		const silent = answerCaches(silentCache);
		expect((await first).ok).toBe(false);
		fakeTimers();
		const again = store.unsaved.retry();
		await vi.waitFor(() => expect(silent.mock.calls.join()).toContain('perennial-doc-'), 30_000);
		vi.advanceTimersByTime(10_000);
		unwrap(await again);
		vi.useRealTimers();
		unwrap(await updateRecord(store.context, id, { lastName: 'L1' }));
		silent.mockRestore();
		// Caches are asked again after a minute.
		vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000);
		await store.replica.close();
		await store.rebuild();
		const [row] = await store.context.rows([id]);
		expect(row?.v).toMatchObject({ firstName: 'A', jobTitle: 'J1', lastName: 'L1' });
		for (const { did, part } of store.log.partKeys())
			expect(await store.recheck(did, part)).toBe(0);
		await store.close();
	});
});

describe('refusals of the browser', () => {
	test.each([
		[full(), 'full'],
		[new DOMException('No space left on device', 'UnknownError'), 'full'],
		[new DOMException('The connection is closing', 'InvalidStateError'), 'closed'],
		[new DOMException('No answer within 10 s.', 'TimeoutError'), 'closed'],
		[new DOMException('Not allowed', 'SecurityError'), 'blocked'],
		[new DOMException('No such store', 'NotFoundError'), 'missing'],
		[new DOMException('Failed to read', 'NotReadableError'), 'corrupt'],
		[new Dexie.AbortError('aborted', full()), 'full'],
		[new Dexie.DatabaseClosedError('closed'), 'closed'],
		[new Error('something else'), 'unknown'],
	])('%s is %s, with a sentence that says what to do', (error, trouble) => {
		expect(storageTrouble(error)).toBe(trouble);
		const { type, storage, message } = storageFailure(error).error;
		expect({ type, storage }).toEqual({ type: 'Storage', storage: trouble });
		expect(message.split('. ').length + message.split(': ').length).toBeGreaterThan(2);
		expect(isStorageError(error)).toBe(trouble !== 'unknown');
	});
});
