/**
 * One connection to one other device, from its first description to its end: y-webrtc's own (presence) with two negotiated
 * channels beside it, for the ledger and for introductions. Not up in time, or silent for too long: it is closed, and whoever
 * keeps the mesh tries again. Descriptions are complete when they come out (no trickle), so that one message each way is
 * all, by whatever way it travels.
 */
import { WebrtcConn, type Room as YRoom, type SignalingConn } from 'y-webrtc';
import { bindingOf, createChannelLink } from './channel-link.ts';
import type { Link } from './link.ts';

export interface Signal {
	readonly type: 'offer' | 'answer';
	readonly sdp: string;
}

/** What the one who wants a connection says of it. */
export interface Call {
	/** Empty while it is not known: an offer that is carried by hand. */
	readonly remoteId: string;
	readonly initiator: boolean;
	/** Chosen by the initiator; tells the messages of this try from those of an earlier one. */
	readonly attempt: string;
	/** Milliseconds until the ledger's channel must be open. */
	readonly within: number;
	/** Descriptions travel by hand, not by a meeting point or an introduction. */
	readonly byHand?: boolean;
	/** This end's description, to be given to the other. */
	signal(signal: Signal): void;
	up?(): void;
	gone?(): void;
}

export interface PeerOptions extends Call {
	readonly room: YRoom;
	/** Milliseconds that the connection outlives the ledger's link, to introduce somebody. */
	readonly linger: number;
	link(link: Link): void;
	introductions(channel: RTCDataChannel): void;
	gone(): void;
}

export interface Peer {
	readonly attempt: string;
	readonly byHand: boolean;
	/** Nothing came of it yet: people may still be carrying a code over. */
	readonly waiting: boolean;
	/** When the ledger's channel opened, milliseconds UTC. */
	readonly openSince: number | undefined;
	signal(signal: Signal): void;
	/** The other end is known now. */
	adopt(remoteId: string): void;
	/** Both descriptions are where they belong. */
	expectWithin(ms: number): void;
	connection(): RTCPeerConnection;
	close(): void;
}

const LEDGER_CHANNEL = 1;
const INTRODUCTIONS_CHANNEL = 2;
/** Bytes of presence in one message: a dozen devices' take a tenth of it. */
const MOST_PRESENCE = 16 * 1024;
/** ICE gives a broken connection up after half a minute; people have gone back to the list by then. */
const SILENT_MS = 10_000;

/** What we use of y-webrtc's connection; the pinned version and the end-to-end tests hold it in place. */
interface Conn {
	remotePeerId: string;
	readonly peer: {
		readonly _pc: RTCPeerConnection;
		readonly destroyed: boolean;
		signal(signal: Signal): void;
		on(event: 'close', handler: () => void): void;
		on(event: 'data', handler: (data: Uint8Array) => void): void;
		listeners(event: 'data'): ((data: Uint8Array) => void)[];
		removeAllListeners(event: 'data'): void;
		destroy(): void;
	};
}

export function createPeer(options: PeerOptions): Peer {
	const { room, initiator } = options;
	const wire = {
		// The room has no key for y-webrtc: what is said here is in clear, and sealed by the mesh.
		send({ data }: { data: { signal: Signal } }) {
			if (data.signal.type === 'offer' || data.signal.type === 'answer')
				options.signal(data.signal);
		},
	};
	const conn = new WebrtcConn(
		wire as unknown as SignalingConn,
		initiator,
		options.remoteId,
		room,
	) as unknown as Conn;
	const conns = room.webrtcConns as unknown as Map<string, Conn>;
	const connection = conn.peer._pc;
	const open = (label: string, id: number) =>
		connection.createDataChannel(label, { negotiated: true, id });
	const ledger = open('ledger', LEDGER_CHANNEL);
	const introductions = open('introductions', INTRODUCTIONS_CHANNEL);
	let openSince: number | undefined;
	let complete = false;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const closeAfter = (ms: number) => {
		clearTimeout(timer);
		timer = setTimeout(close, ms);
	};

	function close(): void {
		clearTimeout(timer);
		// y-webrtc forgets by name when it hears of the end, and by then the name may be a newer connection's.
		if (conns.get(conn.remotePeerId) === conn) conns.delete(conn.remotePeerId);
		conn.remotePeerId = '';
		conn.peer.destroy();
	}

	// What a peer wrote into y-webrtc's document would stay here, and go on to everybody.
	const listeners = conn.peer.listeners('data');
	conn.peer.removeAllListeners('data');
	conn.peer.on('data', (data) => {
		if (isPresence(data)) for (const listen of listeners) listen(data);
	});
	conn.peer.on('close', () => {
		clearTimeout(timer);
		options.gone();
	});
	connection.addEventListener('iceconnectionstatechange', () => {
		const state = connection.iceConnectionState;
		if (openSince === undefined) return;
		if (state === 'disconnected') closeAfter(SILENT_MS);
		else if (state === 'connected' || state === 'completed') clearTimeout(timer);
	});
	// The other end may speak before this one knows what it speaks over.
	const early: MessageEvent[] = [];
	ledger.binaryType = 'arraybuffer';
	ledger.onmessage = (event) => early.push(event);
	ledger.onopen = async () => {
		clearTimeout(timer);
		// A channel can be open before the browser tells of the answer that opened it.
		if (connection.signalingState !== 'stable')
			await new Promise((resolve) =>
				connection.addEventListener('signalingstatechange', resolve, { once: true }),
			);
		const binding = await bindingOf(connection);
		if (!binding || conn.peer.destroyed) return close();
		openSince = Date.now();
		const link = createChannelLink(ledger, binding);
		for (const event of early) ledger.onmessage?.(event);
		link.onClose(() => closeAfter(options.linger));
		options.link(link);
	};
	if (options.remoteId) conns.set(options.remoteId, conn);
	closeAfter(options.within);
	options.introductions(introductions);

	return {
		attempt: options.attempt,
		byHand: options.byHand === true,
		get waiting() {
			// Not by the connection's state: the browser may tell of that after the first message.
			const apart = introductions.readyState !== 'open' && ledger.readyState !== 'open';
			return options.byHand === true && apart && !complete;
		},
		get openSince() {
			return openSince;
		},
		signal(signal) {
			if (!conn.peer.destroyed) conn.peer.signal(signal);
		},
		adopt(remoteId) {
			conn.remotePeerId = remoteId;
			conns.set(remoteId, conn);
		},
		expectWithin(ms) {
			complete = true;
			closeAfter(ms);
		},
		connection: () => connection,
		close,
	};
}

/** y-webrtc's messages: 1 says who is here, 3 asks. */
const isPresence = (data: Uint8Array): boolean =>
	(data[0] === 1 || data[0] === 3) && data.length <= MOST_PRESENCE;
