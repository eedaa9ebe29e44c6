/** Purchases for model tests: from real files, or built by hand. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ModelContext, Purchases } from '#analysis/contract.ts';

export interface Order {
	customer: string;
	time: number;
	/** Minor units. */
	amount: number;
}

export function toPurchases(orders: readonly Order[], currency: string): Purchases {
	const sorted = [...orders].sort((a, b) => a.time - b.time);
	const customers = [...new Set(sorted.map((order) => order.customer))];
	const index = new Map(customers.map((id, i) => [id, i]));
	return {
		customers,
		customer: Int32Array.from(sorted, (order) => index.get(order.customer)!),
		time: Float64Array.from(sorted, (order) => order.time),
		amount: Float64Array.from(sorted, (order) => order.amount),
		currency,
	};
}

export const context = (more: Partial<ModelContext> = {}): ModelContext => ({
	seed: 1,
	now: Date.UTC(2026, 0, 1),
	progress: () => {},
	cancelled: () => false,
	...more,
});

/** master id, sample id, yyyymmdd, CDs, dollars; customers are named by sample id, four digits. */
export function readCdnow(path: string): Order[] {
	return readFileSync(path, 'utf8')
		.split('\n')
		.filter((line) => line.trim())
		.map((line) => {
			const [, customer, day, , dollars] = line.trim().split(/\s+/);
			const time = Date.parse(`${day!.slice(0, 4)}-${day!.slice(4, 6)}-${day!.slice(6)}`);
			return { customer: customer!, time, amount: Math.round(Number(dollars) * 100) };
		});
}

/** Valid lines (customer, quantity and price over 0) added up to orders of one customer at one moment. */
export function readOnlineRetail(path: string): Order[] {
	const orders = new Map<string, Order>();
	const text = gunzipSync(readFileSync(path)).toString('utf8');
	for (const line of text.split('\n').slice(1)) {
		const id = line.slice(0, line.indexOf(','));
		if (!id) continue;
		// The description may hold commas and quotes; the numbers stand before the country, at the end.
		const match = /,(-?\d+),(-?[\d.]+),[^,]*$/.exec(line.trimEnd());
		const at = line.slice(id.length + 1, id.length + 20);
		const quantity = Number(match![1]);
		const price = Number(match![2]);
		if (!(quantity > 0 && price > 0)) continue;
		const key = `${id} ${at}`;
		const order = orders.get(key) ?? { customer: id, time: Date.parse(`${at}Z`), amount: 0 };
		order.amount += quantity * price * 100;
		orders.set(key, order);
	}
	return [...orders.values()].map((order) => ({ ...order, amount: Math.round(order.amount) }));
}
