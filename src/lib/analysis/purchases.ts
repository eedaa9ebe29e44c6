/** The feature table of the sales models: one row per order, in columns, oldest first. Gifts are in, at 0; returns are not. */
import type { ViewDatabase } from '#readmodel/database.ts';
import type { Purchases } from './contract.ts';

export async function readPurchases(database: ViewDatabase, currency: string): Promise<Purchases> {
	const times: number[] = [];
	const amounts: number[] = [];
	const owners: string[] = [];
	await database
		.rows('order')
		.orderBy('[k.placedAt+id]')
		.each((row) => {
			const { kind, customer, placedAt, currency: own } = row.v;
			const total = row.d?.total;
			const time = typeof placedAt === 'string' ? Date.parse(placedAt) : NaN;
			if (kind === 'return' || typeof customer !== 'string' || Number.isNaN(time)) return;
			if (typeof total !== 'number' || total < 0 || (own && own !== currency)) return;
			times.push(time);
			amounts.push(total);
			owners.push(customer);
		});
	const customers = [...new Set(owners)].sort();
	const index = new Map(customers.map((id, i) => [id, i]));
	return {
		customers,
		customer: Int32Array.from(owners, (id) => index.get(id)!),
		time: Float64Array.from(times),
		amount: Float64Array.from(amounts),
		currency,
	};
}
