/** Imports from the page: one worker reads and matches, the data worker writes, the page shows progress and may cancel. */
import * as Comlink from 'comlink';
import { newId } from '#core/id.ts';
import { fail } from '#core/result.ts';
import type { ImportProgress } from '#exchange/contract.ts';
import type { WorkspaceInfo } from '#log/workspaces.ts';
import type { RemoteHost } from './data-api.ts';
import { startImportWorker } from './workers.ts';
import type { Imports } from './workspace.ts';

export function createImports(
	info: WorkspaceInfo,
	host: Comlink.Remote<RemoteHost>,
): Imports & { dispose(): void } {
	let started: ReturnType<typeof startImportWorker> | undefined;
	const worker = () => (started ??= startImportWorker());

	return {
		preview: (source, options = {}) =>
			worker().preview(source, options, { currency: info.currency }),
		async run(source, options = {}, task = {}) {
			if (task.signal?.aborted)
				return fail('Cancelled', 'The import was cancelled before it began.');
			const { port1, port2 } = new MessageChannel();
			await host.serveImport(Comlink.transfer(port1, [port1]));
			const cancel = () => void worker().cancel();
			task.signal?.addEventListener('abort', cancel);
			const ran = await worker().run(
				source,
				options,
				{
					workspaceId: info.id,
					importId: newId(),
					currency: info.currency,
					now: Date.now(),
				},
				Comlink.transfer(port2, [port2]),
				Comlink.proxy((progress: ImportProgress) => task.onProgress?.(progress)),
			);
			task.signal?.removeEventListener('abort', cancel);
			if (ran.ok) await host.finishImport(ran.value);
			return ran;
		},
		revert: (importId) => host.revertImport(importId),
		list: () => host.imports(),
		dispose: () => started?.[Comlink.releaseProxy](),
	};
}
