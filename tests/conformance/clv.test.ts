/** BG/NBD and Gamma-Gamma against the published figures for CDNOW; cash flows against hand calculation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BgnbdValue } from '#analysis/contract.ts';
import { unwrap } from '#core/result.ts';
import { context, readCdnow, readOnlineRetail, toPurchases } from '#tests/support/purchases.ts';
import { sharedPath } from '#tests/support/shared.ts';
import {
	bgnbdLogLikelihood,
	expectedFuturePurchases,
	expectedPurchases,
	fitBgnbd,
} from '#workers/models/clv/bgnbd.ts';
import { expectedSpend, fitGammaGamma } from '#workers/models/clv/gamma-gamma.ts';
import { clv } from '#workers/models/clv.ts';

const sample = sharedPath('cdnow', 'CDNOW_sample.txt');
const summary = sharedPath('cdnow', 'cdnow_customers_summary_with_transactions.csv');
const retail = sharedPath('online_retail', 'online_retail.csv.gz');

const run = async (params: Record<string, unknown>, purchases = toPurchases([], 'USD')) =>
	clv.run(unwrap(clv.parse(params)), purchases, context());

describe('BG/NBD formulas', () => {
	const published = { r: 0.2425945, alpha: 4.4136, a: 0.79292, b: 2.42589 };

	test.each([
		[1 / 7, 0.0078],
		[1, 0.0532],
		[3, 0.1506],
		[31.8571, 1.0405],
		[32, 1.0437],
		// The published 1.8576 comes from a spreadsheet that cuts the series at 150 terms; the limit is this.
		[78, 1.857957],
	])('E[X(%f)] = %f', (weeks, expected) => {
		expect(expectedPurchases(published, weeks)).toBeCloseTo(expected, 4);
	});

	test('E[Y(39) | 2, 30.43, 38.86] = 1.226', () => {
		const customer = { frequency: 2, recency: 30.43, T: 38.86 };
		expect(expectedFuturePurchases(published, customer, 39)).toBeCloseTo(1.226, 3);
	});

	test.each([
		[0, 0, -0.59947382],
		[200, 38, 100.7957],
	])('ln L of %i purchases, last at %i, does not overflow: %f', (frequency, recency, expected) => {
		const p = { r: 0.25, alpha: 4, a: 0.8, b: 2.5 };
		expect(bgnbdLogLikelihood(p, { frequency, recency, T: 40 })).toBeCloseTo(expected, 4);
	});
});

test('an excerpt of CDNOW agrees with SciPy', () => {
	const rows = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'cdnow-400.csv'), 'utf8')
		.trim()
		.split('\n')
		.filter((line) => /^\d/.test(line))
		.map((line) => line.split(',').map(Number) as [number, number, number, number]);
	expect(rows).toHaveLength(400);
	const buying = fitBgnbd(rows.map(([frequency, recency, T]) => ({ frequency, recency, T })));
	expect(buying.parameters.r).toBeCloseTo(0.22062543, 5);
	expect(buying.parameters.alpha).toBeCloseTo(3.79950854, 4);
	expect(buying.parameters.a).toBeCloseTo(0.43140013, 4);
	expect(buying.parameters.b).toBeCloseTo(1.07647516, 4);
	expect(buying.logLikelihood).toBeCloseTo(-1788.5900989, 6);
	const spend = fitGammaGamma(
		rows.filter(([x]) => x > 0).map(([frequency, , , mean]) => ({ frequency, mean })),
	);
	expect(spend.parameters.p).toBeCloseTo(5.34307477, 3);
	expect(spend.parameters.q).toBeCloseTo(3.70866997, 3);
	expect(spend.parameters.gamma).toBeCloseTo(18.83531258, 2);
	expect(spend.logLikelihood).toBeCloseTo(-710.9100446, 6);
});

describe.skipIf(!summary)('CDNOW summary table', () => {
	const rows = summary
		? readFileSync(summary, 'utf8')
				.trim()
				.split('\n')
				.slice(1)
				.map((line) => line.split(',').map(Number) as [number, number, number, number, number])
		: [];

	test('BG/NBD', () => {
		const { parameters, logLikelihood } = fitBgnbd(
			rows.map(([, frequency, recency, T]) => ({ frequency, recency, T })),
		);
		expect(parameters.r).toBeCloseTo(0.24259291, 6);
		expect(parameters.alpha).toBeCloseTo(4.41353148, 4);
		expect(parameters.a).toBeCloseTo(0.79288605, 4);
		expect(parameters.b).toBeCloseTo(2.42575332, 4);
		expect(logLikelihood).toBeCloseTo(-9582.425561, 5);
	});

	test('Gamma-Gamma on 946 repeat buyers', () => {
		const spend = rows.map(([, frequency, , , mean]) => ({ frequency, mean }));
		const repeaters = spend.filter((c) => c.frequency > 0);
		expect(repeaters).toHaveLength(946);
		const { parameters, logLikelihood } = fitGammaGamma(repeaters);
		expect(parameters.p).toBeCloseTo(6.25, 2);
		expect(parameters.q).toBeCloseTo(3.74, 2);
		expect(parameters.gamma).toBeCloseTo(15.44, 1);
		expect(logLikelihood).toBeCloseTo(-4055.92, 2);
		const means = spend.slice(0, 10).map((c) => expectedSpend(parameters, c));
		[24.66, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17].forEach((mean, i) =>
			expect(means[i]).toBeCloseTo(mean, 1),
		);
	});
});

describe.skipIf(!sample)('CDNOW orders', () => {
	test('parameters, errors, hold-out, and intervals that hold', async () => {
		const orders = readCdnow(sample!);
		const answer = unwrap(
			await run({ method: 'bgnbd', calibrationEnd: '1997-09-30' }, toPurchases(orders, 'USD')),
		) as BgnbdValue & { card: { quality: { value: number; baseline: { value: number } } } };
		expect(answer.rows).toHaveLength(2357);
		expect(answer.parameters.r).toBeCloseTo(0.2425945, 5);
		expect(answer.parameters.alpha).toBeCloseTo(4.4136, 3);
		expect(answer.parameters.a).toBeCloseTo(0.79292, 4);
		expect(answer.parameters.b).toBeCloseTo(2.42589, 4);
		expect(answer.logLikelihood).toBeCloseTo(-9582.429, 3);
		expect(answer.standardErrors.r).toBeCloseTo(0.01256, 4);
		expect(answer.standardErrors.alpha).toBeCloseTo(0.37822, 3);
		expect(answer.standardErrors.a).toBeCloseTo(0.18572, 3);
		expect(answer.standardErrors.b).toBeCloseTo(0.70534, 3);
		expect(answer.spend.p).toBeCloseTo(6.25, 2);
		expect(answer.spend.q).toBeCloseTo(3.74, 2);
		expect(answer.spend.gamma).toBeCloseTo(15.44, 1);
		expect(answer.holdout).toMatchObject({ weeks: 39, actual: 1882 });
		expect(answer.holdout!.predicted).toBeCloseTo(1653.4, 1);
		expect(answer.card.quality.value).toBeCloseTo(0.6256, 4);
		expect(answer.card.quality.baseline.value).toBeLessThan(answer.card.quality.value);

		// Of the customers' real spending in the next 39 weeks, at least 80 % lies inside its interval.
		const end = Date.UTC(1997, 9, 1);
		const spent = new Map<string, number>();
		for (const order of orders)
			if (order.time >= end)
				spent.set(order.customer, (spent.get(order.customer) ?? 0) + order.amount / 100);
		const inside = answer.rows.filter(({ customer, interval: [lo, hi] }) => {
			const actual = spent.get(customer) ?? 0;
			return actual >= lo && actual <= hi;
		});
		expect(inside.length / 2357).toBeGreaterThan(0.8);
		const simulated = answer.total.interval;
		expect(simulated[0]).toBeLessThan(answer.total.value);
		expect(simulated[1]).toBeGreaterThan(answer.total.value);
	}, 60_000);

	test('without a calibration end the last third is held out', async () => {
		const answer = unwrap(await run({}, toPurchases(readCdnow(sample!), 'USD')));
		expect(answer.card.quality!.heldOut).toBe(2357);
		expect(answer.card.quality!.value).toBeGreaterThan(answer.card.quality!.baseline.value);
	});

	test('199 customers are refused with the number that is missing', async () => {
		const few = readCdnow(sample!).filter((order) => Number(order.customer) < 200);
		const answer = await run({}, toPurchases(few, 'USD'));
		expect(answer).toMatchObject({
			ok: false,
			error: { type: 'Refused', needed: 200, got: 199 },
		});
	});
});

test.skipIf(!retail)('Online Retail is refused: the fit runs to the boundary', async () => {
	const answer = await run({}, toPurchases(readOnlineRetail(retail!), 'GBP'));
	expect(answer).toMatchObject({ ok: false, error: { type: 'Refused', needed: 2.71 } });
	expect(!answer.ok && answer.error.message).toMatch(/boundary/);
});

test('cash flows', async () => {
	const cashFlows = [1000, 800, 600];
	const twcf = unwrap(await run({ method: 'twcf', cashFlows, discountRate: 0.1 }));
	expect(twcf).toMatchObject({ method: 'twcf' });
	// A common worked example prints 1954.26 and 1519.2; the formulas give these.
	expect((twcf as { value: number }).value).toBeCloseTo(2021.04, 2);
	const ev = unwrap(await run({ method: 'ev', cashFlows, retention: 0.8 }));
	expect((ev as { value: number }).value).toBeCloseTo(1619.2, 9);
});
