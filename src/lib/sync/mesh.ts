/**
 * The mesh of one room: a connection to every other device that names it. Devices announce themselves sealed under the room's
 * password; of two, the one with the greater id calls, so that both never call at once. y-webrtc keeps presence over each
 * connection, its document stays empty; the ledger travels on a channel of its own (see the README).
 */
import * as awarenessProtocol from 'y-protocols/awareness';
import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';
import { concat, fromBase64url, fromUtf8, toBase64url, utf8 } from '#core/bytes.ts';
import { deriveAesKey, randomBytes } from '#crypto/hash.ts';
import { IV_LENGTH, newIv, open as unseal, seal } from '#crypto/seal.ts';
import type { Room } from './invite.ts';
import type { Link } from './link.ts';
import { createPairing, type Pairing } from './pairing.ts';
import { createPeer, type Call, type Peer, type Signal } from './peer.ts';
import type { Rendezvous } from './rendezvous.ts';
import { routeOf } from './route.ts';
import type { Connection } from './traffic.ts';

export interface NetworkOptions {
	/** WebSocket addresses that speak y-webrtc's signalling. May be empty: then only peers and codes introduce. */
	readonly meetingPoints: readonly string[];
	readonly iceServers: readonly RTCIceServer[];
}

export interface MeshOptions extends NetworkOptions {
	readonly room: Room;
	readonly rendezvous: Rendezvous;
	/**
	 * `member`: all here belong to the team. `door`: an invite's room at the owner's; `guest`: the same at the newcomer's. Both
	 * stay a while after the admission, so that the owner introduces the newcomer to the workspace's room.
	 */
	readonly as: 'member' | 'door' | 'guest';
	onLink(link: Link): void;
	onPresence?(states: readonly Presence[]): void;
}

export interface Presence {
	readonly did: string;
	readonly at?: string;
}

export interface Mesh {
	setPresence(presence: Presence): void;
	configure(options: NetworkOptions): void;
	/** Announces at once: the device woke, or its network changed. */
	wake(): void;
	/** Connecting by codes that people carry over. */
	readonly pairing: Pairing;
	connections(): Promise<readonly Connection[]>;
	close(): void;
}

const MOST_PEERS = 12;
const CONNECT_MS = 12_000;
/** A connection of that age that the other end does not list among its own is half a connection. */
const GHOST_MS = 5_000;
const ANNOUNCE_ALONE_MS = 6_000;
const ANNOUNCE_MS = 30_000;
/** The owner has that long to introduce whom it admitted. */
const LINGER_MS = 15_000;

type Message =
	| { type: 'announce'; from: string; to?: string; has: string[] }
	| { type: 'signal'; from: string; to: string; attempt: string; signal: Signal };

/** Rooms that are being closed: y-webrtc holds a name until then, and would lose the next of the same name. */
const closing = new Map<string, Promise<void>>();

