/**
 * Where devices that are not connected yet hear of each other: at meeting points, and through the peers that they have
 * already (introductions). Both carry the same sealed messages under a room's name; whoever passes one on reads none. One for
 * a page: rooms share its sockets, and a peer of one room can introduce into another, so that a newcomer who met the owner
 * in an invite's room finds the workspace's without any meeting point.
 */
import { openMeetingPoint, parse, type MeetingPoint } from './meeting-point.ts';
import type { MeetingPointStatus } from './traffic.ts';

export interface Topic {
	publish(data: string): void;
	useMeetingPoints(urls: readonly string[]): void;
	/**
	 * A peer's channel for introductions. It carries this room, and others that its far end names first; with `laterRooms`, also
	 * those that this page enters from now on: for a newcomer, to whom the owner is the only way into the workspace's.
	 */
	addChannel(channel: RTCDataChannel, laterRooms: boolean): void;
	leave(): void;
}

export interface TopicOptions {
	readonly name: string;
	readonly meetingPoints: readonly string[];
	receive(data: string): void;
	/** Somebody new may hear now: announce again. */
	ready(): void;
}

export interface Rendezvous {
	join(options: TopicOptions): Topic;
	wake(): void;
	meetingPoints(): readonly MeetingPointStatus[];
}

const MOST_HOPS = 4;
const MOST_SEEN = 1000;
const LIMITS = { message: 16 * 1024, perSecond: 100, rooms: 8 };

export function createRendezvous(): Rendezvous {
	const topics = new Map<string, TopicOptions & { urls: readonly string[] }>();
	const points = new Map<string, MeetingPoint>();
	/** Channel -> the rooms whose messages it gets. */
	const channels = new Map<RTCDataChannel, { rooms: Set<string>; later: boolean }>();
	/** Messages that came or went: the same one arrives by several ways, and must not run in circles. */
	const seen = new Set<string>();

	function isNew(data: string): boolean {
		if (seen.has(data)) return false;
		seen.add(data);
		if (seen.size > MOST_SEEN) seen.delete(seen.values().next().value!);
		return true;
	}

	function pass(topic: string, data: string, hops: number, from?: RTCDataChannel): void {
		const text = JSON.stringify({ type: 'publish', topic, data, hops });
		for (const [channel, { rooms }] of channels)
			if (channel !== from && channel.readyState === 'open' && rooms.has(topic)) channel.send(text);
	}

	const alignPoints = () => {
		const wanted = new Set([...topics.values()].flatMap(({ urls }) => urls));
		for (const [url, point] of points) if (!wanted.has(url) && points.delete(url)) point.close();
		for (const url of wanted) {
			if (points.has(url)) continue;
			const here = () => [...topics.values()].filter(({ urls }) => urls.includes(url));
			const point = openMeetingPoint(url, {
				open() {
					point.send({ type: 'subscribe', topics: here().map(({ name }) => name) });
					for (const { ready } of here()) ready();
				},
				publish(name, data) {
					if (data.length <= LIMITS.message && isNew(data)) topics.get(name)?.receive(data);
				},
			});
			points.set(url, point);
		}
	};

	function listen(channel: RTCDataChannel): void {
		let budget = LIMITS.perSecond;
		let refilled = Date.now();
		channel.addEventListener('message', ({ data: text }: MessageEvent<unknown>) => {
			if (Date.now() - refilled > 1000) {
				budget = LIMITS.perSecond;
				refilled = Date.now();
			}
			if (--budget < 0 || typeof text !== 'string' || text.length > LIMITS.message) return;
			const { topic, data, hops = MOST_HOPS } = parse(text) ?? {};
			// Only rooms that this page is in itself: to name one is to know it.
			const here = topic === undefined ? undefined : topics.get(topic);
			if (!topic || !here || !data || !isNew(data)) return;
			const rooms = channels.get(channel)?.rooms;
			if (rooms && rooms.size < LIMITS.rooms) rooms.add(topic);
			here.receive(data);
			if (hops < MOST_HOPS) pass(topic, data, hops + 1, channel);
		});
		channel.addEventListener('close', () => channels.delete(channel));
	}

	return {
		join(options) {
			const { name } = options;
			const topic = { ...options, urls: options.meetingPoints };
			topics.set(name, topic);
			for (const { rooms, later } of channels.values()) if (later) rooms.add(name);
			const subscribe = (urls: readonly string[]) => {
				for (const url of urls) points.get(url)?.send({ type: 'subscribe', topics: [name] });
			};
			const known = topic.urls.filter((url) => points.get(url)?.status.state === 'open');
			alignPoints();
			subscribe(known);
			return {
				publish(data) {
					isNew(data);
					for (const url of topic.urls)
						points.get(url)?.send({ type: 'publish', topic: name, data });
					pass(name, data, 0);
				},
				useMeetingPoints(urls) {
					const added = urls.filter((url) => !topic.urls.includes(url));
					topic.urls = urls;
					alignPoints();
					subscribe(added);
					if (added.length) topic.ready();
				},
				addChannel(channel, later) {
					channels.set(channel, { rooms: new Set([name]), later });
					listen(channel);
					channel.addEventListener('open', () => {
						const { rooms = [] } = channels.get(channel) ?? {};
						for (const room of rooms) topics.get(room)?.ready();
					});
				},
				leave() {
					if (topics.get(name) !== topic) return;
					topics.delete(name);
					for (const url of topic.urls)
						points.get(url)?.send({ type: 'unsubscribe', topics: [name] });
					alignPoints();
				},
			};
		},
		wake() {
			for (const point of points.values()) point.wake();
		},
		meetingPoints: () => [...points.values()].map(({ status }) => ({ ...status })),
	};
}
