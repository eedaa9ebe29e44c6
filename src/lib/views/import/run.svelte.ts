/**
 * The import that runs, outside of any page: one starts it, works on elsewhere, and finds it again. One at a time, as the
 * import worker has it.
 */
import type { ImportOptions, ImportReport, ImportSource } from '#exchange/contract.ts';
import { fail, type Failure } from '#core/result.ts';
import type { Progress, Workspace } from '#workspace/workspace.ts';

class ImportRun {
	/** The workspace that it goes into. */
	workspace = $state.raw<string>();
	name = $state('');
	running = $state(false);
	cancelling = $state(false);
	progress = $state.raw<Progress>();
	report = $state.raw<ImportReport>();
	failure = $state.raw<Failure>();
	#stop: AbortController | undefined;
	#stageSince = 0;

	async start(workspace: Workspace, source: ImportSource, options: ImportOptions): Promise<void> {
		if (this.running) return;
		this.clear();
		this.workspace = workspace.info.id;
		this.name = source.name;
		this.running = true;
		this.#stop = new AbortController();
		try {
			const ran = await workspace.imports.run(source, options, {
				signal: this.#stop.signal,
				onProgress: (progress) => {
					if (progress.stage !== this.progress?.stage) this.#stageSince = Date.now();
					this.progress = progress;
				},
			});
			if (ran.ok) this.report = ran.value;
			else this.failure = ran.error;
		} catch (error) {
			console.error(error);
			this.failure = fail('Invalid', String(error)).error;
		} finally {
			this.running = this.cancelling = false;
		}
	}

	/** The batch that is being written is finished first. */
	cancel(): void {
		this.cancelling = true;
		this.#stop?.abort();
	}

	/** What it came to has been seen. */
	clear(): void {
		this.progress = this.report = this.failure = undefined;
	}

	/** Seconds until this stage ends at the speed so far; undefined while that says nothing. */
	get secondsLeft(): number | undefined {
		const { progress } = this;
		const elapsed = (Date.now() - this.#stageSince) / 1000;
		if (!progress?.total || !progress.done || elapsed < 1.5) return undefined;
		return (elapsed * (progress.total - progress.done)) / progress.done;
	}
}

export const importRun = new ImportRun();
