/**
 * Purchases regrouped per customer: the one place where orders at the same moment become one purchase. Customers come in
 * one order, so every model sees the same input whatever order the rows arrived in.
 */
import type { Purchases } from '#analysis/contract.ts';
import { DAY } from '#core/clock.ts';

export interface History {
	readonly customer: string;
	/** Distinct moments, ascending, milliseconds UTC. */
	readonly times: readonly number[];
	/** Minor units bought at each moment. */
	readonly amounts: readonly number[];
}

/** Customers with a purchase before `until` (exclusive), each with those purchases only. */
export function toHistories(purchases: Purchases, until = Infinity): History[] {
	const byCustomer = purchases.customers.map(() => new Map<number, number>());
	for (let i = 0; i < purchases.customer.length; i++) {
		const time = purchases.time[i]!;
		if (time >= until) continue;
		const orders = byCustomer[purchases.customer[i]!]!;
		orders.set(time, (orders.get(time) ?? 0) + purchases.amount[i]!);
	}
	return byCustomer
		.map((orders, i) => {
			const times = [...orders.keys()].sort((a, b) => a - b);
			return {
				customer: purchases.customers[i]!,
				times,
				amounts: times.map((time) => orders.get(time)!),
			};
		})
		.filter((history) => history.times.length > 0)
		.sort(byPurchases);
}

/** By what was bought when, so that the same file gives the same numbers in every workspace; by id only between twins. */
function byPurchases(a: History, b: History): number {
	for (let i = 0; i < Math.min(a.times.length, b.times.length); i++) {
		const difference = a.times[i]! - b.times[i]! || a.amounts[i]! - b.amounts[i]!;
		if (difference) return difference;
	}
	return a.times.length - b.times.length || (a.customer < b.customer ? -1 : 1);
}

/**
 * Only what was paid for. Value and its groups count sales; how often somebody comes (BG/NBD) counts a gift too, as the
 * published CDNOW figures do.
 */
export function paidOnly(purchases: Purchases): Purchases {
	const paid = [...purchases.amount.keys()].filter((i) => purchases.amount[i]! > 0);
	return {
		...purchases,
		customer: Int32Array.from(paid, (i) => purchases.customer[i]!),
		time: Float64Array.from(paid, (i) => purchases.time[i]!),
		amount: Float64Array.from(paid, (i) => purchases.amount[i]!),
	};
}

/** The same histories with all purchases of one UTC day as one, timed by the day's first moment. */
export function mergeDays(histories: readonly History[]): History[] {
	return histories.map(({ customer, times, amounts }) => {
		const days = new Map<number, number>();
		times.forEach((time, i) => {
			const day = Math.floor(time / DAY) * DAY;
			days.set(day, (days.get(day) ?? 0) + amounts[i]!);
		});
		return { customer, times: [...days.keys()], amounts: [...days.values()] };
	});
}

/** First and last purchase of all. */
export function span(histories: readonly History[]): { from: number; to: number } {
	let from = Infinity;
	let to = -Infinity;
	for (const { times } of histories) {
		from = Math.min(from, times[0]!);
		to = Math.max(to, times.at(-1)!);
	}
	return { from, to };
}

/** The midnight UTC that ends the day of `time`: when "today" is not said, the day after the last purchase begins. */
export const endOfDay = (time: number): number => (Math.floor(time / DAY) + 1) * DAY;
