/** What a page may send to the models worker and what it gets back: always a value, never an exception. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DAY } from '#core/clock.ts';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { toPurchases, type Order } from '#tests/support/purchases.ts';
import { models } from '#workers/models/registry.ts';
import { createModelsWorker } from '#workers/models/service.ts';

const options = { jobId: 'job', seed: 1, now: 0 };

function orders(customers: number): Order[] {
	const random = createRandom(3);
	return Array.from({ length: customers }, (_, i) =>
		Array.from({ length: 1 + random.below(6) }, () => ({
			customer: `c${i}`,
			time: Date.UTC(2025, 0, 1) + random.below(400) * DAY,
			amount: 100 + random.below(10_000),
		})),
	).flat();
}

test('every model file is registered', () => {
	const notModels = ['registry.ts', 'service.ts', 'backend.ts'];
	const files = readdirSync(join(import.meta.dirname, '../../workers/models'))
		.filter((file) => file.endsWith('.ts') && !notModels.includes(file))
		.map((file) => file.slice(0, -3));
	expect(models.map((model) => model.name).sort()).toEqual(files.sort());
});

describe('wrong input is Invalid, with the field and a sentence', () => {
	const worker = createModelsWorker();
	test.each([
		['oracle', {}, 'name'],
		['rfm', { asOf: 'yesterday' }, 'asOf'],
		['rfm', { asOf: '2011-13-40' }, 'asOf'],
		['rfm', 7, 'params'],
		['segments', { method: 'kmeans', k: 1 }, 'k'],
		['segments', { method: 'kmeans', k: 2.5 }, 'k'],
		['segments', { method: 'spectral' }, 'method'],
		['segments', { features: 'colour' }, 'features'],
		['clv', { method: 'twcf', cashFlows: [1000] }, 'discountRate'],
		['clv', { method: 'twcf', cashFlows: [], discountRate: 0.1 }, 'cashFlows'],
		['clv', { method: 'ev', cashFlows: [NaN], retention: 0.8 }, 'cashFlows'],
		['clv', { method: 'ev', cashFlows: [1], retention: 1.2 }, 'retention'],
		['clv', { calibrationEnd: {} }, 'calibrationEnd'],
		['sentiment', {}, 'text'],
		['rebuy', { asOf: [] }, 'asOf'],
	])('%s %j', async (name, params, field) => {
		const answer = await worker.run(name, params, undefined, options);
		expect(answer).toMatchObject({ ok: false, error: { type: 'Invalid', field } });
	});
});

describe('too little data is Refused, with what is missing', () => {
	const worker = createModelsWorker();
	test.each([
		['rfm', {}, 0, 1, 0],
		['segments', {}, 0, 1, 0],
		['segments', { method: 'kmeans', k: 5 }, 49, 50, 49],
		['clv', {}, 199, 200, 199],
		['rebuy', {}, 90, 100, 90],
	])('%s %j on %i customers', async (name, params, customers, needed, most) => {
		const answer = await worker.run(name, params, toPurchases(orders(customers), 'EUR'), options);
		expect(answer).toMatchObject({ ok: false, error: { type: 'Refused', needed } });
		expect(!answer.ok && answer.error.got).toBeLessThanOrEqual(most);
	});

	test('200 customers who never came back', async () => {
		const once = orders(220).filter(
			(order, i, all) => all.findIndex((o) => o.customer === order.customer) === i,
		);
		const answer = await worker.run('clv', {}, toPurchases(once, 'EUR'), options);
		expect(answer).toMatchObject({ ok: false, error: { type: 'Refused', needed: 80, got: 0 } });
	});

	test('nobody fails to buy again', async () => {
		const weekly = Array.from({ length: 120 * 60 }, (_, i) => ({
			customer: `c${i % 120}`,
			time: Date.UTC(2025, 0, 1) + Math.floor(i / 120) * 7 * DAY,
			amount: 500,
		}));
		const answer = await worker.run('rebuy', {}, toPurchases(weekly, 'EUR'), options);
		expect(answer).toMatchObject({ ok: false, error: { type: 'Refused', needed: 25, got: 0 } });
	});
});

test.each(['segments', 'clv', 'rebuy'])(
	'%s stops when asked, and other work goes on',
	async (name) => {
		const worker = createModelsWorker();
		const params = name === 'segments' ? { method: 'kmeans', k: 8 } : {};
		const purchases = toPurchases(orders(3000), 'EUR');
		let turns = 0;
		let asked = false;
		const answer = await worker.run(name, params, purchases, options, () => {
			if (asked) return;
			asked = true;
			setTimeout(() => {
				turns++;
				worker.cancel('job');
			});
		});
		expect(answer).toMatchObject({ ok: false, error: { type: 'Cancelled' } });
		expect(turns).toBe(1);
	},
);

test('progress rises to at most 1; a broken listener does not stop the work', async () => {
	const worker = createModelsWorker();
	const purchases = toPurchases(orders(1500), 'EUR');
	const seen: number[] = [];
	const params = { method: 'kmeans', k: 6 };
	const heard = await worker.run('segments', params, purchases, options, (fraction) => {
		seen.push(fraction);
	});
	expect(heard.ok).toBe(true);
	expect(seen.length).toBeGreaterThan(1);
	expect(seen).toEqual([...seen].sort((a, b) => a - b));
	expect(seen.at(-1)).toBeLessThanOrEqual(1);
	const deaf = await worker.run('segments', params, purchases, options, () =>
		Promise.reject(new Error('page is gone')),
	);
	expect(deaf).toEqual(heard);
});

test('every answer has a card made with it', async () => {
	const worker = createModelsWorker();
	const purchases = toPurchases(orders(400), 'EUR');
	for (const [name, params] of [
		['rfm', {}],
		['segments', {}],
		['segments', { method: 'kmeans' }],
		['clv', { method: 'ev', cashFlows: [1], retention: 0.5 }],
		['sentiment', { text: 'fine' }],
	] as const) {
		const { card } = unwrap(await worker.run(name, params, purchases, { ...options, now: 42 }));
		expect(card).toMatchObject({ model: name, computedAt: 42, backend: 'float64' });
		expect(card.n).toBeGreaterThan(0);
		for (const reason of card.reasons) {
			expect(reason.en.length).toBeGreaterThan(20);
			expect(reason.zh).toMatch(/\p{Script=Han}/u);
		}
	}
});
