/**
 * What came into a mailbox, into the log. Entries take the ordinary path, with all of its checks; a frame that is rubbish is counted and
 * left.
 */
import { equalBytes, toHex } from '#core/bytes.ts';
import type { Failure } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import { entryId, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import { decodeChain, decodeHolds, decodeMembers, type Place } from './mail-frame.ts';
import { emptySpace, rangeOf, shelve, shelved, type SpaceMemory } from './mail-memory.ts';
import { FRAME_BYTES, must, stopFor, type Visit } from './mail-visit.ts';
import { LATEST, type Frame } from './mailbox.ts';
import { covers, type Range } from './ranges.ts';

/** Bytes of membership entries that are handed to the log at once. */
const MOST_GATHERED = 8 * 1024 * 1024;

type Topic =
	| { readonly kind: 'members' }
	| { readonly kind: 'chain'; readonly did: Did }
	| { readonly kind: 'holds'; readonly did: Did };

/** Resolves to how many entries were new here. */
export async function takeFrom({
	mailbox,
	side,
	state,
	spaceOf,
	held,
	step,
}: Visit): Promise<number> {
	const { log, places } = side;
	const own = log.device.did;
	let taken = 0;
	/** Of frames of members, on their way to the log. */
	let gathered: SignedEntry[] = [];
	let gatheredBytes = 0;

	async function topicsOf(place: Place): Promise<Map<string, Topic>> {
		const topics = new Map<string, Topic>([[place.members, { kind: 'members' }]]);
		for (const did of log.membership.devices.keys()) {
			topics.set(await place.chain(did), { kind: 'chain', did });
			topics.set(await place.holds(did), { kind: 'holds', did });
		}
		return topics;
	}

	const membersHere = () => new Set(log.membershipEntries().map(({ id }) => id));

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

	await takeAll();
	return taken;
}

/** This device cannot store: the entries are not to blame. */
const stops = ({ type }: Failure): boolean => type === 'Storage' || type === 'Busy';

const idsOf = (entries: readonly SignedEntry[]): Promise<string[]> =>
	Promise.all(entries.map(async ({ head }) => toHex(await entryId(head))));
