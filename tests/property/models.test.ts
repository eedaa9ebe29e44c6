/** Laws of the models: no answer depends on the order of rows or customers, and the calculus agrees with itself. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Purchases } from '#analysis/contract.ts';
import { DAY } from '#core/clock.ts';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { context, toPurchases, type Order } from '#tests/support/purchases.ts';
import { hessian, invertSymmetric } from '#workers/math/linear.ts';
import { lbfgs, nelderMead } from '#workers/math/minimise.ts';
import {
	digamma,
	hypergeometric2F1,
	logAddExp,
	logBeta,
	logGamma,
	logSumExp,
} from '#workers/math/special.ts';
import { auc } from '#workers/math/statistics.ts';
import { bgnbdTotal, expectedFuturePurchases } from '#workers/models/clv/bgnbd.ts';
import { segments } from '#workers/models/segments.ts';

const orderList = fc.array(
	fc.record({
		customer: fc.integer({ min: 0, max: 60 }).map((i) => `c${i}`),
		time: fc.integer({ min: 0, max: 700 }).map((day) => Date.UTC(2024, 0, 1) + day * DAY),
		amount: fc.integer({ min: 1, max: 1_000_000 }),
	}),
	{ minLength: 200, maxLength: 400 },
);

/** The same orders with customers numbered and rows placed differently. */
function shuffled(orders: readonly Order[], seed: number): Purchases {
	const random = createRandom(seed);
	const mixed = [...orders];
	for (let i = mixed.length - 1; i > 0; i--) {
		const j = random.below(i + 1);
		[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
	}
	const customers = [...new Set(mixed.map((order) => order.customer))];
	return {
		customers,
		customer: Int32Array.from(mixed, (order) => customers.indexOf(order.customer)),
		time: Float64Array.from(mixed, (order) => order.time),
		amount: Float64Array.from(mixed, (order) => order.amount),
		currency: 'EUR',
	};
}

test.prop(
	[orderList, fc.integer({ min: 0, max: 1e6 }), fc.constantFrom({}, { method: 'kmeans', k: 3 })],
	{
		numRuns: 30,
	},
)('segments do not depend on the order of rows', async (orders, seed, params) => {
	const parsed = unwrap(segments.parse(params));
	const straight = await segments.run(parsed, toPurchases(orders, 'EUR'), context());
	const mixed = await segments.run(parsed, shuffled(orders, seed), context({ seed }));
	expect(mixed).toEqual(straight);
});

test.prop([orderList], { numRuns: 20 })(
	'clusters do not depend on the ids of customers',
	async (orders) => {
		const renamed = orders.map((order) => ({
			...order,
			customer: `${999 - Number(order.customer.slice(1))}x`,
		}));
		const params = unwrap(segments.parse({ method: 'kmeans', k: 3 }));
		const a = await segments.run(params, toPurchases(orders, 'EUR'), context());
		const b = await segments.run(params, toPurchases(renamed, 'EUR'), context());
		if (!a.ok || !b.ok) return expect(b).toEqual(a);
		expect(b.value.sizes).toEqual(a.value.sizes);
		expect(b.value.inertia).toBeCloseTo(a.value.inertia!, 6);
	},
);

const positive = fc.double({ min: 0.05, max: 50, noNaN: true });

describe('special functions', () => {
	test.prop([positive])('recurrences of log-gamma and digamma', (x) => {
		expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 10);
		expect(digamma(x + 1) - digamma(x)).toBeCloseTo(1 / x, 9);
		const h = 1e-5 * x;
		expect((logGamma(x + h) - logGamma(x - h)) / (2 * h)).toBeCloseTo(digamma(x), 5);
	});

	test.prop([positive, positive])('beta: B(a, b) = B(a + 1, b) + B(a, b + 1)', (a, b) => {
		expect(logAddExp(logBeta(a + 1, b), logBeta(a, b + 1))).toBeCloseTo(logBeta(a, b), 9);
	});

	test.prop([positive, fc.double({ min: 0, max: 0.95, noNaN: true })])(
		'2F1(a, b; b; z) = (1 - z)^-a',
		(a, z) => {
			const expected = (1 - z) ** -Math.min(a, 5);
			expect(hypergeometric2F1(Math.min(a, 5), 3, 3, z) / expected).toBeCloseTo(1, 10);
		},
	);

	test('known values and overflow', () => {
		expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
		expect(logGamma(171)).toBeCloseTo(706.5730622457874, 9);
		expect(logGamma(1e5)).toBeCloseTo(1051287.7089736568, 6);
		expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 12);
		expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.log(2), 12);
		expect(logSumExp([])).toBe(-Infinity);
	});
});

