/**
 * The mesh: y-webrtc finds the other devices through a meeting point and keeps one peer connection to each; its document stays
 * empty, its awareness is our presence. The ledger travels on a second, negotiated data channel of the same connection,
 * because y-webrtc sends whole documents as single messages and swallows the error when they are too large.
 */
import * as awarenessProtocol from 'y-protocols/awareness';
import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';
import { bindingOf, createChannelLink } from './channel-link.ts';
import type { Room } from './invite.ts';
import type { Link } from './link.ts';

export interface MeshOptions {
	readonly room: Room;
	/** WebSocket addresses that speak y-webrtc's signalling. Never empty by accident: y-webrtc would use a public one. */
	readonly meetingPoints: readonly string[];
	readonly iceServers: readonly RTCIceServer[];
	onLink(link: Link): void;
	onPresence?(states: readonly Presence[]): void;
}

export interface Presence {
	readonly did: string;
	readonly at?: string;
}

export interface Mesh {
	setPresence(presence: Presence): void;
	close(): void;
}

const MOST_PEERS = 12;
/** A connection that is not up by then is a ghost: closed, and tried again by the next announcement. */
const CONNECT_MS = 15_000;
const LEDGER_CHANNEL = 1;

/** What we use of y-webrtc's connection; the pinned version and tests/e2e/sharing hold it in place. */
interface Conn {
	readonly connected: boolean;
	readonly peer: { readonly _pc: RTCPeerConnection; destroy(): void };
}

export function openMesh(options: MeshOptions): Mesh {
	const doc = new Y.Doc();
	const awareness = new awarenessProtocol.Awareness(doc);
	const provider = new WebrtcProvider(options.room.name, doc, {
		signaling: [...options.meetingPoints],
		password: options.room.password,
		awareness,
		maxConns: MOST_PEERS,
		filterBcConns: false,
		peerOpts: {
			// Negotiated channels need no announcement: 2 of 21 simultaneous starts hung without.
			channelConfig: { negotiated: true, id: 0 },
			config: { iceServers: [...options.iceServers] },
		},
	});
	const known = new Set<string>();

	function attach(conn: Conn): void {
		const connection = conn.peer._pc;
		const channel = connection.createDataChannel('ledger', {
			negotiated: true,
			id: LEDGER_CHANNEL,
		});
		const timer = setTimeout(() => conn.connected || conn.peer.destroy(), CONNECT_MS);
		channel.onopen = async () => {
			clearTimeout(timer);
			const binding = await bindingOf(connection);
			if (!binding) return conn.peer.destroy();
			const link = createChannelLink(channel, binding);
			link.onClose(() => conn.peer.destroy());
			options.onLink(link);
		};
	}

	provider.on('peers', ({ added, removed }: { added: string[]; removed: string[] }) => {
		const conns = provider.room?.webrtcConns as Map<string, Conn> | undefined;
		for (const id of added) {
			const conn = conns?.get(id);
			if (!conn || known.has(id)) continue;
			known.add(id);
			attach(conn);
		}
		for (const id of removed) known.delete(id);
	});

	awareness.on('change', () => {
		const states = [...awareness.getStates().entries()].filter(([id]) => id !== doc.clientID);
		options.onPresence?.(states.flatMap(([, state]) => (isPresence(state) ? [state] : [])));
	});

	return {
		setPresence: (presence) => awareness.setLocalState({ ...presence }),
		close() {
			provider.destroy();
			provider.disconnect();
			awareness.destroy();
			doc.destroy();
		},
	};
}

const isPresence = (state: object): state is Presence =>
	'did' in state && typeof state.did === 'string';
