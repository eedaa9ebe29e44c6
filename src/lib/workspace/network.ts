/**
 * The page's share of sync: peer connections exist on pages only. One tab of a workspace, the one that holds the mesh lock,
 * keeps the mesh and hands each link to the data worker; when it closes, another tab takes over, and any tab can ask it to pair or
 * to tell what it is connected to. Leaves at once when the device goes offline, comes back when it is online, shown again or
 * woken.
 */
import * as Comlink from 'comlink';
import { fail, type Result } from '#core/result.ts';
import { openMesh, type Mesh, type Presence } from '#sync/mesh.ts';
import { bridgeToPort } from '#sync/port-link.ts';
import type { Link } from '#sync/link.ts';
import { createRendezvous } from '#sync/rendezvous.ts';
import type { Traffic } from '#sync/traffic.ts';
import type { RemoteHost } from './data-api.ts';
import { networkSettings } from './network-settings.ts';
import { createPairingDesk } from './pairing.ts';
import type { Pairing } from './workspace.ts';

export interface Network {
	/** Rooms or settings changed: an invite was made, used up or cancelled, a meeting point was added. */
	refresh(): void;
	readonly pairing: Pairing;
	/** Meeting points and peers of the tab that keeps the connections. */
	traffic(): Promise<Traffic>;
	setPlace(place: string): void;
	places(): ReadonlyMap<string, string>;
	onPresence(listener: () => void): () => void;
	close(): void;
}

/** One for the page: a connection made in one room introduces into another. */
export const rendezvous = createRendezvous();

/** What the leading tab offers the others. */
interface Lead extends Pairing {
	/** True once it has opened its rooms. */
	isReady(): Promise<boolean>;
	traffic(): Promise<Traffic>;
}

/** An invite's room stays so long after its last use: the owner introduces the newcomer to the workspace's room. */
const LINGER_MS = 20_000;
const TICK_MS = 5_000;
/** Timers that come so late were asleep. */
const SLEPT_MS = 20_000;
const LEADER_MS = 20_000;

/** The workspace's room, or one of before a rotation; the others are invites'. */
const isTeam = (purpose: string) => purpose === 'workspace' || purpose.startsWith('former ');

