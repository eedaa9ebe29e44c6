/**
 * The data worker: owns log, documents, read-model writes and text search of every workspace open in this browser. A
 * SharedWorker where there is one, so that all tabs share it; else the worker of the one tab that holds the lock.
 */
import * as Comlink from 'comlink';
import { createDataApi } from '#workspace/data-api.ts';
import { reportRequests } from '#workspace/requests.ts';

reportRequests('worker');
const api = createDataApi();

if ('onconnect' in self)
	self.addEventListener('connect', (event) => {
		Comlink.expose(api, (event as MessageEvent).ports[0]!);
	});
else Comlink.expose(api, self as unknown as Comlink.Endpoint);