export function openMesh(options: MeshOptions): Mesh {
	const { room, rendezvous } = options;
	const doc = new Y.Doc();
	const awareness = new awarenessProtocol.Awareness(doc);
	const peers = new Map<string, Peer>();
	const key = deriveAesKey(utf8(room.password), 'signalling');
	let closed = false;
	let last = 0;
	let work: Promise<unknown> = Promise.resolve();

	const opened = (closing.get(room.name) ?? Promise.resolve()).then(async () => {
		const provider = new WebrtcProvider(room.name, doc, {
			signaling: [],
			awareness,
			maxConns: MOST_PEERS,
			filterBcConns: false,
			peerOpts: {
				trickle: false,
				iceCompleteTimeout: 2000,
				// Negotiated channels need no announcement: 2 of 21 simultaneous starts hung without.
				channelConfig: { negotiated: true, id: 0 },
				config: { iceServers: [...options.iceServers] },
			},
		});
		// The room stands when the (empty) key does.
		await provider.key;
		const hall = provider.room!;
		// It would leave the room at a question that the person answers with "stay".
		removeEventListener('beforeunload', hall._beforeUnloadHandler);
		return { provider, hall };
	});
	opened.catch((error: unknown) => console.error(error));

	const me = async () => (await opened).hall.peerId;

	const topic = rendezvous.join({
		name: room.name,
		meetingPoints: options.meetingPoints,
		receive: (data) => inTurn(() => receive(data)),
		ready: () => announce(),
	});

	/** Sealing and opening take their time; what was said first is handled first. */
	function inTurn(task: () => Promise<unknown>): void {
		work = work.then(() => closed || task()).catch((error: unknown) => console.error(error));
	}

	const publish = (message: Message) =>
		inTurn(async () => {
			const iv = newIv();
			const plain = utf8(JSON.stringify(message));
			topic.publish(toBase64url(concat(iv, await seal(await key, iv, plain, utf8(room.name)))));
		});

	function announce(to?: string): void {
		last = Date.now();
		inTurn(async () => {
			const from = await me();
			const has = [...peers].flatMap(([id, { openSince }]) => (openSince ? [id] : []));
			publish({ type: 'announce', from, ...(to && { to }), has });
		});
	}

	async function receive(data: string): Promise<void> {
		const bytes = fromBase64url(data);
		if (!bytes) return;
		const body = bytes.subarray(IV_LENGTH);
		const plain = await unseal(await key, bytes.slice(0, IV_LENGTH), body, utf8(room.name));
		// Not of this room: anybody may publish under its name.
		if (!plain.ok) return;
		const message = JSON.parse(fromUtf8(plain.value)) as Message;
		const own = await me();
		if (message.from === own || (message.to !== undefined && message.to !== own)) return;
		if (message.type === 'announce') await meet(message, own);
		else if (message.type === 'signal') await hear(message, own);
	}

	async function meet({ from, to, has }: Message & { type: 'announce' }, me: string) {
		const known = peers.get(from);
		if (known) {
			const { openSince = Infinity, waiting } = known;
			const ghost = Date.now() - openSince > GHOST_MS && !has.includes(me);
			// This way is quicker than people are.
			if (!ghost && !waiting) return;
			drop(from, known);
		}
		if (peers.size >= MOST_PEERS) return;
		if (me > from) await dial(from);
		else if (!to) announce(from);
	}

	async function hear({ from, attempt, signal }: Message & { type: 'signal' }, me: string) {
		const known = peers.get(from);
		if (signal.type === 'answer') {
			if (known?.attempt === attempt) known.signal(signal);
			return;
		}
		if (known?.attempt === attempt || me > from) return;
		if (known) drop(from, known);
		if (peers.size >= MOST_PEERS) return;
		const peer = await connect({
			remoteId: from,
			attempt,
			initiator: false,
			within: CONNECT_MS,
			signal: (answer) => publish({ type: 'signal', from: me, to: from, attempt, signal: answer }),
		});
		peer.signal(signal);
	}

	async function dial(to: string): Promise<void> {
		const attempt = toBase64url(randomBytes(6));
		const from = await me();
		await connect({
			remoteId: to,
			attempt,
			initiator: true,
			within: CONNECT_MS,
			signal: (signal) => publish({ type: 'signal', from, to, attempt, signal }),
		});
	}

	async function connect(call: Call): Promise<Peer> {
		const peer = createPeer({
			...call,
			room: (await opened).hall,
			linger: options.as === 'member' ? 0 : LINGER_MS,
			link(link) {
				call.up?.();
				options.onLink(link);
			},
			introductions: (channel) => topic.addChannel(channel, options.as === 'guest'),
			gone() {
				call.gone?.();
				forget(peer);
			},
		});
		if (call.remoteId) peers.set(call.remoteId, peer);
		return peer;
	}

	function forget(peer: Peer): void {
		for (const [id, one] of peers) if (one === peer) peers.delete(id);
		// Soon, but not at the same moment as the other end.
		if (!closed) setTimeout(() => closed || announce(), 300 + Math.random() * 1000);
	}

	function drop(id: string, peer: Peer): void {
		peers.delete(id);
		peer.close();
	}

	const timer = setInterval(() => {
		const alone = ![...peers.values()].some(({ openSince }) => openSince);
		if (Date.now() - last > (alone ? ANNOUNCE_ALONE_MS : ANNOUNCE_MS)) announce();
	}, 2000);
	announce();

	awareness.on('change', () => {
		const states = [...awareness.getStates().entries()].filter(([id]) => id !== doc.clientID);
		options.onPresence?.(states.flatMap(([, state]) => (isPresence(state) ? [state] : [])));
	});

	const pairing = createPairing({
		room,
		me,
		connect,
		peers,
		isFull: () => peers.size >= MOST_PEERS,
	});

	return {
		setPresence: (presence) => awareness.setLocalState({ ...presence }),
		configure({ meetingPoints, iceServers }) {
			topic.useMeetingPoints(meetingPoints);
			void opened.then(({ provider }) => {
				(provider.peerOpts as { config: RTCConfiguration }).config.iceServers = [...iceServers];
			});
		},
		wake: () => announce(),
		pairing,
		connections: () =>
			Promise.all(
				[...peers.values()].map(async ({ openSince, byHand, connection }) => ({
					...(await routeOf(connection())),
					...(openSince && { openSince }),
					byHand,
				})),
			),
		close() {
			if (closed) return;
			closed = true;
			clearInterval(timer);
			topic.leave();
			pairing.close();
			const gone = opened
				.then(async ({ provider }) => {
					provider.destroy();
					await provider.key;
					awareness.destroy();
					doc.destroy();
				})
				.finally(() => closing.get(room.name) === gone && closing.delete(room.name));
			closing.set(room.name, gone);
		},
	};
}

const isPresence = (state: object): state is Presence =>
	'did' in state && typeof state.did === 'string';
