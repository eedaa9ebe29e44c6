/**
 * A mailbox on NATS JetStream, over WebSocket. Two streams: `perennial` keeps what is appended, one subject per topic, and
 * allows no deletion; `perennial-latest` keeps the last frame of each topic. Whoever is away reads on from its mark.
 *
 * A mark names the stream it was made in and the frame it stands at, so that a relay that was emptied, cut or restored from a
 * backup is noticed and read from the start. Written for nats-server 2.9 and later.
 */
import {
	DiscardPolicy,
	StorageType,
	jetstream,
	jetstreamManager,
	type StreamConfig,
	type StreamInfo,
	type StreamState,
} from '@nats-io/jetstream';
import { wsconnect, type NatsConnection } from '@nats-io/nats-core';
import type { Bytes } from '#core/bytes.ts';
import { ok, type Result } from '#core/result.ts';
import { LATEST, MailboxError, type Frame, type Mailbox } from './mailbox.ts';
import { isMissing, relayFailure } from './relay-failure.ts';

export interface RelayConfig {
	/** ws: or wss: addresses of one relay's nodes. */
	readonly urls: readonly string[];
	readonly user?: string;
	readonly password?: string;
	/** Instead of user and password. */
	readonly token?: string;
}

const KEPT = 'perennial';
const LAST = 'perennial-latest';
const subjectOf = (stream: string, space: string, topic: string) =>
	`${stream === KEPT ? 'perennial.log' : 'perennial.latest'}.${space}.${topic}`;
const newsOf = (space: string) => `perennial.news.${space}`;

const TIMEOUT_MS = 10_000;
/** Frames under way at once: at most 8 MB. */
const MOST_AHEAD = 32;

interface Mark {
	/** When the streams were made: tells them from later ones of the same name. */
	readonly made: string;
	/** First number and count of holes: they grow when the relay drops something. */
	readonly first: number;
	readonly holes: number;
	/** The last frame read: its number, and which it was. */
	readonly seq: number;
	readonly frame?: string;
	readonly latest: number;
}

