/**
 * The service worker: every file of this version is stored when it is installed, and every page address answers with the
 * stored shell, so the app starts without a network. A new version waits until the person asks for it.
 */
import {
	cleanupOutdatedCaches,
	createHandlerBoundToURL,
	precacheAndRoute,
	type PrecacheEntry,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

/** The parts of ServiceWorkerGlobalScope used here; its library cannot be loaded beside the DOM's. */
declare const self: Window & {
	readonly __WB_MANIFEST: PrecacheEntry[];
	skipWaiting(): Promise<void>;
};

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/200.html')));

self.addEventListener('message', (event: MessageEvent<{ type?: string }>) => {
	if (event.data?.type === 'SKIP_WAITING') void self.skipWaiting();
});
