/**
 * The service worker of this app: registered through the Trusted Types policy, asked for news now and then, and never let
 * to replace the running version by itself. The page reloads only after the person said so.
 */
import { Workbox } from 'workbox-window';
import { trustedScriptUrl } from '#core/trusted.ts';

const HOUR = 3_600_000;

/** `onReady` is called when a new version waits, with the function that puts it in place and reloads. */
export async function registerServiceWorker(onReady: (apply: () => void) => void): Promise<void> {
	if (!('serviceWorker' in navigator)) return;
	const workbox = new Workbox(trustedScriptUrl('/sw.js'), { scope: '/' });
	workbox.addEventListener('waiting', () =>
		onReady(() => {
			workbox.addEventListener('controlling', () => location.reload());
			workbox.messageSkipWaiting();
		}),
	);
	const registration = await workbox.register({ immediate: true });
	let asked = Date.now();
	document.addEventListener('visibilitychange', () => {
		if (document.visibilityState !== 'visible' || Date.now() - asked < HOUR) return;
		asked = Date.now();
		void registration?.update().catch(() => undefined);
	});
}
