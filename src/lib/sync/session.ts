/**
 * One conversation with one device: handshake, membership, then entries both ways. Entries are asked for (WANT) after the other
 * side said what it has (HAVE), so a cut connection resumes where it stopped and nothing is sent twice.
 */
import { fromBase64url, toHex } from '#core/bytes.ts';
import type { Failure } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { entryId, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import type { Log, Vector } from '#log/log.ts';
import { createHandshake } from './handshake.ts';
import type { Link } from './link.ts';
import { decodeMessage, encodeMessage, type Message } from './messages.ts';

export interface SessionHost {
	readonly log: Log;
	/** Stores what the peer sent; the session ends on a failure. */
	receive(entries: readonly SealedEntry[], from: Session): Promise<Failure | undefined>;
	/** Membership grew: tell the other sessions. */
	membersChanged(entries: readonly SignedEntry[], from: Session): void;
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
	send(message: Message): Promise<void>;
	close(reason: string): void;
}

const GREETING_MS = 10_000;
/** Entries that are stored in one transaction. */
const BATCH = 64;
/** Bytes read ahead of the channel. */
const READ_AHEAD = 512 * 1024;

export function startSession(link: Link, host: SessionHost): Session {
	const { log } = host;
	const handshake = createHandshake(log.device, fromBase64url(log.wid)!, link.binding);
	let peer: Did | undefined;
	let open = false;
	let ended = false;
	let holds: Record<Did, number> = {};
	let arrived: SealedEntry[] = [];
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
		send: (message) => link.send(encodeMessage(message)),
		close: end,
	};

	function end(reason: string): void {
		if (ended) return;
		ended = true;
		clearTimeout(timer);
		void session.send({ type: 'bye', reason }).finally(link.close);
		host.closed(session, reason);
	}

	const timer = setTimeout(() => end('The greeting took too long.'), GREETING_MS);

	async function handle(message: Message): Promise<void> {
		switch (message.type) {
			case 'hello': {
				const proof = await handshake.greet(message);
				if (!proof.ok) return end(proof.error.message);
				return session.send(proof.value);
			}
			case 'auth': {
				const checked = await handshake.check(message.sig);
				if (!checked.ok) return end(checked.error.message);
				peer = checked.value;
				const entries = await log.membershipEntries();
				const ids = await Promise.all(entries.map(({ head }) => entryId(head)));
				return session.send({ type: 'members', ids });
			}
		}
		if (!peer) return end('The other device skipped the greeting.');
		switch (message.type) {
			case 'members': {
				const held = new Set(message.ids.map(toHex));
				const missing: SignedEntry[] = [];
				for (const entry of await log.membershipEntries())
					if (!held.has(toHex(await entryId(entry.head)))) missing.push(entry);
				return session.send({ type: 'proof', entries: missing });
			}
			case 'proof': {
				const stored = await log.receiveMembership(message.entries);
				if (!stored.ok) return end(stored.error.message);
				if (stored.value) host.membersChanged(message.entries, session);
				if (!log.membership.devices.has(peer))
					return end('This device does not belong to the workspace.');
				if (!open) {
					open = true;
					clearTimeout(timer);
					host.opened(session);
					await session.send({ type: 'have', vector: log.vector() });
				}
				return;
			}
			case 'bye':
				return end(message.reason);
		}
		if (!open) return end('The other device skipped the proof.');
		switch (message.type) {
			case 'have':
				holds = { ...holds, ...message.vector };
				return host.told(session);
			case 'want':
				serving = serving.then(() => serve(message)).catch((error: unknown) => end(String(error)));
				return;
			case 'put':
				arrived.push(message.entry);
				if (arrived.length === 1)
					work = work.then(store).catch((error: unknown) => end(String(error)));
				return;
			default:
				return end('The other device said something out of turn.');
		}
	}

	async function serve({ did, from, to }: Extract<Message, { type: 'want' }>): Promise<void> {
		for (let next = from; next <= to && !ended;) {
			const entries = await log.entries(did, next, to, READ_AHEAD);
			if (!entries.length) return;
			for (const entry of entries) await session.send({ type: 'put', entry });
			next += entries.length;
		}
	}

	/** Whatever has come meanwhile goes into one transaction. */
	async function store(): Promise<void> {
		while (arrived.length && !ended) {
			const batch = arrived.slice(0, BATCH);
			const failure = await host.receive(batch, session);
			arrived = arrived.slice(batch.length);
			if (failure) return end(failure.message);
		}
	}

	link.onMessage((bytes) => {
		const decoded = decodeMessage(bytes);
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
	void session.send(handshake.hello);
	return session;
}
