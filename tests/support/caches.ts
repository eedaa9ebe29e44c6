/** How the browser answers who opens the cache of a document, from now on. */
import { vi } from 'vitest';

type Ask = () => IDBOpenDBRequest;

export function answerCaches(answer: (ask: Ask) => IDBOpenDBRequest) {
	const open = indexedDB.open.bind(indexedDB);
	return vi.spyOn(indexedDB, 'open').mockImplementation((name, version) => {
		const ask = () => open(name, version);
		return name.startsWith('perennial-doc-') ? answer(ask) : ask();
	});
}

/** It never does. */
export const silentCache = (): IDBOpenDBRequest => new EventTarget() as IDBOpenDBRequest;

/** As on a full disk: it cannot be made. */
export function refusedCache(ask: Ask): IDBOpenDBRequest {
	const request = ask();
	request.addEventListener('upgradeneeded', () => request.transaction!.abort());
	return request;
}
