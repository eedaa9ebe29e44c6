/**
 * One round with a mailbox: take what came, bring what is missing there, confirm what this device holds. A round can stop
 * anywhere and be done again; what it has learned stays in `memory`.
 *
 * Entries take the ordinary path, with all of its checks. A frame that is rubbish is counted and left; nothing that somebody
 * put into the mailbox can stop a round.
 */
import { equalBytes, toHex, type Bytes } from '#core/bytes.ts';
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { entryId, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import type { Log } from '#log/log.ts';
import type { StoredMembership } from '#log/membership.ts';
import {
	decodeChain,
	decodeHolds,
	decodeMembers,
	encodeChain,
	encodeHolds,
	encodeMembers,
	type Holds,
	type Place,
} from './mail-frame.ts';
import {
	chainName,
	emptySpace,
	membersName,
	rangeOf,
	shelve,
	shelved,
	type MailMemory,
	type SpaceMemory,
} from './mail-memory.ts';
import { LATEST, MailboxError, type Frame, type Mailbox } from './mailbox.ts';
import { covers, missing, union, type Range, type Ranges } from './ranges.ts';

export interface MailSide {
	readonly log: Pick<
		Log,
		| 'device'
		| 'entries'
		| 'stalled'
		| 'membership'
		| 'membershipEntries'
		| 'missing'
		| 'receiveMembership'
		| 'vector'
	>;
	/** The ordinary path of received entries. */
	receive(entries: readonly SealedEntry[]): Promise<Result<unknown>>;
	/** One for each epoch whose key is held, newest last. */
	places(): Promise<readonly Place[]>;
	/** Another device's signed word of what it holds. */
	onHolds(did: Did, holds: Holds): void;
	readonly clock: Clock;
	/** After so long somebody else's entries that are missing there are brought by this device, ms. */
	readonly healAfter: number;
}

export interface Round {
	/** New entries came in. */
	readonly taken: number;
	readonly brought: number;
}

/** Lives as long as the courier. */
export interface RoundState {
	readonly memory: MailMemory;
	/** Names of frames that could not be used. */
	readonly bad: Set<string>;
	/** Since when somebody else's entries have been missing there. */
	readonly lackingSince: Map<Did, number>;
	/** What was here when everything was last read again in search of something held there and missing here. */
	searched: string;
	/** What was confirmed last, where. */
	confirmed: string;
	/** After each step worth keeping. */
	save(): Promise<void>;
}

/** Bytes of bodies in one frame; a single larger entry goes alone. */
const FRAME_BYTES = 160 * 1024;
const MOST_ENTRIES = 512;
/** Bytes of membership entries that are handed to the log at once. */
const MOST_GATHERED = 8 * 1024 * 1024;
/** Steps between two savings. */
const SAVE_EVERY = 32;

type Topic =
	| { readonly kind: 'members' }
	| { readonly kind: 'chain'; readonly did: Did }
	| { readonly kind: 'holds'; readonly did: Did };

export async function goRound(
	mailbox: Mailbox,
	side: MailSide,
	state: RoundState,
): Promise<Result<Round>> {
	const { log, places } = side;
	const own = log.device.did;
	let taken = 0;
	let brought = 0;
	let steps = 0;
	/** Of frames of members, on their way to the log. */
	let gathered: SignedEntry[] = [];
	let gatheredBytes = 0;

	const spaceOf = ({ space }: Place): SpaceMemory => (state.memory.spaces[space] ??= emptySpace());
	const step = async () => {
		if (++steps % SAVE_EVERY === 0) await state.save();
	};
	const stopFor = (failure: Failure): never => {
		throw new MailboxError(failure);
	};
	const must = <T>(result: Result<T>): T => (result.ok ? result.value : stopFor(result.error));

	async function topicsOf(place: Place): Promise<Map<string, Topic>> {
		const topics = new Map<string, Topic>([[place.members, { kind: 'members' }]]);
		for (const did of log.membership.devices.keys()) {
			topics.set(await place.chain(did), { kind: 'chain', did });
			topics.set(await place.holds(did), { kind: 'holds', did });
		}
		return topics;
	}

	const membersHere = () => new Set(log.membershipEntries().map(({ id }) => id));

	/** What the mailbox holds of a chain, in whatever epoch's space. */
	async function held(did: Did): Promise<Ranges> {
		const parts = (await places()).map(
			async (place) => spaceOf(place).chains[await place.chain(did)] ?? [],
		);
		return union(...(await Promise.all(parts)));
	}

	/** Filed with what it holds, taken or not: what is not here by then is looked for again. */
	async function takeMembers(place: Place, memory: SpaceMemory, frame: Frame): Promise<boolean> {
		const plain = await place.open(frame.topic, frame.name, await frame.load());
		const entries = plain.ok ? decodeMembers(plain.value) : plain;
		if (!plain.ok || !entries.ok) return false;
		memory.members[frame.name] = await idsOf(entries.value);
		delete memory.tried;
		state.searched = '';
		gathered.push(...entries.value);
		gatheredBytes += plain.value.length;
		if (gatheredBytes > MOST_GATHERED) await handMembers();
		return true;
	}

	/** Together: one may let in who signed another, in whatever order the frames lie there. */
	async function handMembers(): Promise<void> {
		if (!gathered.length) return;
		const entries = gathered;
		gathered = [];
		gatheredBytes = 0;
		const stored = await log.receiveMembership(entries);
		if (stored.ok) taken += stored.value;
		else if (stops(stored.error)) stopFor(stored.error);
	}

	async function takeChain(
		place: Place,
		memory: SpaceMemory,
		frame: Frame,
		did: Did,
	): Promise<boolean> {
		const range = rangeOf(frame.name);
		if (!range) return false;
		const plain = await place.open(frame.topic, frame.name, await frame.load());
		const entries = plain.ok ? decodeChain(plain.value, did, range) : plain;
		if (!entries.ok) return false;
		const at = log.vector()[did] ?? 0;
		// Behind a hole: the frame is good, and found again when the hole is filled.
		const follows = range[0] <= at + 1;
		if (did !== own && range[1] > at && follows && !log.stalled.has(did)) {
			const received = await side.receive(entries.value);
			if (!received.ok && stops(received.error)) return stopFor(received.error);
			const now = log.vector()[did] ?? 0;
			taken += now - at;
			if (now < range[1] && !log.stalled.has(did)) return false;
		}
		if (!log.stalled.has(did) && !(await bears(entries.value, did, range))) {
			// Two entries in one place would be a fork: the log says.
			if (did !== own) await side.receive(entries.value);
			return false;
		}
		shelve(memory, frame.topic, range);
		return true;
	}

	/**
	 * The frame says what is held here, bodies and all. Whoever has the epoch's key can make one that does not; taken for kept,
	 * it would keep the genuine entries from ever being brought.
	 */
	async function bears(entries: readonly SealedEntry[], did: Did, [from]: Range): Promise<boolean> {
		const last = Math.min(from + entries.length - 1, log.vector()[did] ?? 0);
		for (let next = from; next <= last;) {
			const held = await log.entries(did, next, last, FRAME_BYTES);
			const same = held.every(({ head, sig, ct }, i) => {
				const theirs = entries[next - from + i]!;
				const body = !ct.length || equalBytes(theirs.ct, ct);
				return body && equalBytes(theirs.head, head) && equalBytes(theirs.sig, sig);
			});
			// What is damaged here cannot be held against it.
			if (!same || !held.length) return same;
			next += held.length;
		}
		return true;
	}

	async function takeHolds(place: Place, frame: Frame, did: Did): Promise<boolean> {
		if (frame.name !== LATEST || did === own) return true;
		const plain = await place.open(frame.topic, frame.name, await frame.load());
		const holds = plain.ok ? await decodeHolds(plain.value, log.membership, did) : plain;
		if (holds.ok) side.onHolds(did, holds.value);
		return holds.ok;
	}

	/** Frames of a chain that were opened before and whose entries are here need no second look. */
	const known = (old: SpaceMemory, frame: Frame, did: Did): Range | undefined => {
		const range = rangeOf(frame.name);
		const here = range && (did === own || (log.vector()[did] ?? 0) >= range[1]);
		return here && shelved(old, frame.topic, range) ? range : undefined;
	};

	async function take(place: Place): Promise<void> {
		const old = spaceOf(place);
		let topics = await topicsOf(place);
		const first = !old.mark && !Object.keys(old.chains).length;
		const reading = must(await mailbox.read(place.space, old.mark));
		if (reading.whole) state.confirmed = '';
		// A look from the start forgets what it does not meet again, but only when it has seen everything.
		const again = reading.whole && !first;
		const memory = again ? emptySpace() : old;
		let devices = log.membership.devices;
		const here = membersHere();
		const isRead = (ids: readonly string[]) =>
			old.tried === here.size || ids.every((id) => here.has(id));
		for await (const frame of reading.frames) {
			if (frame.topic !== place.members) await handMembers();
			if (devices !== log.membership.devices) {
				devices = log.membership.devices;
				topics = await topicsOf(place);
			}
			const topic = topics.get(frame.topic);
			let good = true;
			if (!topic) memory.strangers[frame.topic] = true;
			else if (topic.kind === 'members') {
				// Whoever runs the mailbox can name a frame `constructor`.
				const ids = Object.hasOwn(old.members, frame.name) && old.members[frame.name];
				if (ids && isRead(ids)) memory.members[frame.name] = ids;
				else good = await takeMembers(place, memory, frame);
			} else if (topic.kind === 'holds') good = await takeHolds(place, frame, topic.did);
			else {
				const range = known(old, frame, topic.did);
				if (range) shelve(memory, frame.topic, range);
				else good = await takeChain(place, memory, frame, topic.did);
			}
			if (good) state.bad.delete(`${frame.topic} ${frame.name}`);
			else state.bad.add(`${frame.topic} ${frame.name}`);
			memory.mark = frame.mark;
			if (!again) await step();
		}
		await handMembers();
		if (reading.whole) memory.tried = here.size;
		state.memory.spaces[place.space] = memory;
	}

	/** Where something lies that this device could use by now: a hole was filled, a stranger admitted, other members heard of. */
	async function passedBy(): Promise<readonly Place[]> {
		const all = await places();
		const vector = log.vector();
		for (const did of log.membership.devices.keys()) {
			if (did === own || log.stalled.has(did)) continue;
			const next = (vector[did] ?? 0) + 1;
			if (covers(await held(did), [next, next])) return all;
		}
		const here = membersHere();
		const passed: Place[] = [];
		for (const place of all) {
			const { members, strangers, tried } = spaceOf(place);
			const topics = await topicsOf(place);
			const ids = tried === here.size ? [] : Object.values(members).flat();
			if (ids.some((id) => !here.has(id)) || Object.keys(strangers).some((one) => topics.has(one)))
				passed.push(place);
		}
		return passed;
	}

	async function takeAll(): Promise<void> {
		const done = new Set<string>();
		// A rotation that comes in brings a further space.
		for (let left = await places(); left.length;) {
			for (const place of left) {
				await take(place);
				done.add(place.space);
			}
			left = (await places()).filter(({ space }) => !done.has(space));
		}
		const now = `${membersHere().size} ${JSON.stringify(log.vector())}`;
		if (state.searched === now) return;
		const passed = await passedBy();
		if (passed.length) state.searched = now;
		for (const place of passed) spaceOf(place).mark = undefined;
		for (const place of passed) await take(place);
	}

	async function bring(place: Place, topic: string, name: string, plain: Bytes): Promise<void> {
		const memory = spaceOf(place);
		const sealed = await place.seal(topic, name, plain);
		memory.mark = must(await mailbox.append(place.space, topic, name, sealed, memory.mark));
		brought++;
		await step();
	}

	/** Under every epoch's key: a device that was away during a rotation reads the old space only. */
	async function bringMembers(): Promise<void> {
		const entries = log.membershipEntries();
		for (const place of await places()) {
			const memory = spaceOf(place);
			const there = new Set(Object.values(memory.members).flat());
			let batch: StoredMembership[] = [];
			let size = 0;
			const flush = async () => {
				if (!batch.length) return;
				const name = membersName();
				await bring(place, place.members, name, encodeMembers(batch));
				memory.members[name] = batch.map(({ id }) => id);
				batch = [];
				size = 0;
			};
			for (const entry of entries) {
				if (there.has(entry.id)) continue;
				if (size + entry.head.length > FRAME_BYTES) await flush();
				batch.push(entry);
				size += entry.head.length;
			}
			await flush();
		}
	}

	async function bringRange(place: Place, did: Did, [from, to]: Range): Promise<void> {
		const topic = await place.chain(did);
		for (let next = from; next <= to;) {
			const found = await log.entries(
				did,
				next,
				Math.min(to, next + MOST_ENTRIES - 1),
				FRAME_BYTES,
			);
			const entries = fitting(found);
			if (!entries.length) return;
			const range: Range = [next, next + entries.length - 1];
			await bring(place, topic, chainName(range), encodeChain(entries));
			shelve(spaceOf(place), topic, range);
			next = range[1] + 1;
		}
	}

	async function bringChains(): Promise<void> {
		const newest = (await places()).at(-1)!;
		const now = side.clock();
		for (const [did, seq] of Object.entries(log.vector())) {
			const lacking = missing(await held(did), seq);
			if (!lacking.length || !log.membership.devices.has(did)) {
				state.lackingSince.delete(did);
				continue;
			}
			// Its own device comes first; who holds it helps out when that one does not come.
			const since = state.lackingSince.get(did) ?? now;
			state.lackingSince.set(did, since);
			if (did !== own && now - since < side.healAfter) continue;
			for (const range of lacking) await bringRange(newest, did, range);
			state.lackingSince.delete(did);
		}
	}

	async function confirm(): Promise<void> {
		const place = (await places()).at(-1)!;
		const vector = log.vector();
		const { wanted, leftOut } = await log.missing();
		const partial = leftOut || wanted.length > 0;
		const said = `${place.space} ${partial} ${JSON.stringify(Object.entries(vector).sort())}`;
		if (said === state.confirmed) return;
		const topic = await place.holds(own);
		const plain = await encodeHolds(log.membership.wid, log.device, { vector, partial });
		must(await mailbox.replace(place.space, topic, await place.seal(topic, LATEST, plain)));
		state.confirmed = said;
		brought++;
	}

	try {
		await takeAll();
		await bringMembers();
		await bringChains();
		await confirm();
		if (brought) for (const { space } of await places()) mailbox.announce(space);
		return ok({ taken, brought });
	} catch (error) {
		if (error instanceof MailboxError) return fail(error.failure.type, error.failure.message);
		throw error;
	} finally {
		await state.save();
	}
}

/** This device cannot store: the entries are not to blame. */
const stops = ({ type }: Failure): boolean => type === 'Storage' || type === 'Busy';

const idsOf = (entries: readonly SignedEntry[]): Promise<string[]> =>
	Promise.all(entries.map(async ({ head }) => toHex(await entryId(head))));

/** The first of them that fit into one frame; at least one. */
function fitting(entries: readonly SealedEntry[]): readonly SealedEntry[] {
	let size = 0;
	const over = entries.findIndex(({ ct, head }, i) => {
		size += ct.length + head.length;
		return i > 0 && size > FRAME_BYTES;
	});
	return over < 0 ? entries : entries.slice(0, over);
}

/** What of this device's chain is in the mailbox, as far as it has been seen. */
export async function heldOfOwn(side: MailSide, memory: MailMemory): Promise<Ranges> {
	const { did } = side.log.device;
	const held: Ranges[] = [];
	for (const place of await side.places())
		held.push(memory.spaces[place.space]?.chains[await place.chain(did)] ?? []);
	return union(...held);
}