describe('minimisers', () => {
	const rosenbrock = ([x, y]: readonly number[]) => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2;
	const gradient = ([x, y]: readonly number[]) => [
		-2 * (1 - x!) - 400 * x! * (y! - x! * x!),
		200 * (y! - x! * x!),
	];
	const start = fc.tuple(
		fc.double({ min: -2, max: 2, noNaN: true }),
		fc.double({ min: -2, max: 2, noNaN: true }),
	);

	test.prop([start])('both find the valley of Rosenbrock', (from) => {
		const exact = lbfgs((x) => ({ value: rosenbrock(x), gradient: gradient(x) }), from);
		expect(exact.x[0]).toBeCloseTo(1, 3);
		const rough = nelderMead(rosenbrock, from, { tolerance: 1e-12, maxIterations: 2000 });
		expect(rough.x[0]).toBeCloseTo(1, 2);
	});

	test.prop([fc.array(positive, { minLength: 3, maxLength: 3 })])(
		'hessian and inverse of a bowl',
		(widths) => {
			const matrix = hessian((x) => x.map((v, i) => v * widths[i]!), [0.3, -1, 2]);
			const inverse = invertSymmetric(matrix)!;
			widths.forEach((width, i) => expect(inverse[i]![i]! * width).toBeCloseTo(1, 5));
			expect(invertSymmetric([[-1]])).toBeUndefined();
		},
	);
});

describe('BG/NBD', () => {
	const parameters = fc.record({
		r: fc.double({ min: 0.1, max: 3, noNaN: true }),
		alpha: fc.double({ min: 0.5, max: 20, noNaN: true }),
		a: fc.double({ min: 0.1, max: 3, noNaN: true }),
		b: fc.double({ min: 0.5, max: 5, noNaN: true }),
	});
	const customer = fc
		.record({
			frequency: fc.integer({ min: 0, max: 60 }),
			share: fc.double({ min: 0.01, max: 1, noNaN: true }),
			T: fc.double({ min: 1, max: 100, noNaN: true }),
		})
		.map(({ frequency, share, T }) => ({ frequency, recency: frequency ? share * T : 0, T }));

	test.prop([parameters, fc.array(customer, { minLength: 1, maxLength: 5 })])(
		'the analytic gradient is the slope',
		(p, customers) => {
			const { gradient } = bgnbdTotal(customers, p);
			(['r', 'alpha', 'a', 'b'] as const).forEach((name, i) => {
				const h = 1e-5 * p[name];
				const at = (value: number) => bgnbdTotal(customers, { ...p, [name]: value }).value;
				const slope = (at(p[name] + h) - at(p[name] - h)) / (2 * h);
				expect(Math.abs(slope - gradient[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
			});
		},
	);

	test.prop([parameters, customer])('expected purchases grow with time, from 0', (p, c) => {
		const [none, week, year] = [0, 1, 52].map((weeks) => expectedFuturePurchases(p, c, weeks));
		expect(none).toBeCloseTo(0, 9);
		expect(week!).toBeGreaterThanOrEqual(0);
		expect(year!).toBeGreaterThanOrEqual(week! - 1e-12);
	});
});

test.prop([
	fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { minLength: 2, maxLength: 30 }),
])('AUC counts pairs', (rows) => {
	const pairs = rows.flatMap(([a, yes]) =>
		yes ? rows.flatMap(([b, other]) => (other ? [] : [a > b ? 1 : a === b ? 0.5 : 0])) : [],
	);
	fc.pre(pairs.length > 0);
	const found = auc(
		rows.map(([score]) => score),
		rows.map(([, yes]) => Number(yes)),
	);
	expect(found).toBeCloseTo(pairs.reduce<number>((sum, v) => sum + v, 0) / pairs.length, 12);
});
