/**
 * All conversations of a workspace: decides whom to ask for what, tells everybody what is new, and knows who holds what. It
 * moves sealed entries and reads none.
 */
import type { Failure, Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import type { SealedEntry, SignedEntry } from '#log/entry.ts';
import type { Log, Vector } from '#log/log.ts';
import type { Link } from './link.ts';
import { startSession, type Session } from './session.ts';

export interface EngineStatus {
	/** Devices that are here, authenticated. */
	readonly here: readonly Did[];
	/** Entries of this device that no other has confirmed. */
	readonly unsent: number;
	/** Devices known to hold everything that this one holds. */
	readonly copies: number;
	/** Entries received and still expected from those who are here. */
	readonly receiving?: { readonly done: number; readonly total: number };
	/** Why entries were refused last. */
	readonly trouble?: string;
}

export interface Engine {
	attach(link: Link): void;
	/** After each change of the log. */
	announce(): void;
	/** New membership entries of this device's own making. */
	shareMembers(entries: readonly SignedEntry[]): void;
	status(): EngineStatus;
	onChange(listener: () => void): () => void;
	close(): void;
}

export interface EngineStore {
	readonly log: Log;
	/** Answers what was new; stops before a bad entry. */
	receive(entries: readonly SealedEntry[]): Promise<Result<readonly unknown[]>>;
}

/** Entries asked for at once, per chain. */
const RANGE = 512;
/** Who was asked and sends nothing for so long is let go, so that others are asked. */
const SILENCE_MS = 60_000;

export async function createEngine(store: EngineStore): Promise<Engine> {
	const { log } = store;
	const own = log.device.did;
	const sessions = new Set<Session>();
	const asked = new Map<Did, { session: Session; to: number }>();
	const silences = new Map<Session, ReturnType<typeof setTimeout>>();
	const listeners = new Set<() => void>();
	const acks = new Map<Did, Vector>(
		(await log.database.acks.toArray()).map(({ did, holds }) => [did, holds]),
	);
	let startedAt: number | undefined;
	let trouble: string | undefined;

	const changed = () => listeners.forEach((listener) => listener());
	const openSessions = () => [...sessions].filter((session) => session.open);
	const total = (vector: Vector) => Object.values(vector).reduce((sum, seq) => sum + seq, 0);

	/** Asks the sessions for what they have and this device lacks; each chain from one of them at a time. */
	function ask(): void {
		const vector = log.vector();
		for (const session of openSessions())
			for (const [did, seq] of Object.entries(session.holds)) {
				const from = (vector[did] ?? 0) + 1;
				const pending = asked.get(did);
				if (did === own || seq < from || (pending && pending.to >= from)) continue;
				if (log.frozen.has(did)) continue;
				const to = Math.min(seq, from + RANGE - 1);
				asked.set(did, { session, to });
				if (!silences.has(session)) listenFor(session);
				void session.send({ type: 'want', did, from, to });
			}
	}

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
				if (did !== own && !log.frozen.has(did)) best[did] = Math.max(best[did] ?? 0, seq);
		return Object.entries(best).reduce(
			(sum, [did, seq]) => sum + Math.max(0, seq - (vector[did] ?? 0)),
			0,
		);
	}

	function tell(vector: Vector): void {
		for (const session of openSessions()) void session.send({ type: 'have', vector });
	}

	async function receive(
		entries: readonly SealedEntry[],
		from: Session,
	): Promise<Failure | undefined> {
		const before = log.vector();
		let received = await store.receive(entries);
		// What stood before a bad entry is stored by now, so that the bad one answers for itself.
		if (received.ok && received.value.length < entries.length)
			received = await store.receive(entries);
		const after = log.vector();
		const moved = Object.fromEntries(
			Object.entries(after).filter(([did, seq]) => seq !== (before[did] ?? 0)),
		);
		for (const [did, { to }] of asked)
			if ((after[did] ?? 0) >= to || log.frozen.has(did)) asked.delete(did);
		listenFor(from);
		if (Object.keys(moved).length) tell(moved);
		ask();
		changed();
		if (received.ok) return undefined;
		trouble = received.error.message;
		return received.error;
	}

	function remember(session: Session): void {
		const did = session.peer!;
		const holds = { ...acks.get(did) };
		for (const [chain, seq] of Object.entries(session.holds))
			holds[chain] = Math.max(holds[chain] ?? 0, seq);
		acks.set(did, holds);
		log.database.acks.put({ did, holds, at: Date.now() }).catch(() => {
			// A lost confirmation is only asked for again.
		});
	}

	const host = {
		log,
		receive,
		membersChanged(entries: readonly SignedEntry[], from: Session) {
			for (const session of openSessions())
				if (session !== from) void session.send({ type: 'proof', entries });
			ask();
			changed();
		},
		opened: changed,
		told(session: Session) {
			remember(session);
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
			sessions.add(startSession(link, host));
		},
		announce() {
			const seq = log.vector()[own];
			if (seq) tell({ [own]: seq });
			changed();
		},
		shareMembers(entries) {
			for (const session of openSessions()) void session.send({ type: 'proof', entries });
			changed();
		},
		status() {
			const vector = log.vector();
			const seq = vector[own] ?? 0;
			const confirmed = Math.max(0, ...[...acks.values()].map((holds) => holds[own] ?? 0));
			const holdsAll = (holds: Vector) =>
				Object.entries(vector).every(([did, n]) => (holds[did] ?? 0) >= n);
			const [broken] = log.frozen.values();
			const problem = trouble ?? broken?.message;
			const missing = expected();
			if (!missing) startedAt = undefined;
			const done = total(vector) - (startedAt ?? 0);
			return {
				here: [...new Set(openSessions().map((session) => session.peer!))],
				unsent: Math.max(0, seq - confirmed),
				copies: [...acks.values()].filter(holdsAll).length,
				...(missing > 0 && { receiving: { done, total: done + missing } }),
				...(problem && { trouble: problem }),
			};
		},
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close() {
			for (const session of sessions) session.close('The app closed.');
		},
	};
}
