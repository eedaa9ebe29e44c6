/**
 * Customer lifetime value three ways: `bgnbd` learns from purchases (BG/NBD for how often, Gamma-Gamma for how much) and
 * refuses where they do not carry it; `twcf` and `ev` are arithmetic on cash flows that a person expects.
 */
import type {
	Answer,
	BgnbdValue,
	ClvRow,
	ClvValue,
	Model,
	ModelCard,
	ModelContext,
	Purchases,
} from '#analysis/contract.ts';
import type { Bilingual } from '#core/bilingual.ts';
import { DAY } from '#core/clock.ts';
import { createRandom } from '#core/random.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { quantile } from '../math/statistics.ts';
import { aliveProbability, expectedFuturePurchases } from './clv/bgnbd.ts';
import { expectedValue, presentValue } from './clv/cash-flows.ts';
import { fitClv, spendOf, toRecords } from './clv/fit.ts';
import { expectedSpend } from './clv/gamma-gamma.ts';
import { judge, type ClvHoldout } from './clv/holdout.ts';
import { drawFuture, drawParameters } from './clv/simulate.ts';
import { mergeDays, span, toHistories } from './support/histories.ts';
import { createPace, type Pace } from './support/pace.ts';
import { readChoice, readNumber, readNumbers, readTime } from './support/params.ts';
import { customersUnit, isoDay, refuseEmpty } from './support/words.ts';

export type ClvParams =
	| {
			readonly method: 'bgnbd';
			/** Purchases up to the end of this UTC day are learned from; later ones judge. Default: the day of the last. */
			readonly calibrationEnd?: number;
			/** How far to look ahead. Default 39. */
			readonly horizonWeeks: number;
	  }
	| {
			readonly method: 'twcf';
			readonly cashFlows: readonly number[];
			readonly discountRate: number;
	  }
	| { readonly method: 'ev'; readonly cashFlows: readonly number[]; readonly retention: number };

const DRAWS = 200;
const FAR = { min: -1e15, max: 1e15 };

export const clv: Model<ClvParams, ClvValue> = {
	name: 'clv',
	needs: 'purchases',
	parse(params): Result<ClvParams> {
		const method = readChoice(params, 'method', ['bgnbd', 'twcf', 'ev'], 'bgnbd');
		if (!method.ok) return method;
		if (method.value === 'bgnbd') {
			const end = readTime(params, 'calibrationEnd');
			if (!end.ok) return end;
			const weeks = readNumber(params, 'horizonWeeks', { min: 1, max: 520, fallback: 39 });
			if (!weeks.ok) return weeks;
			return ok({ method: 'bgnbd', calibrationEnd: end.value, horizonWeeks: weeks.value });
		}
		const cashFlows = readNumbers(params, 'cashFlows');
		if (!cashFlows.ok) return cashFlows;
		if (cashFlows.value.some((flow) => flow < FAR.min || flow > FAR.max))
			return fail('Invalid', 'A cash flow is too large to calculate with.', { field: 'cashFlows' });
		if (method.value === 'twcf') {
			const rate = readNumber(params, 'discountRate', { min: -0.99, max: 10 });
			if (!rate.ok) return rate;
			return ok({ method: 'twcf', cashFlows: cashFlows.value, discountRate: rate.value });
		}
		const retention = readNumber(params, 'retention', { min: 0, max: 1 });
		if (!retention.ok) return retention;
		return ok({ method: 'ev', cashFlows: cashFlows.value, retention: retention.value });
	},
	async run(params, purchases, context) {
		if (params.method === 'bgnbd') return bgnbd(params, purchases, context);
		const value =
			params.method === 'twcf'
				? presentValue(params.cashFlows, params.discountRate)
				: expectedValue(params.cashFlows, params.retention);
		return ok({ method: params.method, value, card: arithmeticCard(params, context.now) });
	},
};

function arithmeticCard(
	params: Exclude<ClvParams, { method: 'bgnbd' }>,
	computedAt: number,
): ModelCard {
	const reason: Bilingual =
		params.method === 'twcf'
			? {
					en: 'Each cash flow divided by (1 + discount rate) once per period, the first one too.',
					zh: '每期现金流按（1 + 折现率）逐期折现，首期也折现一次。',
				}
			: {
					en: 'Each cash flow times the chance that the customer is still there: retention once per period, the first one too.',
					zh: '每期现金流乘以客户仍在的概率：每期乘一次留存率，首期也乘。',
				};
	return {
		model: 'clv',
		n: params.cashFlows.length,
		unit: { en: 'cash flows', zh: '期现金流' },
		computedAt,
		backend: 'float64',
		reasons: [
			reason,
			{
				en: 'Arithmetic on the numbers you gave: as right as they are. Nothing was learned, so nothing was held out.',
				zh: '对你给出数字的算术：数字多准，结果就多准。没有学习过程，因此没有留出检验。',
			},
		],
		source: 'Berger and Nasr 1998',
	};
}

