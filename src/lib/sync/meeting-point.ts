/**
 * One WebSocket to one meeting point, in y-webrtc's signalling protocol: subscribe to topics, publish to them. Comes back after
 * every loss, more slowly each time, and asks for a sign of life, because a socket that survived sleep or a change of network
 * looks open and is not.
 */
import type { MeetingPointStatus } from './traffic.ts';

export interface MeetingPoint {
	readonly status: MeetingPointStatus;
	/** Lost when there is no connection: whoever sends, sends again when `onOpen` says so. */
	send(message: object): void;
	/** The device was asleep or changed its network: find out at once whether the connection still lives. */
	wake(): void;
	close(): void;
}

const PING_MS = 15_000;
const PONG_MS = 5_000;
const CONNECT_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;

export function openMeetingPoint(
	url: string,
	on: { open(): void; publish(topic: string, data: string): void },
): MeetingPoint {
	let socket: WebSocket | undefined;
	let failures = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let closed = false;
	const status = {
		url,
		state: 'connecting' as MeetingPointStatus['state'],
		since: Date.now(),
		lastOpen: undefined as number | undefined,
		tries: 0,
		sent: 0,
		received: 0,
	};
	/** One timer at a time: until open, until the next ping, until its answer, until the next try. */
	const after = (ms: number, next: () => void) => {
		clearTimeout(timer);
		timer = setTimeout(next, ms);
	};
	const send = (message: object) => {
		if (socket?.readyState !== WebSocket.OPEN) return;
		socket.send(JSON.stringify(message));
		status.sent++;
	};
	const ping = () => {
		send({ type: 'ping' });
		after(PONG_MS, lose);
	};

	function lose(): void {
		if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
		socket?.close();
		socket = undefined;
		if (closed) return;
		status.state = 'lost';
		const pause = Math.min(500 * 2 ** failures++, LONGEST_PAUSE_MS);
		after(pause * (0.5 + Math.random() / 2), connect);
	}

	function connect(): void {
		status.tries++;
		status.state = 'connecting';
		try {
			socket = new WebSocket(url);
		} catch {
			// Not an address the browser accepts; the settings page says so.
			return lose();
		}
		after(CONNECT_MS, lose);
		socket.onopen = () => {
			failures = 0;
			status.state = 'open';
			status.lastOpen = Date.now();
			after(PING_MS, ping);
			on.open();
		};
		socket.onmessage = ({ data }: MessageEvent<unknown>) => {
			status.received++;
			after(PING_MS, ping);
			const message = parse(data);
			if (message?.type === 'publish' && message.topic && message.data)
				on.publish(message.topic, message.data);
		};
		socket.onclose = lose;
	}

	connect();
	return {
		status,
		send,
		wake() {
			if (closed) return;
			failures = 0;
			if (status.state === 'open') ping();
			else if (status.state === 'lost') after(0, connect);
		},
		close() {
			closed = true;
			clearTimeout(timer);
			lose();
		},
	};
}

export interface Published {
	readonly type?: unknown;
	readonly topic?: string;
	readonly data?: string;
	readonly hops?: number;
}

/** Undefined for anything that is not one of the protocol's messages. */
export function parse(text: unknown): Published | undefined {
	try {
		const message = JSON.parse(String(text)) as Record<string, unknown> | null;
		if (typeof message !== 'object' || message === null) return undefined;
		const { type, topic, data, hops } = message;
		return {
			type,
			...(typeof topic === 'string' && { topic }),
			...(typeof data === 'string' && { data }),
			...(typeof hops === 'number' && { hops }),
		};
	} catch {
		return undefined;
	}
}

/** Whether something at that address speaks the protocol; within `ms`. */
export function testMeetingPoint(url: string, ms = 6000): Promise<boolean> {
	return new Promise((resolve) => {
		let socket: WebSocket;
		const end = (answers: boolean) => {
			clearTimeout(timer);
			resolve(answers);
			socket?.close();
		};
		const timer = setTimeout(() => end(false), ms);
		try {
			socket = new WebSocket(url);
		} catch {
			return end(false);
		}
		const topic = `test-${crypto.randomUUID()}`;
		socket.onopen = () => {
			socket.send(JSON.stringify({ type: 'subscribe', topics: [topic] }));
			socket.send(JSON.stringify({ type: 'publish', topic, data: 'test' }));
		};
		// A meeting point gives a topic's subscribers what is published there: this page, too.
		socket.onmessage = ({ data }: MessageEvent<unknown>) => {
			if (parse(data)?.topic === topic) end(true);
		};
		socket.onerror = socket.onclose = () => end(false);
	});
}
