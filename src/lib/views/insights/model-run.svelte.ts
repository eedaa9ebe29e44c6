/**
 * One model asked from a page: where it stands, its answer, its Cancel. Asking again makes the earlier asking void; the answer
 * before stays until the next one is there. Answers are kept by `Analysis`, so coming back to a page costs nothing.
 */
import type { Answer, ModelName, ModelParams, ModelValues } from '#analysis/contract.ts';
import type { Failure } from '#core/result.ts';
import type { Analysis } from '#workspace/workspace.ts';

export class ModelRun<N extends ModelName> {
	#analysis: Pick<Analysis, 'run'>;
	#name: N;
	#turn = 0;
	#abort: AbortController | undefined;
	answer = $state.raw<Answer<ModelValues[N]>>();
	failure = $state.raw<Failure>();
	/** 0 to 1 while it computes. */
	progress = $state<number>();

	constructor(analysis: Pick<Analysis, 'run'>, name: N) {
		this.#analysis = analysis;
		this.#name = name;
	}

	async run(params: ModelParams[N]): Promise<void> {
		const turn = ++this.#turn;
		const abort = (this.#abort = new AbortController());
		this.progress = 0;
		const result = await this.#analysis.run<ModelValues[N]>(this.#name, params, {
			signal: abort.signal,
			onProgress: ({ done }) => {
				if (turn === this.#turn) this.progress = done;
			},
		});
		if (turn !== this.#turn) return;
		this.progress = undefined;
		this.answer = result.ok ? result.value : undefined;
		this.failure = result.ok ? undefined : result.error;
	}

	cancel(): void {
		this.#abort?.abort();
	}
}

/** What every page asks, spelled alike everywhere, so that the kept answers are found again. */
export const asked = {
	rfm: {},
	segments: { method: 'rules' },
	clv: { method: 'bgnbd', horizonWeeks: 39 },
	rebuy: {},
} as const satisfies { readonly [N in ModelName]?: ModelParams[N] };
