/**
 * Reads and matches files away from the page. The records live behind `targetPort`, a comlink port to the data worker; this
 * worker holds the file and nothing else. Every call answers with a Result.
 */
import * as Comlink from 'comlink';
import { fail, type Result } from '#core/result.ts';
import type {
	ImportInfo,
	ImportOptions,
	ImportProgress,
	ImportReport,
	ImportSource,
	Preview,
} from '#exchange/contract.ts';
import { preview, runImport } from '#exchange/import.ts';
import type { ImportTarget } from '#exchange/target.ts';
import { reportRequests } from '#workspace/requests.ts';

let running: AbortController | undefined;

/** A fault of ours must not leave the page waiting: comlink would lose all but the message anyway. */
async function guarded<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
	try {
		return await work();
	} catch (error) {
		console.error(error);
		const reason = error instanceof Error ? error.message : String(error);
		return fail(
			'Unreadable',
			`The import stopped at a fault of the app (${reason}). What it wrote can be reverted.`,
		);
	}
}

const worker = {
	preview: (
		source: ImportSource,
		options: ImportOptions = {},
		info: Partial<Pick<ImportInfo, 'currency'>> = {},
	): Promise<Result<Preview>> => guarded(() => preview(source, options, info)),

	async run(
		source: ImportSource,
		options: ImportOptions,
		info: ImportInfo,
		targetPort: MessagePort,
		onProgress?: (progress: ImportProgress) => void,
	): Promise<Result<ImportReport>> {
		if (running) return fail('Busy', 'Another import is running. Wait for it, or cancel it first.');
		const controller = new AbortController();
		running = controller;
		const target = Comlink.wrap<ImportTarget>(targetPort) as unknown as ImportTarget;
		try {
			return await guarded(() =>
				runImport(source, options, target, { ...info, onProgress, signal: controller.signal }),
			);
		} finally {
			running = undefined;
			targetPort.close();
		}
	},

	/** The running import ends before its next batch; its report says what is in. */
	cancel(): void {
		running?.abort();
	},
};

export type ImportWorker = typeof worker;

reportRequests('worker');
Comlink.expose(worker);
