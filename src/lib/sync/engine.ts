/**
 * All conversations of a workspace: decides whom to ask for what, tells everybody what is new, and knows who holds what. It
 * moves sealed entries and reads none.
 */
import { systemClock, type Clock } from '#core/clock.ts';
import { groupBy } from '#core/group.ts';
import { createQueue } from '#core/queue.ts';
import type { Failure, Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import { lacksWhatCounts } from '#log/chains.ts';
import type { SealedEntry } from '#log/entry.ts';
import type { Log, Received, Vector } from '#log/log.ts';
import type { Ack } from '#log/log-store.ts';
import { belongs } from '#log/membership.ts';
import { toRanges } from '#log/progress.ts';
import { askForKeys, giveKeys } from '#log/rotation.ts';
import { MOST_STRANGERS } from './limits.ts';
import type { Link } from './link.ts';
import { startSession, type Session } from './session.ts';

export interface EngineStatus {
	/** Devices that are here, authenticated. */
	readonly here: readonly Did[];
	/** Entries of this device that no other has confirmed. */
	readonly unsent: number;
	/**
	 * Devices that hold everything that this one holds, by their own authenticated word: over a link, or signed in a mailbox. What a
	 * device really keeps nobody can prove; a member's device that lies about it counts.
	 */
	readonly copies: number;
	/** Entries that came and are read, of those that are expected from those who are here. */
	readonly receiving?: { readonly done: number; readonly total: number };
	/** Why entries were refused last. */
	readonly trouble?: string;
	/** The greatest difference to another device's time of day, milliseconds; absent under five minutes (R12). */
	readonly skew?: number;
}

export interface Engine {
	attach(link: Link): void;
	/** After each change of the log. */
	announce(): void;
	/** What others have confirmed to hold, and when. */
	acks(): readonly Ack[];
	/** A confirmation that came another way than over a link. */
	confirm(did: Did, holds: Vector, partial: boolean): void;
	/** Others hold entries of this device's that it does not have itself: a restored profile must not write now (R5). */
	readonly catchingUpWithItself: boolean;
	status(): EngineStatus;
	onChange(listener: () => void): () => void;
	close(): void;
}

export interface EngineStore {
	readonly log: Log;
	/** Entries that are stored and not read yet. */
	readonly unread: number;
	/**
	 * After the log's checks: answers what was new, stops before a bad entry. Resolves when it is stored and visible; while `more` is on
	 * its way, when it is stored: storing what comes goes before showing what is here.
	 */
	receive(
		entries: readonly SealedEntry[],
		leftOut?: boolean,
		more?: boolean,
	): Promise<Result<Received>>;
}

export interface EngineOptions {
	readonly clock?: Clock;
	/** The oldest month of events that this device keeps, `2026-11`; empty for all. */
	since?(): string;
}

/** Entries asked for at once, per chain. */
const RANGE = 512;
/** Who was asked and sends nothing for so long is let go, so that others are asked. */
const SILENCE_MS = 60_000;
/** Bodies left out that a peer is asked for again: about 150 KB when they were left out rightly. */
const MOST_AGAIN = 512;
const SKEW_MS = 5 * 60_000;
const OWN_MS = 5000;
/** What is new is told at once, what follows it so soon goes into one message: everybody tells everybody of every entry. */
const TELL_MS = 100;
const KEEP_MS = 1000;

export async function createEngine(
	store: EngineStore,
	{ clock = systemClock, since = () => '' }: EngineOptions = {},
): Promise<Engine> {
	const { log } = store;
	const own = log.device.did;
	const sessions = new Set<Session>();
	const asked = new Map<Did, { session: Session; to: number; at: number; holds: boolean }>();
	/** Who said to have more of this device's own chain, from where: nobody is waited for twice. */
	const waited = new Set<string>();
	/** Missing bodies that a session was asked for already: `did/seq`. */
	const askedGaps = new WeakMap<Session, Set<string>>();
	const askedAgain = new WeakSet<Session>();
	const silences = new Map<Session, ReturnType<typeof setTimeout>>();
	const listeners = new Set<() => void>();
	const acks = new Map<Did, Ack>((await log.store.acks()).map((ack) => [ack.did, ack]));
	/** Bodies are missing here: damaged, not here yet, or left with the others. */
	let incomplete = lacksWhatCounts(await log.missing(), log.membership);
	let startedAt: number | undefined;
	let trouble: string | undefined;

	const changed = () => listeners.forEach((listener) => listener());
	const openSessions = () => [...sessions].filter((session) => session.open);
	const members = () => openSessions().filter((session) => belongs(log.membership, session.peer!));
	const total = (vector: Vector) => Object.values(vector).reduce((sum, seq) => sum + seq, 0);

	/** Asks the sessions for what they have and this device lacks; each chain from one of them at a time. */
	function ask(): void {
		const vector = log.vector();
		for (const session of openSessions())
			for (const [did, seq] of Object.entries(session.holds)) {
				const from = (vector[did] ?? 0) + 1;
				const pending = asked.get(did);
				if (seq < from || log.stalled.has(did)) continue;
				// Who sends other things meanwhile is not silent; others are asked for this all the same.
				const slow = pending && pending.session !== session && clock() - pending.at > SILENCE_MS;
				if (pending && pending.to >= from && !slow) continue;
				const to = Math.min(seq, from + RANGE - 1);
				const claim = `${session.peer} ${from}`;
				asked.set(did, { session, to, at: clock(), holds: did === own && !waited.has(claim) });
				if (did === own) waited.add(claim);
				if (!silences.has(session)) listenFor(session);
				void session.want(did, from, to, since());
			}
		if (!expected()) askForGaps().catch(() => {});
	}

	/** Bodies that never came or were damaged here: once from everybody who may have them. Rejects when the log is closed. */
	async function askForGaps(): Promise<void> {
		const missing = await log.missing();
		incomplete = lacksWhatCounts(missing, log.membership);
		tell();
		// Those who lack something themselves may still have what is missing here; but later.
		const sources = members().sort((a, b) => Number(a.partial) - Number(b.partial));
		if (!sources.length) return;
		for (const [did, seq] of missing.wanted)
			for (const session of sources) {
				const before = askedGaps.get(session) ?? new Set();
				askedGaps.set(session, before);
				if ((session.holds[did] ?? 0) < seq || before.has(`${did}/${seq}`)) continue;
				before.add(`${did}/${seq}`);
				void session.want(did, seq, seq, '');
				break;
			}
	}

	/**
	 * Who left bodies out on this device's terms may have left out more: whoever else comes is asked again for some, on the same terms.
	 * From a place that nobody can foresee, so that over time all are asked for.
	 */
	async function askAgain(session: Session): Promise<void> {
		if (!since() || askedAgain.has(session)) return;
		askedAgain.add(session);
		const places = await log.store.gaps(2);
		const [high, low] = randomBytes(2);
		const start = Math.floor(((256 * high! + low!) / 65_536) * places.length);
		const some = [...places.slice(start), ...places.slice(0, start)].slice(0, MOST_AGAIN);
		for (const [did, own] of groupBy(some, ([writer]) => writer))
			for (const [from, to] of toRanges(own.map(([, seq]) => seq)))
				if ((session.holds[did] ?? 0) >= to) void session.want(did, from, to, since());
	}

	const isPartial = () => incomplete || since() !== '';

	function listenFor(session: Session): void {
		clearTimeout(silences.get(session));
		silences.delete(session);
		if (![...asked.values()].some((pending) => pending.session === session)) return;
		const giveUp = () => session.close('The other device did not send what it said it has.');
		silences.set(session, setTimeout(giveUp, SILENCE_MS));
	}

	/** Entries that somebody here has and this device does not. */
	function expected(): number {
		const vector = log.vector();
		const best: Record<Did, number> = {};
		for (const { holds } of openSessions())
			for (const [did, seq] of Object.entries(holds))
				if (!log.stalled.has(did)) best[did] = Math.max(best[did] ?? 0, seq);
		return Object.entries(best).reduce(
			(sum, [did, seq]) => sum + Math.max(0, seq - (vector[did] ?? 0)),
			0,
		);
	}

	/** Chain -> the end that all were told last; who came later was told when it came. */
	let told: Vector = {};
	let toldPartial = isPartial();
	let telling: ReturnType<typeof setTimeout> | undefined;

	function tell(): void {
		if (telling) return;
		const partial = isPartial();
		const vector = log.vector();
		const news = Object.entries(vector).filter(
			([did, seq]) => seq !== told[did] || partial !== toldPartial,
		);
		if (!news.length) return;
		told = vector;
		toldPartial = partial;
		for (const session of members()) void session.have(Object.fromEntries(news), partial);
		telling = setTimeout(() => {
			telling = undefined;
			tell();
		}, TELL_MS);
	}

	async function receive(
		entries: readonly SealedEntry[],
		from: Session,
	): Promise<Failure | undefined> {
		const leftOut = since() !== '';
		const more = expected() > entries.length;
		let received = await store.receive(entries, leftOut, more);
		// What stood before a bad entry is stored by now, so that the bad one answers for itself.
		if (received.ok && received.value.stored < entries.length && !received.value.ask.length)
			received = await store.receive(entries, leftOut);
		const after = log.vector();
		for (const [did, { to }] of asked)
			if ((after[did] ?? 0) >= to || log.stalled.has(did)) asked.delete(did);
		listenFor(from);
		if (received.ok)
			for (const [did, seq] of received.value.ask) if (seq) void from.want(did, seq, seq, '');
		tell();
		ask();
		changed();
		if (received.ok) return undefined;
		trouble = received.error.message;
		return received.error;
	}

	function confirm(did: Did, vector: Vector, partial: boolean): void {
		if (!log.membership.devices.has(did)) return;
		const before = acks.get(did);
		const holds = { ...before?.holds };
		// What names less is an older word: a mailbox keeps it, and it does not know what was left out since.
		const isOlder = [...log.membership.devices.keys()].some(
			(chain) => (vector[chain] ?? 0) < (holds[chain] ?? 0),
		);
		const lacks = partial || (isOlder && before?.partial);
		for (const [chain, seq] of Object.entries(vector))
			holds[chain] = Math.max(holds[chain] ?? 0, seq);
		const ack = { did, holds, at: clock(), ...(lacks && { partial: true }) };
		acks.set(did, ack);
		unkept.add(did);
		keeping ??= setTimeout(keepAcks, KEEP_MS);
	}

	/** Whose confirmations are newer than the disk. */
	const unkept = new Set<Did>();
	let keeping: ReturnType<typeof setTimeout> | undefined;

	function keepAcks(): void {
		clearTimeout(keeping);
		keeping = undefined;
		for (const did of unkept)
			log.store.putAck(acks.get(did)!).catch(() => {
				// A lost confirmation is only asked for again.
			});
		unkept.clear();
	}

	/** In turn, or two would give the same. */
	const sharing = createQueue();
	const shareKeys = (others: readonly Did[]) =>
		void sharing.run(async () => {
			await askForKeys(log, clock());
			await giveKeys(log, others, clock());
		});

	const stopListening = log.onMembership(() => {
		for (const session of openSessions()) void session.tellMembers();
		shareKeys(members().map((session) => session.peer!));
		ask();
		changed();
	});

	const host = {
		log,
		clock,
		get partial() {
			return isPartial();
		},
		receive,
		opened(session: Session) {
			void session.tellMembers();
			shareKeys([session.peer!]);
			changed();
		},
		told(session: Session) {
			confirm(session.peer!, session.holds, session.partial);
			if (belongs(log.membership, session.peer!)) askAgain(session).catch(() => {});
			startedAt ??= total(log.vector());
			ask();
			changed();
		},
		closed(session: Session) {
			sessions.delete(session);
			for (const [did, pending] of asked) if (pending.session === session) asked.delete(did);
			listenFor(session);
			ask();
			changed();
		},
	};

	return {
		attach(link) {
			const strangers = [...sessions].filter((session) => !session.open).length;
			if (strangers >= MOST_STRANGERS) return link.close();
			sessions.add(startSession(link, host));
		},
		announce() {
			tell();
			ask();
			changed();
		},
		acks: () => [...acks.values()],
		confirm(did, holds, partial) {
			confirm(did, holds, partial);
			changed();
		},
		get catchingUpWithItself() {
			const pending = asked.get(own);
			return pending !== undefined && pending.holds && clock() - pending.at < OWN_MS;
		},
		status() {
			const vector = log.vector();
			const seq = vector[own] ?? 0;
			const others = [...acks.values()].filter(
				({ did }) => did !== own && belongs(log.membership, did),
			);
			const confirmed = Math.max(0, ...others.map(({ holds }) => holds[own] ?? 0));
			// Chains of no device stay where they came before that turned out; nobody else takes them any more.
			const chains = Object.entries(vector).filter(([did]) => log.membership.devices.has(did));
			const holdsAll = ({ holds, partial }: Ack) =>
				!partial && chains.every(([did, n]) => (holds[did] ?? 0) >= n);
			const [broken] = [...log.stalled.values(), ...log.unreadable.values()];
			const problem = trouble ?? broken?.message;
			const missing = expected() + store.unread;
			if (!missing) startedAt = undefined;
			const done = total(vector) - store.unread - (startedAt ?? 0);
			const skews = openSessions().map((session) => session.skew);
			const skew = skews.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
			return {
				here: [...new Set(members().map((session) => session.peer!))],
				unsent: Math.max(0, seq - confirmed),
				copies: others.filter(holdsAll).length,
				...(missing > 0 && { receiving: { done, total: done + missing } }),
				...(problem && { trouble: problem }),
				...(Math.abs(skew) > SKEW_MS && { skew }),
			};
		},
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close() {
			stopListening();
			clearTimeout(telling);
			keepAcks();
			for (const session of sessions) session.close('The app closed.');
		},
	};
}
