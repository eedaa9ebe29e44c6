/** What every log store must do, whatever it keeps its rows in. */
import { describe, expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { createDeviceKeys } from '#crypto/device.ts';
import { LogDatabase, createLogStore } from '#log/database.ts';
import { StaleChain, type ChainHead, type LogStore, type StoredEntry } from '#log/log-store.ts';
import { createMemoryStore } from '#log/memory-store.ts';

let scopes = 0;
const bytes = (...values: number[]) => Uint8Array.from(values);
const entry = (did: string, seq: number, more: Partial<StoredEntry> = {}): StoredEntry => ({
	...{ did, seq, id: bytes(seq), head: bytes(1), sig: bytes(2), ct: bytes(3) },
	...{ receivedAt: 0, parts: [`${did}/r-${seq % 2}`], ...more },
});
const chain = (did: string, seq: number): ChainHead => ({
	...{ did, seq, id: bytes(seq), hlc: 0, bytes: 0, applied: seq },
});

describe.each<[string, () => LogStore]>([
	['memory', createMemoryStore],
	['IndexedDB', () => createLogStore(new LogDatabase('suite', `suite${++scopes}-`))],
])('a log store in %s', (_, create) => {
	async function filled(): Promise<LogStore> {
		const store = create();
		const entries = [3, 1, 2, 5, 4].map((seq) => entry('ann', seq));
		await store.write({ entries, chains: [chain('ann', 5)] });
		await store.write({
			entries: [entry('bo', 1, { gap: 1, ct: bytes() })],
			chains: [chain('bo', 1)],
		});
		return store;
	}

	test('gives rows back by place, in pages, by document and by gap', async () => {
		const store = await filled();
		expect(await store.get('ann', 2)).toEqual(entry('ann', 2));
		expect(await store.get('ann', 6)).toBeUndefined();
		expect((await store.page('ann', 2, 3)).map(({ seq }) => seq)).toEqual([2, 3, 4]);
		expect(await store.page('nobody', 1, 3)).toEqual([]);
		expect(await store.seqsOfPart('ann', 'r-1')).toEqual([1, 3, 5]);
		expect(await store.gaps(1)).toEqual([['bo', 1]]);
		expect(await store.gaps(2)).toEqual([]);
		store.close();
	});

	test('pages hold rows beyond what the chain says: they show that it is wrong', async () => {
		const store = await filled();
		await store.write({ chains: [chain('ann', 2)] });
		expect((await store.page('ann', 1, 9)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
		store.close();
	});

	test('a row in a taken place takes it, and its former gap and documents are forgotten', async () => {
		const store = await filled();
		await store.write({ entries: [entry('bo', 1, { parts: ['bo/r-9'] })] });
		expect(await store.gaps(1)).toEqual([]);
		expect(await store.seqsOfPart('bo', 'r-1')).toEqual([]);
		expect(await store.seqsOfPart('bo', 'r-9')).toEqual([1]);
		store.close();
	});

	test('a writer that does not know the chain as it stands writes nothing at all', async () => {
		const store = await filled();
		const stale = store.write({
			expect: { ann: 5, bo: 0 },
			entries: [entry('ann', 6)],
			chains: [chain('ann', 6)],
			parts: [{ key: 'ann/r-0', clock: 9 }],
		});
		await expect(stale).rejects.toThrow(StaleChain);
		expect(await store.get('ann', 6)).toBeUndefined();
		expect(await store.parts()).toEqual([]);
		await store.write({ expect: { ann: 5, cy: 0 }, entries: [entry('ann', 6)] });
		expect(await store.get('ann', 6)).toBeDefined();
		store.close();
	});

	test('documents, membership, confirmations and keys come back as they went in', async () => {
		const store = create();
		expect(await store.secrets()).toMatchObject({ ok: false, error: { type: 'NotFound' } });
		const device = await createDeviceKeys();
		await store.write({ secrets: { device, epochs: [{ kid: 0, key: bytes(1) }] } });
		await store.write({ secrets: { epochs: [{ kid: 1, key: bytes(2) }] } });
		const secrets = unwrap(await store.secrets());
		expect(secrets.device.did).toBe(device.did);
		expect(secrets.epochs).toEqual([{ kid: 1, key: bytes(2) }]);
		await store.write({
			parts: [
				{ key: 'ann/r-0', clock: 1 },
				{ key: 'ann/r-1', clock: 2 },
			],
		});
		await store.write({ removeParts: ['ann/r-0'], parts: [{ key: 'ann/r-1', clock: 3 }] });
		expect(await store.parts()).toEqual([{ key: 'ann/r-1', clock: 3 }]);
		const joined = { id: 'aa', head: bytes(1), sig: bytes(2), receivedAt: 3 };
		await store.write({ membership: [joined], founding: joined });
		expect(await store.founding()).toEqual(joined);
		expect(await store.membership()).toEqual([joined]);
		await store.putAck({ did: 'bo', holds: { ann: 5 }, at: 1 });
		await store.putAck({ did: 'bo', holds: { ann: 6 }, at: 2 });
		expect(await store.acks()).toEqual([{ did: 'bo', holds: { ann: 6 }, at: 2 }]);
		await store.destroy();
		store.close();
	});

	test('what was handed in may be changed afterwards without harm', async () => {
		const store = create();
		const row = entry('ann', 1);
		const change = { entries: [row], chains: [chain('ann', 1)] };
		await store.write(change);
		change.entries.push(entry('ann', 2));
		expect(await store.get('ann', 2)).toBeUndefined();
		store.close();
	});
});
