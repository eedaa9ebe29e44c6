/**
 * Do the names come true? Customers are named as they stood 90 days earlier; then we look who brought the revenue since.
 * The baseline is as many customers, taken by who bought last: a list that needs no model.
 */
import type { Purchases, Quality } from '#analysis/contract.ts';
import { DAY } from '#core/clock.ts';
import { span, toHistories, type History } from '../support/histories.ts';
import { rfmRows } from './features.ts';
import { segmentByRule } from './rules.ts';

const DAYS = 90;
const ENOUGH = 50;

/** Undefined when fewer than 50 customers were known by then, or nobody was high value. */
export function ruleHoldout(
	purchases: Purchases,
	histories: readonly History[],
	asOf: number,
): Quality | undefined {
	const cutoff = asOf - DAYS * DAY;
	const past = toHistories(purchases, cutoff);
	if (past.length < ENOUGH) return undefined;
	const rows = rfmRows(past, cutoff, purchases.currency);
	const keys = segmentByRule(rows, cutoff - span(past).from);
	const later = new Map(
		histories.map(({ customer, times, amounts }) => [
			customer,
			amounts.reduce((sum, amount, i) => sum + (times[i]! >= cutoff ? amount : 0), 0),
		]),
	);
	const revenue = rows.map((row) => later.get(row.customer) ?? 0);
	const total = revenue.reduce((sum, v) => sum + v, 0);
	const chosen = rows.flatMap((_, i) => (keys[i] === 'highValue' ? [i] : []));
	if (total <= 0 || chosen.length === 0) return undefined;
	const latest = rows
		.map((row, i) => ({ i, recency: row.recency }))
		.sort((a, b) => a.recency - b.recency || a.i - b.i)
		.slice(0, chosen.length)
		.map(({ i }) => i);
	const share = (of: number[]) => of.reduce((sum, i) => sum + revenue[i]!, 0) / total;
	return {
		metric: {
			en: 'Revenue share of the last 90 days from those named high value before',
			zh: '此前被称为高价值的客户在最近 90 天所占销售额',
		},
		value: share(chosen),
		baseline: {
			name: { en: 'as many customers who had bought last', zh: '同样数量的最近购买客户' },
			value: share(latest),
		},
		heldOut: rows.length,
	};
}
