/** Online Retail and iris must give the reference figures (scikit-learn's K-means on the same definitions). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { context, readOnlineRetail, toPurchases } from '#tests/support/purchases.ts';
import { sharedPath } from '#tests/support/shared.ts';
import { kmeans } from '#workers/math/kmeans.ts';
import { rfm } from '#workers/models/rfm.ts';
import { segments } from '#workers/models/segments.ts';

const iris = join(import.meta.dirname, '..', 'fixtures', 'iris.csv');
const retail = sharedPath('online_retail', 'online_retail.csv.gz');

describe('iris', () => {
	test('k = 3: inertia 78.851441426146, sizes 62/50/38', async () => {
		const rows = readFileSync(iris, 'utf8')
			.trim()
			.split('\n')
			.map((line) => line.split(',').slice(0, 4).map(Number))
			.filter((row) => row.every((v) => Number.isFinite(v)));
		expect(rows).toHaveLength(150);
		const found = await kmeans(Float64Array.from(rows.flat()), 4, {
			k: 3,
			random: createRandom(8),
		});
		expect(found.inertia).toBeCloseTo(78.851441426146, 9);
		const sizes = [0, 1, 2].map((c) => found.labels.filter((label) => label === c).length);
		expect(sizes.sort((a, b) => b - a)).toEqual([62, 50, 38]);
	});
});

describe.skipIf(!retail)('Online Retail', () => {
	const purchases = retail ? toPurchases(readOnlineRetail(retail), 'GBP') : undefined!;

	test('RFM: 4,338 customers, 18,440 orders, 8,911,407.90', async () => {
		const params = unwrap(rfm.parse({ asOf: '2011-12-10' }));
		const answer = unwrap(await rfm.run(params, purchases, context()));
		expect(answer.customers).toBe(4338);
		expect(answer.rows.reduce((sum, row) => sum + row.frequency, 0)).toBe(18440);
		expect(answer.revenue).toBeCloseTo(8_911_407.9, 2);
		expect(unwrap(await rfm.run({}, purchases, context())).rows).toEqual(answer.rows);
		// A third of the customers bought once: they share a middle rank, so no frequency score of 2 exists here.
		for (const score of ['r', 'f', 'm'] as const)
			expect(new Set(answer.rows.map((row) => row[score]))).toEqual(
				new Set(score === 'f' ? [1, 3, 4, 5] : [1, 2, 3, 4, 5]),
			);
	});

	test.each([
		[2, 6483.67],
		[3, 4878.72],
		[4, 3962.76],
		[5, 3334.52],
		[6, 2877.91],
		[7, 2574.83],
		[8, 2362.49],
	])('k = %i: inertia %f', async (k, inertia) => {
		const params = unwrap(segments.parse({ method: 'kmeans', k, asOf: '2011-12-10' }));
		const answer = unwrap(await segments.run(params, purchases, context()));
		// Starts stop early (centres move less than 1e-4), so paths end within 1e-4 of each other.
		expect(Math.abs(answer.inertia! / inertia - 1)).toBeLessThan(1e-4);
		if (k !== 4) return;
		expect(answer.inertia).toBeCloseTo(inertia, 2);
		expect(answer.sizes).toEqual([1639, 1193, 822, 684]);
	});

	test('the five named segments cover everybody', async () => {
		const params = unwrap(segments.parse({}));
		const answer = unwrap(await segments.run(params, purchases, context()));
		expect(answer.segments.map((s) => s.key).sort()).toEqual([
			'active',
			'highValue',
			'new',
			'potential',
			'silent',
		]);
		expect(answer.sizes.reduce((sum, n) => sum + n)).toBe(4338);
		expect(answer.card.quality!.value).toBeGreaterThan(answer.card.quality!.baseline.value);
	});
});
