/**
 * Models from the page: the feature table comes from the data worker, the answer from the models worker. Answers are kept
 * while the data stays the same; they are derived and never stored as truth.
 */
import * as Comlink from 'comlink';
import type { Answer } from '#analysis/contract.ts';
import { models } from '#analysis/models.ts';
import { fail, type Result } from '#core/result.ts';
import type { RemoteHost } from './data-api.ts';
import { startModelsWorker } from './workers.ts';
import type { Analysis, Task } from './workspace.ts';

/** Fixed, so that the same data gives the same numbers on every device. */
const SEED = 20_260_101;
const MOST_KEPT = 32;

export function createAnalysis(host: Comlink.Remote<RemoteHost>): Analysis & { dispose(): void } {
	let started: ReturnType<typeof startModelsWorker> | undefined;
	const worker = () => (started ??= startModelsWorker());
	const kept = new Map<string, Promise<Result<Answer<object>>>>();

	async function compute(
		name: string,
		needs: 'purchases' | 'nothing',
		params: object,
		task: Task,
	): Promise<Result<Answer<object>>> {
		const jobId = crypto.randomUUID();
		const cancel = () => void worker().cancel(jobId);
		task.signal?.addEventListener('abort', cancel);
		const table = needs === 'purchases' ? await host.purchases() : undefined;
		const sent =
			table &&
			Comlink.transfer(table, [table.customer.buffer, table.time.buffer, table.amount.buffer]);
		const progress = Comlink.proxy((fraction: number) =>
			task.onProgress?.({ done: fraction, total: 1, stage: 'computing' }),
		);
		const answer = await worker().run(
			name,
			params,
			sent,
			{ jobId, seed: SEED, now: Date.now() },
			progress,
		);
		task.signal?.removeEventListener('abort', cancel);
		return answer;
	}

	const keyOf = async (name: string, params: object) =>
		JSON.stringify([name, params, await host.version()]);

	return {
		list: () => models.map(({ name }) => ({ name })),
		async run<V>(name: string, params: object = {}, task: Task = {}) {
			const model = models.find((one) => one.name === name);
			if (!model) {
				const names = models.map((one) => one.name).join(', ');
				return fail('NotFound', `There is no analysis "${name}". There are: ${names}.`);
			}
			if (task.signal?.aborted) return fail('Cancelled', 'The analysis was cancelled.');
			type Found = Result<Answer<V & object>>;
			// What needs no data is quick, and asked of many texts: keeping it would push the long answers out.
			if (model.needs === 'nothing') return (await compute(name, 'nothing', params, task)) as Found;
			const key = await keyOf(name, params);
			let answer = kept.get(key);
			if (!answer) {
				kept.set(key, (answer = compute(name, model.needs, params, task)));
				if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
			}
			const result = await answer;
			// A refusal is an answer about these data, and stays one.
			if (!result.ok && result.error.type !== 'Refused') kept.delete(key);
			return result as Found;
		},
		async known<V>(name: string, params: object = {}) {
			return (await kept.get(await keyOf(name, params))) as Result<Answer<V & object>> | undefined;
		},
		dispose: () => started?.[Comlink.releaseProxy](),
	};
}
