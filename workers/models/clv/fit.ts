/**
 * From purchases to a fitted pair of models, or a refusal that says what is missing. The boundary fits that this refuses
 * look fine in a table and mean nothing: with a -> 0 nobody ever leaves, however long they have been silent.
 */
import { DAY } from '#core/clock.ts';
import { fromMinor } from '#core/money.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Pace } from '../support/pace.ts';
import type { History } from '../support/histories.ts';
import { fitBgnbd, nbdLogLikelihood, type BgnbdFit, type BuyingRecord } from './bgnbd.ts';
import { fitGammaGamma, type GammaGammaFit, type SpendRecord } from './gamma-gamma.ts';

export const WEEK = 7 * DAY;
const CUSTOMERS = 200;
const REPEAT_BUYERS = 80;
/** Twice the gain in ln likelihood over "nobody leaves": 5 % level for a parameter at its boundary (Self and Liang 1987). */
const EVIDENCE = 2.71;

export interface ClvRecord extends BuyingRecord {
	readonly customer: string;
	/** Mean total of a repeat day, units of the currency; 0 without a repeat. */
	readonly mean: number;
}

/** `histories` by day (`mergeDays`), observed until the day that begins at `end`. */
export function toRecords(
	histories: readonly History[],
	end: number,
	currency: string,
): ClvRecord[] {
	return histories.map(({ customer, times, amounts }) => {
		const first = times[0]!;
		const frequency = times.length - 1;
		const repeat = amounts.slice(1).reduce((sum, amount) => sum + amount, 0);
		return {
			customer,
			frequency,
			recency: (times.at(-1)! - first) / WEEK,
			T: (end - first) / WEEK,
			mean: frequency > 0 ? fromMinor(repeat / frequency, currency) : 0,
		};
	});
}

export const spendOf = (record: ClvRecord): SpendRecord =>
	record.mean > 0 ? record : { frequency: 0, mean: 0 };

export interface ClvFit {
	readonly buying: BgnbdFit & Required<Pick<BgnbdFit, 'covariance'>>;
	readonly spend: GammaGammaFit & Required<Pick<GammaGammaFit, 'covariance'>>;
}

const boundary = 'These purchases do not show when customers leave. The fit runs to its boundary';
const instead = 'Use RFM segments or the cash-flow methods instead.';

export async function fitClv(records: readonly ClvRecord[], pace: Pace): Promise<Result<ClvFit>> {
	if (records.length < CUSTOMERS)
		return fail(
			'Refused',
			`An estimate of customer value needs at least ${CUSTOMERS} customers with a purchase; there are ${records.length}.`,
			{ needed: CUSTOMERS, got: records.length },
		);
	const repeaters = records.filter((record) => record.frequency > 0);
	if (repeaters.length < REPEAT_BUYERS)
		return fail(
			'Refused',
			`An estimate of customer value needs at least ${REPEAT_BUYERS} customers who bought on a second day; there are ${repeaters.length}.`,
			{ needed: REPEAT_BUYERS, got: repeaters.length },
		);
	await pace();
	const buying = fitBgnbd(records);
	// Whoever asked to stop during the fit hears that it stopped, not what it would have said.
	await pace();
	const { a, b } = buying.parameters;
	if (a < 1e-3 || a > 100 || b > 100)
		return fail(
			'Refused',
			`${boundary} (a = ${a.toPrecision(2)}, b = ${b.toPrecision(2)}), which would say that ${a < 1e-3 ? 'nearly everybody stays for ever' : 'all customers leave alike'}. ${instead}`,
			a < 1e-3 ? { needed: 1e-3, got: a } : { needed: 100, got: Math.max(a, b) },
		);
	const evidence = 2 * (buying.logLikelihood - nbdLogLikelihood(records, buying.parameters));
	if (evidence < EVIDENCE)
		return fail(
			'Refused',
			`${boundary}: a = ${a.toPrecision(2)} cannot be told from 0, where nobody ever leaves (evidence ${evidence.toFixed(2)}, needed ${EVIDENCE}). ${instead}`,
			{ needed: EVIDENCE, got: Math.max(0, evidence) },
		);
	const spenders = repeaters.filter((record) => record.mean > 0);
	const spend = fitGammaGamma(spenders);
	await pace();
	const { p, q } = spend.parameters;
	if (!(q > 1) || q > 1e4 || p > 1e4)
		return fail(
			'Refused',
			`What customers spend does not vary in a way that the spending model can learn (p = ${p.toPrecision(2)}, q = ${q.toPrecision(2)}; q must be between 1 and 10,000). ${instead}`,
			{ needed: q > 1 ? 1e4 : 1, got: q > 1 ? Math.max(p, q) : q },
		);
	if (!buying.covariance || !spend.covariance)
		return fail(
			'Refused',
			'The likelihood has no clear peak, so no honest interval exists. More purchases will help.',
		);
	return ok({
		buying: { ...buying, covariance: buying.covariance },
		spend: { ...spend, covariance: spend.covariance },
	});
}
