/**
 * Every model, one line each, and the one way to run them: parameters are checked, a cancelled job becomes a value, and
 * nothing a caller sends makes it throw.
 */
import type { Answer, Model, ModelContext, Purchases } from '#analysis/contract.ts';
import { fail, type Result } from '#core/result.ts';
import { clv } from './clv.ts';
import { rebuy } from './rebuy.ts';
import { rfm } from './rfm.ts';
import { segments } from './segments.ts';
import { sentiment } from './sentiment.ts';
import { Cancelled } from './support/pace.ts';

/** A model with its parameters checked on the way in, so that all models have one type. */
const checked = <Params, Value extends object>(model: Model<Params, Value>) => ({
	name: model.name,
	needs: model.needs,
	async run(
		params: Readonly<Record<string, unknown>>,
		purchases: Purchases,
		context: ModelContext,
	): Promise<Result<Answer<object>>> {
		const parsed = model.parse(params);
		return parsed.ok ? model.run(parsed.value, purchases, context) : parsed;
	},
});

export const models = [
	checked(rfm),
	checked(segments),
	checked(clv),
	checked(sentiment),
	checked(rebuy),
];

const NOTHING: Purchases = {
	customers: [],
	customer: new Int32Array(),
	time: new Float64Array(),
	amount: new Float64Array(),
	currency: 'EUR',
};

export async function runModel(
	name: string,
	params: unknown,
	purchases: Purchases | undefined,
	context: ModelContext,
): Promise<Result<Answer<object>>> {
	const model = models.find((candidate) => candidate.name === name);
	if (!model) {
		const known = models.map((candidate) => candidate.name).join(', ');
		return fail('Invalid', `There is no model of that name. Known: ${known}.`, { field: 'name' });
	}
	if (params !== undefined && (typeof params !== 'object' || params === null))
		return fail('Invalid', 'Give the parameters as an object, such as {}.', { field: 'params' });
	try {
		const given = (params ?? {}) as Readonly<Record<string, unknown>>;
		return await model.run(given, purchases ?? NOTHING, context);
	} catch (error) {
		if (error instanceof Cancelled) return fail('Cancelled', 'Stopped; nothing was changed.');
		throw error;
	}
}
