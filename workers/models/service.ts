/** What the models worker exposes, apart from the wire: the same object serves tests and scripts without a worker. */
import type { ModelsWorker, RunOptions } from '#analysis/contract.ts';
import { fail } from '#core/result.ts';
import { runModel } from './registry.ts';

export function createModelsWorker(): ModelsWorker {
	const running = new Map<string, { cancelled: boolean }>();
	return {
		async run(name, params, purchases, { jobId, seed, now }: RunOptions, onProgress) {
			const job = { cancelled: false };
			running.set(jobId, job);
			try {
				return await runModel(name, params, purchases, {
					seed,
					now,
					// Telling is not waited for, and a page that is gone must not stop the work.
					progress: (fraction) => void Promise.resolve(onProgress?.(fraction)).catch(() => {}),
					cancelled: () => job.cancelled,
				});
			} catch (error) {
				// comlink drops the fields of thrown errors, so a bug too goes back as a value; the console keeps its stack.
				console.error(error);
				const reason = error instanceof Error ? error.message : String(error);
				return fail(
					'Damaged',
					`The model "${name}" stopped on an error of ours: ${reason}. Please report it.`,
				);
			} finally {
				running.delete(jobId);
			}
		},
		cancel(jobId) {
			const job = running.get(jobId);
			if (job) job.cancelled = true;
		},
	};
}
