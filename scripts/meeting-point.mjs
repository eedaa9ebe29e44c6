/**
 * A meeting point: y-webrtc's signalling protocol on a WebSocket. It passes sealed offers between devices that name the same
 * room, keeps nothing, and reads nothing. Whatever a client sends, it goes on: a message it does not understand is dropped,
 * one that is too large ends that client alone.
 */
import { WebSocketServer } from 'ws';

const LIMITS = { message: 256 * 1024, topics: 64, topicLength: 256, perSecond: 200 };

/** Serves `path` of an http(s) server. Answers with the way to end all its connections. */
export function serveMeetingPoint(server, path) {
	const topics = new Map();
	const sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.message });

	server.on('upgrade', (request, socket, head) => {
		socket.on('error', () => socket.destroy());
		if (request.url?.split('?')[0] !== path) return socket.destroy();
		sockets.handleUpgrade(request, socket, head, (client) => welcome(client));
	});

	return () => sockets.clients.forEach((client) => client.terminate());

	function welcome(client) {
		const own = new Set();
		let budget = LIMITS.perSecond;
		const refill = setInterval(() => (budget = LIMITS.perSecond), 1000);
		let alive = true;
		const beat = setInterval(() => {
			if (!alive) return client.terminate();
			alive = false;
			client.ping();
		}, 30_000);

		client.on('pong', () => (alive = true));
		client.on('error', () => client.terminate());
		client.on('close', () => {
			clearInterval(refill);
			clearInterval(beat);
			for (const topic of own) leave(topic);
		});
		client.on('message', (data) => {
			if (--budget < 0) return;
			const message = parse(data);
			if (message?.type === 'subscribe') names(message.topics).forEach(join);
			else if (message?.type === 'unsubscribe') names(message.topics).forEach(leave);
			else if (message?.type === 'publish') publish(message);
			else if (message?.type === 'ping') send(client, { type: 'pong' });
		});

		function join(topic) {
			if (own.size >= LIMITS.topics) return;
			own.add(topic);
			if (!topics.has(topic)) topics.set(topic, new Set());
			topics.get(topic).add(client);
		}
		function leave(topic) {
			own.delete(topic);
			const members = topics.get(topic);
			members?.delete(client);
			if (!members?.size) topics.delete(topic);
		}
		function publish(message) {
			const members = topics.get(message.topic);
			if (!members) return;
			for (const member of members) send(member, { ...message, clients: members.size });
		}
	}
}

const names = (list) =>
	Array.isArray(list)
		? list.filter((name) => typeof name === 'string' && name.length <= LIMITS.topicLength)
		: [];

function parse(data) {
	try {
		const message = JSON.parse(String(data));
		return message && typeof message === 'object' ? message : undefined;
	} catch {
		return undefined;
	}
}

function send(client, message) {
	if (client.readyState === client.OPEN) client.send(JSON.stringify(message), () => {});
}
