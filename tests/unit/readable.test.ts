import { expect, test } from 'vitest';
import { order } from '#entities/order.ts';
import { readableFields } from '#schema/derive/readable.ts';

test('a value of the wrong shape is hidden, everything else is shown, unknown fields too', () => {
	const good = {
		number: '7',
		lines: [{ product: 'Jar', quantity: 1, price: 250 }],
		later: { x: 1 },
	};
	expect(readableFields(order, good)).toEqual(good);
	expect(readableFields(order, { ...good, lines: [null], tags: 'x', notes: null })).toEqual({
		number: '7',
		notes: null,
		later: { x: 1 },
	});
});
