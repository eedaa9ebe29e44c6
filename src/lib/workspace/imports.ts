/** Imports from the page: one worker reads and matches, the data worker writes, the page shows progress and may cancel. */
import * as Comlink from 'comlink';
import { newId } from '#core/id.ts';
import { fail } from '#core/result.ts';
import type { ImportProgress, ImportReport } from '#exchange/contract.ts';
import type { WorkspaceInfo } from '#log/workspaces.ts';
import type { RemoteHost } from './data-api.ts';
import { startImportWorker } from './workers.ts';
import type { Imports } from './workspace.ts';

/** What is kept of an import until its own report is there. */
const CUT_OFF: Omit<ImportReport, 'importId' | 'name' | 'at'> = {
	rows: 0,
	created: 0,
	updated: 0,
	unchanged: 0,
	byEntity: {},
	failed: [],
	warnings: [],
	apart: {},
	notes: [],
	columns: [],
	stopped: {
		type: 'Cancelled',
		message:
			'The app was closed before this import ended. Revert it, or import the same file again to go on.',
	},
};

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
			const begun = { importId: newId(), name: source.name, at: Date.now() };
			const kept = await host.keepImport({ ...CUT_OFF, ...begun }).then(
				() => true,
				() => false,
			);
			if (!kept)
				return fail('Storage', 'This device has no space for an import. Free some and try again.');
			const { port1, port2 } = new MessageChannel();
			await host.serveImport(Comlink.transfer(port1, [port1]));
			const cancel = () => void worker().cancel();
			task.signal?.addEventListener('abort', cancel);
			const ran = await worker().run(
				source,
				options,
				{
					workspaceId: info.id,
					importId: begun.importId,
					currency: info.currency,
					now: begun.at,
				},
				Comlink.transfer(port2, [port2]),
				Comlink.proxy((progress: ImportProgress) => task.onProgress?.(progress)),
			);
			task.signal?.removeEventListener('abort', cancel);
			// The records are in by now; a report that finds no space must not hide that.
			const settled = ran.ok ? host.keepImport(ran.value) : host.forgetImport(begun.importId);
			await settled.catch((error: unknown) => console.error(error));
			return ran;
		},
		revert: (importId) => host.revertImport(importId),
		list: () => host.imports(),
		failedCsv: (importId) => host.failedRows(importId),
		dispose: () => started?.[Comlink.releaseProxy](),
	};
}
