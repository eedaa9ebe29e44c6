/** Starting the workers, each through the one Trusted Types policy. */
import * as Comlink from 'comlink';
import { trustedScriptUrl } from '#core/trusted.ts';
import type { ModelsWorker } from '#analysis/contract.ts';
import dataUrl from '#workers/data.worker.ts?worker&url';
import type { ImportWorker } from '#workers/import.worker.ts';
import importUrl from '#workers/import.worker.ts?worker&url';
import modelsUrl from '#workers/models.worker.ts?worker&url';
import type { DataApi } from './data-api.ts';

const options = { type: 'module' } as const;

const start = (url: string) => new Worker(trustedScriptUrl(url) as string, options);

export function startDataWorker(): Comlink.Remote<DataApi> {
	if (typeof SharedWorker !== 'function') return Comlink.wrap(start(dataUrl));
	const shared = { ...options, name: 'perennial' };
	return Comlink.wrap(new SharedWorker(trustedScriptUrl(dataUrl) as string, shared).port);
}

export const startImportWorker = () => Comlink.wrap<ImportWorker>(start(importUrl));

export const startModelsWorker = () => Comlink.wrap<ModelsWorker>(start(modelsUrl));
