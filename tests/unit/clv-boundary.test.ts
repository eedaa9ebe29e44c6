/** Shops whose customers never leave: the fit runs to its boundary, and the answer is a refusal, not a fault. */
import { expect, test } from 'vitest';
import { DAY } from '#core/clock.ts';
import { createRandom } from '#core/random.ts';
import { context, toPurchases } from '#tests/support/purchases.ts';
import { runModel } from '#workers/models/registry.ts';

const DAYS = 365;

/** 300 customers, each buying at a rate of their own to the very end. */
function loyalShop(seed: number) {
	const random = createRandom(seed);
	const orders = Array.from({ length: 300 }, (_, i) => {
		const gap = 20 + 160 * random.next();
		const own = [];
		for (let day = random.next() * 180; day < DAYS; day += -gap * Math.log(1 - random.next()))
			own.push({
				customer: `c${i}`,
				time: Math.floor(day) * DAY,
				amount: 500 + Math.floor(2000 * random.next()),
			});
		return own;
	});
	return toPurchases(orders.flat(), 'GBP');
}

test.each(Array.from({ length: 12 }, (_, seed) => seed))('seed %i', async (seed) => {
	const result = await runModel('clv', {}, loyalShop(seed), context());
	expect(result).toMatchObject({ ok: false, error: { type: 'Refused' } });
});
