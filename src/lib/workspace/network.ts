/**
 * The page's share of sync: peer connections exist on pages only. One tab of a workspace, the one that holds the mesh lock,
 * keeps the mesh and hands each link to the data worker; when it closes, another tab takes over. Leaves at once when the
 * device goes offline, comes back when it is online, shown again or woken.
 */
import * as Comlink from 'comlink';
import type { Presence } from '#sync/mesh.ts';
import { openMesh, type Mesh } from '#sync/mesh.ts';
import { bridgeToPort } from '#sync/port-link.ts';
import type { Link } from '#sync/link.ts';
import type { RemoteHost } from './data-api.ts';
import { networkSettings } from './network-settings.ts';

export interface Network {
	/** Rooms changed: an invite was made, used up or cancelled. */
	refresh(): void;
	setPlace(place: string): void;
	places(): ReadonlyMap<string, string>;
	onPresence(listener: () => void): () => void;
	close(): void;
}

export function openNetwork(wid: string, did: string, host: Comlink.Remote<RemoteHost>): Network {
	const meshes = new Map<string, Mesh>();
	const links = new Set<Link>();
	const listeners = new Set<() => void>();
	const stop = new AbortController();
	let leading = false;
	let place = '';
	let present: readonly Presence[] = [];
	let refreshing: Promise<void> = Promise.resolve();

	const handOver = (purpose: string) => (link: Link) => {
		const { port1, port2 } = new MessageChannel();
		bridgeToPort(link, port1);
		links.add(link);
		link.onClose(() => links.delete(link));
		void host.attach(purpose, link.binding, Comlink.transfer(port2, [port2]));
	};

	async function align(): Promise<void> {
		const wanted = leading && navigator.onLine && !stop.signal.aborted ? await host.rooms() : [];
		const purposes = new Set(wanted.map(({ purpose }) => purpose));
		for (const [purpose, mesh] of meshes)
			if (!purposes.has(purpose)) {
				mesh.close();
				meshes.delete(purpose);
			}
		for (const { purpose, room } of wanted) {
			if (meshes.has(purpose)) continue;
			const mesh = openMesh({
				room,
				...networkSettings(),
				onLink: handOver(purpose),
				...(purpose === 'workspace' && {
					onPresence(states: readonly Presence[]) {
						present = states;
						listeners.forEach((listener) => listener());
					},
				}),
			});
			meshes.set(purpose, mesh);
		}
		meshes.get('workspace')?.setPresence({ did, at: place });
	}

	const refresh = () => {
		refreshing = refreshing.then(align).catch((error: unknown) => console.error(error));
	};

	navigator.locks
		.request(`perennial-mesh-${wid}`, { signal: stop.signal }, () => {
			leading = true;
			refresh();
			return new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
		})
		.catch(() => {
			// Closed before it ever led.
		});

	const wake = { signal: stop.signal };
	for (const event of ['online', 'offline', 'pageshow']) addEventListener(event, refresh, wake);
	document.addEventListener('visibilitychange', refresh, wake);
	/** A page that goes says so at once: the data worker lives on and would talk into the void. */
	const leave = () => {
		for (const link of links) link.close();
	};
	addEventListener('pagehide', leave, wake);

	return {
		refresh,
		setPlace(next) {
			place = next;
			meshes.get('workspace')?.setPresence({ did, at: place });
		},
		places: () => new Map(present.map(({ did: who, at = '' }) => [who, at])),
		onPresence(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close() {
			stop.abort();
			refresh();
		},
	};
}