export function openNetwork(wid: string, did: string, host: Comlink.Remote<RemoteHost>): Network {
	/** By the room's name: when the key changes, the workspace's room does too, and the former one is kept as it is. */
	const meshes = new Map<string, Mesh>();
	/** Room's name -> when it was no longer wanted. */
	const unwanted = new Map<string, number>();
	/** Room's name -> what it is for. */
	const purposes = new Map<string, string>();
	/** Name of the workspace's own room. */
	let main = '';
	const links = new Set<Link>();
	const listeners = new Set<() => void>();
	const stop = new AbortController();
	let leading = false;
	/** Somebody pairs by code: a phone that is its own hotspot calls itself offline. */
	let insisted = false;
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
		const here = leading && (navigator.onLine || insisted) && !stop.signal.aborted;
		const wanted = here ? await host.rooms() : [];
		const names = new Set(wanted.map(({ room }) => room.name));
		for (const [name, mesh] of meshes) {
			if (names.has(name)) {
				unwanted.delete(name);
				mesh.configure(networkSettings());
				continue;
			}
			const since = unwanted.get(name) ?? Date.now();
			unwanted.set(name, since);
			if (here && Date.now() - since < LINGER_MS) continue;
			mesh.close();
			meshes.delete(name);
			unwanted.delete(name);
		}
		main = wanted.find(({ purpose }) => purpose === 'workspace')?.room.name ?? '';
		for (const { purpose, room } of wanted) {
			if (meshes.has(room.name)) continue;
			purposes.set(room.name, purpose);
			const mesh = openMesh({
				room,
				rendezvous,
				...networkSettings(),
				as: isTeam(purpose) ? 'member' : 'door',
				onLink: handOver(purpose),
				onPresence(states: readonly Presence[]) {
					if (room.name !== main) return;
					present = states;
					listeners.forEach((listener) => listener());
				},
			});
			meshes.set(room.name, mesh);
		}
		meshes.get(main)?.setPresence({ did, at: place });
	}

	const refresh = () => {
		refreshing = refreshing.then(align).catch((error: unknown) => console.error(error));
	};

	/** Sockets that outlived sleep or another network look open and are not; peers may be gone. */
	const wake = () => {
		refresh();
		rendezvous.wake();
		for (const mesh of meshes.values()) mesh.wake();
	};

	const desk = createPairingDesk(
		() => meshes.values(),
		() => meshes.get(main),
	);
	const insist = () => {
		insisted = true;
		refresh();
		return refreshing;
	};
	const lead: Lead = {
		...desk,
		async offer() {
			await insist();
			return desk.offer();
		},
		async answer(code) {
			await insist();
			return desk.answer(code);
		},
		isReady: () => refreshing.then(() => true),
		async traffic() {
			const connections = [...meshes].map(async ([name, mesh]) => {
				const room = isTeam(purposes.get(name)!) ? ('workspace' as const) : ('invite' as const);
				return (await mesh.connections()).map((connection) => ({ ...connection, room }));
			});
			return {
				meetingPoints: rendezvous.meetingPoints(),
				connections: (await Promise.all(connections)).flat(),
			};
		},
	};
	const leadChannel = () => new BroadcastChannel(`perennial-lead-${wid}`);
	const [own, others] = [leadChannel(), leadChannel()];
	const asEndpoint = (channel: BroadcastChannel) => channel as unknown as Comlink.Endpoint;
	const remote = Comlink.wrap<Lead>(asEndpoint(others));
	/** The leading tab, as soon as one says that it is there: what is posted before anybody listens is lost. */
	async function leader(): Promise<typeof remote | undefined> {
		for (const end = Date.now() + LEADER_MS; Date.now() < end;) {
			const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), 500));
			if (await Promise.race([remote.isReady(), pause])) return remote;
		}
		return undefined;
	}
	const asked = async <T>(
		call: (lead: typeof remote) => Promise<Result<T>>,
	): Promise<Result<T>> => {
		const lead = await leader();
		return lead
			? call(lead)
			: fail(
					'Busy',
					'The tab that keeps the connections does not answer. Close the other tabs of this workspace, then try again.',
				);
	};

	navigator.locks
		.request(`perennial-mesh-${wid}`, { signal: stop.signal }, () => {
			leading = true;
			Comlink.expose(lead, asEndpoint(own));
			refresh();
			return new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
		})
		.catch(() => {
			// Closed before it ever led.
		});

	const until = { signal: stop.signal };
	addEventListener('offline', () => (insisted = false), until);
	for (const event of ['online', 'offline', 'pageshow']) addEventListener(event, wake, until);
	document.addEventListener('visibilitychange', wake, until);
	addEventListener('storage', refresh, until);
	let last = Date.now();
	const ticking = setInterval(() => {
		if (Date.now() - last > SLEPT_MS) wake();
		else if (unwanted.size) refresh();
		last = Date.now();
	}, TICK_MS);
	/** A page that goes says so at once: the data worker lives on and would talk into the void. */
	const leave = () => {
		for (const link of links) link.close();
		for (const mesh of meshes.values()) mesh.close();
		meshes.clear();
	};
	addEventListener('pagehide', leave, until);

	return {
		refresh,
		pairing: {
			offer: () => asked((tab) => tab.offer()),
			answer: (code) => asked((tab) => tab.answer(code)),
			accept: (code) => asked((tab) => tab.accept(code)),
			answered: (answer) => asked((tab) => tab.answered(answer)),
		},
		traffic: async () => (await leader())?.traffic() ?? { meetingPoints: [], connections: [] },
		setPlace(next) {
			place = next;
			meshes.get(main)?.setPresence({ did, at: place });
		},
		places: () => new Map(present.map(({ did: who, at = '' }) => [who, at])),
		onPresence(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close() {
			stop.abort();
			clearInterval(ticking);
			own.close();
			others.close();
			refresh();
		},
	};
}
