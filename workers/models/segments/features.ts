/** The RFM row of each customer: one definition for the table, the named segments and the clusters. */
import type { RfmRow } from '#analysis/contract.ts';
import { DAY } from '#core/clock.ts';
import { fromMinor } from '#core/money.ts';
import { midranks } from '../../math/statistics.ts';
import type { History } from '../support/histories.ts';

const scores = (values: readonly number[]) =>
	Array.from(midranks(values), (rank) =>
		Math.min(5, 1 + Math.floor((5 * (rank - 0.5)) / values.length)),
	);

export function rfmRows(histories: readonly History[], asOf: number, currency: string): RfmRow[] {
	const recency = histories.map((h) => Math.floor((asOf - h.times.at(-1)!) / DAY));
	const frequency = histories.map((h) => h.times.length);
	const minor = histories.map((h) => h.amounts.reduce((sum, amount) => sum + amount, 0));
	const r = scores(recency.map((days) => -days));
	const f = scores(frequency);
	const m = scores(minor);
	return histories.map(({ customer, times }, i) => ({
		customer,
		recency: recency[i]!,
		frequency: frequency[i]!,
		monetary: fromMinor(minor[i]!, currency),
		tenure: Math.floor((asOf - times[0]!) / DAY),
		r: r[i]!,
		f: f[i]!,
		m: m[i]!,
	}));
}

/** log1p of recency, frequency, monetary: three numbers a row. A negative total (more returned than bought) counts as 0. */
export const logRfm = (rows: readonly RfmRow[]): Float64Array =>
	Float64Array.from(
		rows.flatMap((row) => [
			Math.log1p(Math.max(0, row.recency)),
			Math.log1p(row.frequency),
			Math.log1p(Math.max(0, row.monetary)),
		]),
	);
