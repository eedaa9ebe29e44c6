/** In a real browser: the probe finds an engine, training on each engine agrees with the float64 twin, nothing leaks. */
import { wrap } from 'comlink';
import { afterAll, expect, test } from 'vitest';
import type { ModelsWorker } from '#analysis/contract.ts';
import { DAY } from '#core/clock.ts';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { openBackend, openOnly, type BackendName } from '#workers/models/backend.ts';
import { runRebuy } from '#workers/models/rebuy.ts';

/** Customers who buy at their own steady pace, some of whom stop: enough structure to learn from. */
function steadyBuyers(count: number, seed: number) {
	const random = createRandom(seed);
	const rows: { customer: number; time: number; amount: number }[] = [];
	for (let customer = 0; customer < count; customer++) {
		const gap = 10 + random.below(120);
		const stop = random.next() < 0.4 ? random.below(360) : 400;
		for (let day = random.below(200); day < Math.min(stop, 360); day += gap * (0.5 + random.next()))
			rows.push({
				customer,
				time: Date.UTC(2025, 0, 1) + day * DAY,
				amount: 1000 + random.below(9000),
			});
	}
	rows.sort((a, b) => a.time - b.time);
	return {
		customers: Array.from({ length: count }, (_, i) => `c${i}`),
		customer: Int32Array.from(rows, (row) => row.customer),
		time: Float64Array.from(rows, (row) => row.time),
		amount: Float64Array.from(rows, (row) => row.amount),
		currency: 'EUR',
	};
}

const context = { seed: 1, now: 0, progress: () => {}, cancelled: () => false };
const workers: Worker[] = [];
afterAll(() => workers.forEach((worker) => worker.terminate()));

test('the probe picks an engine that works here', async () => {
	const backend = await openBackend();
	expect(backend).toBeDefined();
	expect(Object.keys(backend!.timings)).toContain('cpu');
	expect(Object.keys(backend!.timings)).toContain('wasm');
	const fastest = Math.min(...Object.values(backend!.timings));
	expect(backend!.timings[backend!.name]).toBe(fastest);
});

test.each<BackendName>(['wasm', 'cpu', 'webgl'])(
	'%s agrees with the float64 twin',
	async (name) => {
		const backend = await openOnly(name);
		if (!backend) {
			// A machine may have no WebGL at all; the other two are ours to bring.
			expect(name).toBe('webgl');
			return;
		}
		const before = backend.tf.memory().numTensors;
		const answer = unwrap(await runRebuy({}, steadyBuyers(400, 7), context, async () => backend));
		expect(answer.card.backend).toBe(name);
		expect(answer.twinDifference).toBeLessThan(1e-3);
		expect(answer.auc).toBeGreaterThan(0.7);
		expect(backend.tf.memory().numTensors).toBe(before);
	},
);

test('the worker answers, reports progress, cancels and never throws', async () => {
	const worker = new Worker(new URL('../../workers/models.worker.ts', import.meta.url), {
		type: 'module',
	});
	workers.push(worker);
	const models = wrap<ModelsWorker>(worker);
	const options = { jobId: 'a', seed: 1, now: 0 };
	const answer = unwrap(await models.run('rebuy', {}, steadyBuyers(600, 7), options));
	expect(answer.card.backend).not.toBe('float64');
	expect(await models.run('nonsense', {}, undefined, options)).toMatchObject({
		ok: false,
		error: { type: 'Invalid' },
	});
	const running = models.run('rebuy', {}, steadyBuyers(3000, 7), { ...options, jobId: 'b' });
	await new Promise((resolve) => setTimeout(resolve, 200));
	await models.cancel('b');
	expect(await running).toMatchObject({ ok: false, error: { type: 'Cancelled' } });
});
