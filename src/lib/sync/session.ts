/**
 * One conversation with one device: handshake, membership, then entries both ways. Entries are asked for (WANT) after the other
 * side said what it has (HAVE), so a cut connection resumes where it stopped and nothing is sent twice.
 *
 * A device that was removed may still say what it wrote before it knew (R3): its own entries are taken, for the quarantine, and
 * it is given nothing but the entries that say so.
 */
import { equalBytes, fromBase64url, fromHex, toHex, type Bytes } from '#core/bytes.ts';
import type { Clock } from '#core/clock.ts';
import { createQueue } from '#core/queue.ts';
import type { Failure } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { decodeDataHead, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import type { Log, Vector } from '#log/log.ts';
import { belongs } from '#log/membership.ts';
import { createHandshake } from './handshake.ts';
import { createGatherer, createMeter } from './limits.ts';
import type { Link } from './link.ts';
import {
	HEAD,
	decodeMessage,
	encodeMessage,
	idsInMessages,
	inMessages,
	type Message,
} from './messages.ts';

export interface SessionHost {
	readonly log: Log;
	readonly clock: Clock;
	/** This device leaves bodies of old months with the others. */
	readonly partial: boolean;
	/** Stores what the peer sent; the session ends on a failure. */
	receive(entries: readonly SealedEntry[], from: Session): Promise<Failure | undefined>;
	/** The peer is authenticated and belongs. */
	opened(session: Session): void;
	/** The peer said what it holds. */
	told(session: Session): void;
	closed(session: Session, reason?: string): void;
}

export interface Session {
	/** Undefined until the peer has proved who it is. */
	readonly peer: Did | undefined;
	readonly open: boolean;
	/** What the peer holds, as far as it has said. */
	readonly holds: Vector;
	/** The peer's copy lacks bodies on purpose. */
	readonly partial: boolean;
	/** The peer's time of day less this device's, when it greeted. */
	readonly skew: number;
	/** Tells what this device holds. */
	have(vector: Vector, partial: boolean): Promise<void>;
	/** Who belongs, as far as the peer does not know and may. */
	tellMembers(): Promise<void>;
	want(did: Did, from: number, to: number, since: string): Promise<void>;
	send(message: Message): Promise<void>;
	close(reason: string): void;
}

const GREETING_MS = 10_000;
/** Entries that are stored in one transaction, and their bytes: what is cut off before its end comes again. */
const BATCH = 64;
const BATCH_BYTES = 1024 * 1024;
/** Bytes read ahead of the channel. */
const READ_AHEAD = 512 * 1024;
/** Bytes in memory of one proof: a hundred thousand entries. */
const MOST_PROOF = 64 * 1024 * 1024;
/** Ids that this device does not know itself, and remembers that the other one does. */
const MOST_UNHEARD = 50_000;

export function startSession(link: Link, host: SessionHost): Session {
	const { log } = host;
	const handshake = createHandshake(log.device, fromBase64url(log.wid)!, link.binding);
	const meter = createMeter(host.clock);
	let peer: Did | undefined;
	let open = false;
	let ended = false;
	let holds: Record<Did, number> = {};
	let partial = false;
	let skew = 0;
	let arrived: SealedEntry[] = [];
	const proof = createGatherer(MOST_PROOF);
	/** Ids of the membership entries that the peer holds or was sent. */
	const told = new Set<string>();
	/** Of those, how many were not here when it named them: beyond some they are forgotten, and sent back to it once. */
	let unheard = 0;
	/** In turn: the parts of a proof count together. */
	const telling = createQueue();
	/** Entries asked for that have not come. */
	let owed = 0;
	let work: Promise<unknown> = Promise.resolve();
	let serving: Promise<unknown> = Promise.resolve();

	const session: Session = {
		get peer() {
			return peer;
		},
		get open() {
			return open && !ended;
		},
		get holds() {
			return holds;
		},
		get partial() {
			return partial;
		},
		get skew() {
			return skew;
		},
		have(vector, without) {
			const heads: Record<Did, Bytes> = {};
			for (const did of Object.keys(vector)) {
				const chain = log.chain(did);
				if (chain?.seq === vector[did]) heads[did] = chain!.id.slice(0, HEAD);
			}
			return session.send({ type: 'have', vector, heads, partial: without });
		},
		tellMembers: () =>
			telling.run(async () => {
				const news = untold();
				if (news.length) await prove(news);
			}),
		want(did, from, to, since) {
			owed += to - from + 1;
			return session.send({ type: 'want', did, from, to, since });
		},
		send: (message) => link.send(encodeMessage(message)),
		close: end,
	};

	const isMember = () => peer !== undefined && belongs(log.membership, peer);

	/** Who does not belong, or not as far as this device knows yet, is shown why, and who is speaking, and no more. */
	function untold(): readonly SignedEntry[] {
		const { grounds } = log.membership;
		const shown = isMember() ? undefined : new Set([...grounds(log.device.did), ...grounds(peer!)]);
		const news = log
			.membershipEntries()
			.filter(({ id }) => !told.has(id) && (!shown || shown.has(id)));
		for (const { id } of news) told.add(id);
		return news;
	}

	async function prove(news: readonly SignedEntry[]): Promise<void> {
		for (const part of inMessages('proof', news)) await session.send(part);
	}

	function hear(ids: readonly Bytes[]): void {
		const here = new Set(log.membershipEntries().map(({ id }) => id));
		for (const id of ids.map(toHex)) if (here.has(id) || unheard++ < MOST_UNHEARD) told.add(id);
	}

	function end(reason: string): void {
		if (ended) return;
		ended = true;
		clearTimeout(timer);
		void session.send({ type: 'bye', reason }).finally(link.close);
		host.closed(session, reason);
	}

	let timer: ReturnType<typeof setTimeout> | undefined;

	/** A member that has much to say is given its time for each part. */
	function greets(): void {
		clearTimeout(timer);
		timer = setTimeout(() => end('The greeting took too long.'), GREETING_MS);
	}

	async function greet(message: Message): Promise<void> {
		switch (message.type) {
			case 'hello': {
				const answer = await handshake.greet(message);
				if (!answer.ok) return end(answer.error.message);
				return session.send(answer.value);
			}
			case 'auth': {
				const checked = await handshake.check(message.sig);
				if (!checked.ok) return end(checked.error.message);
				peer = checked.value;
				const ids = log.membershipEntries().map(({ id }) => fromHex(id));
				for (const part of idsInMessages(ids, host.clock())) await session.send(part);
				return;
			}
			case 'bye':
				return end(message.reason);
			default:
				return end('The other device skipped the greeting.');
		}
	}

	async function handle(message: Message): Promise<void> {
		if (!peer || message.type === 'bye') return greet(message);
		switch (message.type) {
			case 'members': {
				hear(message.ids);
				if (message.time === undefined) return;
				skew = message.time - host.clock();
				return telling.run(() => prove(untold()));
			}
			case 'proof': {
				if (!proof.add(message.entries)) return end('The other device says too much.');
				if (message.more) {
					if (!open && isMember()) greets();
					return;
				}
				clearTimeout(timer);
				const stored = await log.receiveMembership(proof.take(), peer);
				if (!stored.ok) return end(stored.error.message);
				return opens();
			}
		}
		if (!open) return end('The other device skipped the proof.');
		switch (message.type) {
			case 'have': {
				const { devices } = log.membership;
				const said = Object.entries(message.vector).filter(
					([did]) => devices.has(did) && (isMember() || did === peer),
				);
				holds = { ...holds, ...Object.fromEntries(said) };
				partial = message.partial;
				doubt(message);
				return host.told(session);
			}
			case 'want':
				if (!isMember()) return;
				serving = serving.then(() => serve(message)).catch((error: unknown) => end(String(error)));
				return;
			case 'put':
				if (--owed < 0) return end('The other device sent what nobody asked for.');
				if (!isMember() && !isTheirs(message.entry)) return;
				arrived.push(message.entry);
				if (arrived.length === 1)
					work = work.then(store).catch((error: unknown) => end(String(error)));
				return;
			default:
				return end('The other device said something out of turn.');
		}
	}

	/** The same number of entries with another end: one of them proves the fork (R5). */
	function doubt({ vector, heads = {} }: Extract<Message, { type: 'have' }>): void {
		for (const [did, seq] of Object.entries(vector)) {
			const [chain, head] = [log.chain(did), heads[did]];
			if (!seq || chain?.seq !== seq || !head?.some((byte) => byte)) continue;
			if (!equalBytes(chain.id.subarray(0, HEAD), head)) void session.want(did, seq, seq, '');
		}
	}

	async function opens(): Promise<void> {
		if (open) return;
		open = true;
		clearTimeout(timer);
		host.opened(session);
		const vector = log.vector();
		const told = isMember() ? vector : { [peer!]: vector[peer!] ?? 0 };
		await session.have(told, host.partial);
	}

	function isTheirs(entry: SealedEntry): boolean {
		const head = decodeDataHead(entry.head);
		return head.ok && head.value.did === peer;
	}

	async function serve(want: Extract<Message, { type: 'want' }>): Promise<void> {
		const { did, from, to, since } = want;
		for (let next = from; next <= to && !ended;) {
			const entries = await log.entries(did, next, to, READ_AHEAD, since);
			if (!entries.length) return;
			for (const entry of entries) await session.send({ type: 'put', entry });
			next += entries.length;
		}
	}

	function nextBatch(): readonly SealedEntry[] {
		let bytes = 0;
		const end = arrived.findIndex(({ ct }, i) => i === BATCH || (bytes += ct.length) > BATCH_BYTES);
		return end < 0 ? arrived : arrived.slice(0, Math.max(1, end));
	}

	/** Whatever has come meanwhile goes into one transaction. */
	async function store(): Promise<void> {
		while (arrived.length && !ended) {
			const batch = nextBatch();
			const failure = await host.receive(batch, session);
			arrived = arrived.slice(batch.length);
			if (failure) return end(failure.message);
		}
	}

	link.onMessage((bytes) => {
		const decoded = decodeMessage(bytes);
		const type = decoded.ok && decoded.value.type;
		// A proof answers what this device said to hold.
		const asked = type === 'put' || (type === 'proof' && peer !== undefined && !open);
		if (!asked && !meter.spend(bytes.length)) return end('The other device says too much.');
		work = work
			.then(() =>
				ended ? undefined : decoded.ok ? handle(decoded.value) : end(decoded.error.message),
			)
			.catch((error: unknown) => end(String(error)));
	});
	link.onClose(() => {
		if (ended) return;
		ended = true;
		clearTimeout(timer);
		host.closed(session);
	});
	greets();
	void session.send(handshake.hello);
	return session;
}