export async function openRelay(config: RelayConfig): Promise<Result<Mailbox>> {
	let connection: NatsConnection;
	try {
		connection = await wsconnect({
			servers: [...config.urls],
			...(config.token ? { token: config.token } : { user: config.user, pass: config.password }),
			name: 'perennial',
			noEcho: true,
			// Addresses that the nodes know each other by need not be reachable from here.
			ignoreClusterUpdates: true,
			maxReconnectAttempts: -1,
			timeout: TIMEOUT_MS,
			pingInterval: 20_000,
		});
	} catch (error) {
		return { ok: false, error: relayFailure(error) };
	}
	const js = jetstream(connection, { timeout: TIMEOUT_MS });
	/** Spaces whose mark was found to be good on this connection. */
	const trusted = new Set<string>();

	const manager = async () =>
		jetstreamManager(connection, { timeout: TIMEOUT_MS, checkAPI: false });

	/** The stream as it stands, made when it is missing. */
	async function stream(name: string): Promise<StreamInfo> {
		const jsm = await manager();
		try {
			return await jsm.streams.info(name);
		} catch (error) {
			if (!isMissing(error)) throw error;
		}
		const { cluster } = connection.info as { cluster?: string };
		const shape: Partial<StreamConfig> & { name: string } = {
			name,
			subjects: [subjectOf(name, '*', '*')],
			storage: StorageType.File,
			discard: DiscardPolicy.New,
			// A copy on three nodes survives the loss of any one.
			num_replicas: cluster ? 3 : 1,
			allow_direct: true,
			deny_delete: true,
			deny_purge: true,
			...(name === LAST && { max_msgs_per_subject: 1, discard: DiscardPolicy.Old }),
		};
		return jsm.streams.add(shape);
	}

	/**
	 * The frames of one space in one stream, numbers `from` to `to`. Each is asked for by itself, of whichever node answers, so
	 * that a dead node holds nothing up; several are under way as long as the space's frames stand side by side.
	 */
	async function* deliver(name: string, space: string, from: number, to: number) {
		const { direct } = await manager();
		const next_by_subj = subjectOf(name, space, '*');
		let ahead = 1;
		for (let next = from; next <= to;) {
			const first = next;
			const asked = Array.from({ length: Math.min(ahead, to - next + 1) }, (_, i) =>
				direct.getMessage(name, { seq: first + i, next_by_subj }),
			);
			let fresh = 0;
			for (const message of await Promise.all(asked)) {
				// No more, or a node that is a little behind: nothing after it may be taken before it.
				if (!message) return;
				if (message.seq < next) continue;
				yield message;
				next = message.seq + 1;
				fresh++;
			}
			ahead = fresh === asked.length ? Math.min(2 * ahead, MOST_AHEAD) : 1;
		}
	}

	async function* read(space: string, start: Mark, kept: StreamState, last: StreamState) {
		let mark = start;
		for await (const message of deliver(KEPT, space, mark.seq + 1, kept.last_seq)) {
			const topic = message.subject.split('.').at(-1)!;
			const name = message.header.get('Nats-Msg-Id').split('.').at(-1)!;
			mark = { ...mark, seq: message.seq, frame: `${topic}.${name}` };
			yield frameOf(topic, name, mark, message.data as Bytes);
		}
		for await (const message of deliver(LAST, space, mark.latest + 1, last.last_seq)) {
			mark = { ...mark, latest: message.seq };
			yield frameOf(message.subject.split('.').at(-1)!, LATEST, mark, message.data as Bytes);
		}
	}

	/** What stands at the mark is still what stood there. */
	async function stillThere(space: string, { seq, frame }: Mark): Promise<boolean> {
		if (!seq) return true;
		const found = await (await manager()).direct.getMessage(KEPT, { seq });
		return found?.header.get('Nats-Msg-Id') === `${space}.${frame}`;
	}

	const guarded =
		<A extends unknown[], T>(run: (...args: A) => Promise<T>) =>
		async (...args: A): Promise<Result<T>> => {
			try {
				return ok(await run(...args));
			} catch (error) {
				return { ok: false, error: relayFailure(error) };
			}
		};

	const ready = await guarded(() => Promise.all([stream(KEPT), stream(LAST)]))();
	if (!ready.ok) {
		await connection.close();
		return ready;
	}
	return ok({
		read: guarded(async (space: string, text: string | undefined) => {
			const [kept, last] = [await stream(KEPT), await stream(LAST)];
			const { first_seq, last_seq, num_deleted = 0 } = kept.state;
			const made = `${kept.created} ${last.created}`;
			const fresh: Mark = {
				made,
				first: first_seq,
				holes: num_deleted,
				seq: 0,
				latest: 0,
			};
			let mark = text === undefined ? undefined : (JSON.parse(text) as Mark);
			// An empty stream says 0 or 1 for its first number.
			const first = (n: number) => Math.max(1, n);
			if (
				mark &&
				(mark.made !== made ||
					first(mark.first) !== first(first_seq) ||
					mark.holes !== num_deleted ||
					mark.seq > last_seq ||
					mark.latest > last.state.last_seq)
			)
				mark = undefined;
			// Once for each connection: nothing that was read is put back behind a live one.
			if (mark && !trusted.has(space) && !(await stillThere(space, mark))) mark = undefined;
			trusted.add(space);
			return { whole: !mark, frames: failing(read(space, mark ?? fresh, kept.state, last.state)) };
		}),
		append: guarded(async (space, topic, name, bytes, text) => {
			const most = connection.info?.max_payload ?? 0;
			if (bytes.length + 1024 > most) throw new RangeError(`max_payload is ${most} bytes`);
			const { seq, duplicate } = await js.publish(subjectOf(KEPT, space, topic), bytes, {
				msgID: `${space}.${topic}.${name}`,
				expect: { streamName: KEPT },
				timeout: TIMEOUT_MS,
			});
			const mark = text === undefined ? undefined : (JSON.parse(text) as Mark);
			if (!mark || duplicate || seq !== mark.seq + 1) return text;
			return JSON.stringify({ ...mark, seq, frame: `${topic}.${name}` } satisfies Mark);
		}),
		replace: guarded(async (space, topic, bytes) => {
			await js.publish(subjectOf(LAST, space, topic), bytes, { expect: { streamName: LAST } });
		}),
		announce: (space) => {
			if (!connection.isClosed()) connection.publish(newsOf(space));
		},
		onNews(spaces, listener) {
			const heard = spaces.map((space) =>
				connection.subscribe(newsOf(space), { callback: () => listener() }),
			);
			let on = true;
			void (async () => {
				for await (const { type } of connection.status()) {
					if (!on) return;
					if (type !== 'reconnect') continue;
					trusted.clear();
					listener();
				}
			})();
			return () => {
				on = false;
				for (const subscription of heard) if (!connection.isClosed()) subscription.unsubscribe();
			};
		},
		get closed() {
			return connection.isClosed();
		},
		close: () => connection.close(),
	});
}

const frameOf = (topic: string, name: string, mark: Mark, bytes: Bytes): Frame => ({
	topic,
	name,
	mark: JSON.stringify(mark),
	load: () => Promise.resolve(bytes),
});

/** Whatever breaks the reading off is told in the mailbox's words. */
async function* failing<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
	try {
		yield* source;
	} catch (error) {
		throw new MailboxError(relayFailure(error));
	}
}

/** Connects, and does nothing but make the relay ready where it is new. */
export async function testRelay(config: RelayConfig): Promise<Result<void>> {
	const relay = await openRelay(config);
	if (!relay.ok) return relay;
	await relay.value.close();
	return ok(undefined);
}
