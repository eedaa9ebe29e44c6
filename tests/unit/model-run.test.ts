/** The states of a model's place on the page: answer, refusal, Cancel, and the later question that makes an earlier one void. */
import { expect, test } from 'vitest';
import { DAY } from '#core/clock.ts';
import { createRandom } from '#core/random.ts';
import { context, toPurchases } from '#tests/support/purchases.ts';
import { asked, ModelRun } from '#views/insights/model-run.svelte.ts';
import { cardsOf, countLabels, Sentiments, wordsOf } from '#views/insights/sentiments.svelte.ts';
import { createModelsWorker } from '#workers/models/service.ts';
import { runModel } from '#workers/models/registry.ts';
import type { Row } from '#readmodel/view.ts';
import type { Analysis } from '#workspace/workspace.ts';

const random = createRandom(7);
const purchases = toPurchases(
	Array.from({ length: 900 }, () => ({
		customer: `contact:${random.below(150)}`,
		time: random.below(300) * DAY,
		amount: 500 + random.below(5000),
	})),
	'GBP',
);

/** The real models, without the worker around them. */
function analysis(): Pick<Analysis, 'run'> {
	const models = createModelsWorker();
	let jobs = 0;
	return {
		run: (async (name: string, params: object, task) => {
			const jobId = `job${++jobs}`;
			task?.signal?.addEventListener('abort', () => models.cancel(jobId));
			const { seed, now } = context();
			return models.run(name, params, purchases, { jobId, seed, now }, (done) =>
				task?.onProgress?.({ done, total: 1, stage: 'computing' }),
			);
		}) as Analysis['run'],
	};
}

test('an answer comes with its card, and nothing is running any more', async () => {
	const model = new ModelRun(analysis(), 'segments');
	const running = model.run(asked.segments);
	expect(model.progress).toBe(0);
	await running;
	expect(model.progress).toBeUndefined();
	expect(model.failure).toBeUndefined();
	expect(model.answer?.card.n).toBe(150);
});

test('a refusal takes the place of the answer before it', async () => {
	const model = new ModelRun(analysis(), 'segments');
	await model.run({ method: 'kmeans', k: 4 });
	expect(model.answer?.segments).toHaveLength(4);
	await model.run({ method: 'kmeans', k: 12, asOf: 5 * DAY });
	expect(model.answer).toBeUndefined();
	expect(model.failure).toMatchObject({ type: 'Refused', needed: 120 });
});

test('Cancel ends a long job with a value, and the model can be asked again', async () => {
	const model = new ModelRun(analysis(), 'rebuy');
	const running = model.run({});
	model.cancel();
	await running;
	expect(model.failure?.type).toBe('Cancelled');
	expect(model.progress).toBeUndefined();
	const rfm = new ModelRun(analysis(), 'rfm');
	rfm.cancel();
	await rfm.run(asked.rfm);
	expect(rfm.answer?.customers).toBe(150);
});

test('the later of two questions wins, whichever is answered first', async () => {
	const model = new ModelRun(analysis(), 'segments');
	const slow = model.run({ method: 'kmeans', k: 9 });
	const quick = model.run(asked.segments);
	await Promise.all([slow, quick]);
	expect(model.answer?.method).toBe('rules');
});

const activity = (id: string, body: string, day: number): Row => ({
	id: `activity:${id}`,
	entity: 'activity',
	fields: { body, happenedAt: new Date(day * DAY).toISOString() },
	title: '',
	createdAt: 0,
	updatedAt: 0,
	deleted: false,
	conflicts: {},
});

test('activities are read in both languages; other languages and empty ones are left out and counted', async () => {
	const sentiments = new Sentiments({
		run: (async (name: string, params: object) =>
			runModel(name, params, undefined, context())) as Analysis['run'],
	});
	const rows = [
		activity('a', 'Wonderful service, thank you so much!', 3),
		activity('b', '质量太差，非常失望，再也不来了', 2),
		activity('c', 'Das ist nicht gut und wir sind auch nicht zufrieden', 1),
		activity('d', '', 1),
		activity('e', 'Delivery on Tuesday.', 1),
	];
	expect(wordsOf(rows[0]!)).toBe('Wonderful service, thank you so much!');
	await sentiments.read(rows);
	const readings = sentiments.readings!;
	expect(readings.map(({ row }) => row.id)).toEqual(['activity:a', 'activity:b', 'activity:e']);
	expect(countLabels(readings)).toEqual({ positive: 1, neutral: 1, negative: 1 });
	expect(sentiments.unread).toBe(1);
	expect(sentiments.progress).toBeUndefined();
	expect(cardsOf(readings).map(({ n, from, to }) => [n, from, to])).toEqual([
		[2, DAY, 3 * DAY],
		[1, 2 * DAY, 2 * DAY],
	]);
	expect(readings[1]?.tone.language).toBe('zh');
});