async function bgnbd(
	params: Extract<ClvParams, { method: 'bgnbd' }>,
	purchases: Purchases,
	context: ModelContext,
): Promise<Result<Answer<BgnbdValue>>> {
	const { horizonWeeks } = params;
	const { currency } = purchases;
	const all = mergeDays(toHistories(purchases));
	if (all.length === 0) return refuseEmpty();
	const pace = createPace(context);
	await pace(0.05);
	const { from, to } = span(all);
	const end =
		params.calibrationEnd === undefined ? to : Math.floor(params.calibrationEnd / DAY) * DAY;
	const learned = mergeDays(toHistories(purchases, end + DAY));
	if (learned.length === 0) return refuseEmpty();
	const records = toRecords(learned, end, currency);
	const fitted = await fitClv(records, pace);
	if (!fitted.ok) return fitted;
	const { buying, spend } = fitted.value;
	await pace(0.3);

	const holdout =
		end < to
			? judge(buying.parameters, records, all, end, to)
			: await earlierHoldout(purchases, from, to, pace);
	await pace(0.4);

	const random = createRandom(context.seed);
	const drawn = drawParameters(fitted.value, random, DRAWS);
	const totals = new Float64Array(DRAWS);
	const rows: ClvRow[] = [];
	for (const record of records) {
		const values = new Float64Array(DRAWS);
		for (let j = 0; j < DRAWS; j++) {
			values[j] = drawFuture(drawn[j]!, record, horizonWeeks, random).value;
			totals[j]! += values[j]!;
		}
		values.sort();
		const orders = expectedFuturePurchases(buying.parameters, record, horizonWeeks);
		const perOrder = expectedSpend(spend.parameters, spendOf(record));
		rows.push({
			customer: record.customer,
			frequency: record.frequency,
			recency: record.recency,
			T: record.T,
			alive: aliveProbability(buying.parameters, record),
			expectedOrders: orders,
			expectedSpend: perOrder,
			value: orders * perOrder,
			interval: [quantile(values, 0.1), quantile(values, 0.9)],
		});
		await pace(0.4 + (0.6 * rows.length) / records.length);
	}
	totals.sort();
	const [r, alpha, a, b] = buying.covariance.map((row, i) => Math.sqrt(row[i]!));
	return ok({
		method: 'bgnbd',
		currency,
		horizonWeeks,
		parameters: buying.parameters,
		standardErrors: { r: r!, alpha: alpha!, a: a!, b: b! },
		logLikelihood: buying.logLikelihood,
		spend: { ...spend.parameters, logLikelihood: spend.logLikelihood },
		total: {
			expectedOrders: rows.reduce((sum, row) => sum + row.expectedOrders, 0),
			value: rows.reduce((sum, row) => sum + row.value, 0),
			interval: [quantile(totals, 0.1), quantile(totals, 0.9)],
		},
		holdout: holdout && {
			weeks: holdout.weeks,
			actual: holdout.actual,
			predicted: holdout.predicted,
		},
		rows,
		card: {
			model: 'clv',
			n: records.length,
			unit: customersUnit,
			from,
			to: end,
			computedAt: context.now,
			seed: context.seed,
			backend: 'float64',
			quality: holdout?.quality,
			reasons: [
				{
					en: `Purchases to ${isoDay(end)}, those of one day as one. Value is expected orders times expected spend in ${horizonWeeks} weeks, not discounted, revenue and not profit.`,
					zh: `数据截至 ${isoDay(end)}，同一天的购买合并。价值为 ${horizonWeeks} 周内预期订单数乘以预期单额，未折现，是收入而非利润。`,
				},
				{
					en: `Intervals hold 80 % of ${DRAWS} simulated futures per customer, with the uncertainty of the parameters.`,
					zh: `区间包含每位客户 ${DRAWS} 次模拟未来的 80%，并计入参数的不确定性。`,
				},
				holdout?.reason ?? {
					en: 'Too little data to hold a part back, so its quality is not known.',
					zh: '数据不足以留出一部分检验，质量未知。',
				},
				{
					en: 'It assumes that what a customer spends per order does not depend on how often they buy, and that leaving is for good.',
					zh: '假定客户单额与购买频率无关，且离开后不再回来。',
				},
			],
			source: 'Fader, Hardie and Lee 2005; Fader and Hardie 2013',
		},
	});
}

/** The last third of the time held back: undefined when the first two thirds do not carry a fit of their own. */
async function earlierHoldout(
	purchases: Purchases,
	from: number,
	to: number,
	pace: Pace,
): Promise<ClvHoldout | undefined> {
	const end = Math.floor((from + ((to - from) * 2) / 3) / DAY) * DAY;
	const records = toRecords(mergeDays(toHistories(purchases, end + DAY)), end, purchases.currency);
	const fitted = await fitClv(records, pace);
	if (!fitted.ok) return undefined;
	return judge(fitted.value.buying.parameters, records, mergeDays(toHistories(purchases)), end, to);
}
