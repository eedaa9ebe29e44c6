/** What a mailbox lacks, brought there: members under every key, chains under the newest, and this device's word of what it holds. */
import type { Bytes } from '#core/bytes.ts';
import type { Did } from '#crypto/device.ts';
import { lacksWhatCounts } from '#log/chains.ts';
import type { SealedEntry } from '#log/entry.ts';
import type { StoredMembership } from '#log/membership.ts';
import { encodeChain, encodeHolds, encodeMembers, type Place } from './mail-frame.ts';
import { chainName, membersName, shelve } from './mail-memory.ts';
import { FRAME_BYTES, must, type Visit } from './mail-visit.ts';
import { LATEST } from './mailbox.ts';
import { missing, type Range } from './ranges.ts';

const MOST_ENTRIES = 512;

/** Resolves to how many frames were brought. */
export async function bringTo({
	mailbox,
	side,
	state,
	spaceOf,
	held,
	step,
}: Visit): Promise<number> {
	const { log, places } = side;
	const own = log.device.did;
	let brought = 0;

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
		const partial = lacksWhatCounts(await log.missing(), log.membership);
		const said = `${place.space} ${partial} ${JSON.stringify(Object.entries(vector).sort())}`;
		if (said === state.confirmed) return;
		const topic = await place.holds(own);
		const plain = await encodeHolds(log.membership.wid, log.device, { vector, partial });
		must(await mailbox.replace(place.space, topic, await place.seal(topic, LATEST, plain)));
		state.confirmed = said;
		brought++;
	}

	await bringMembers();
	await bringChains();
	await confirm();
	return brought;
}

/** The first of them that fit into one frame; at least one. */
function fitting(entries: readonly SealedEntry[]): readonly SealedEntry[] {
	let size = 0;
	const over = entries.findIndex(({ ct, head }, i) => {
		size += ct.length + head.length;
		return i > 0 && size > FRAME_BYTES;
	});
	return over < 0 ? entries : entries.slice(0, over);
}
