/**
 * One seed's story: a team of devices edits, meets, loses touch, loses power and changes its rights, while hostile devices try
 * everything. Then everybody meets, and the laws must hold.
 */
import { createRecord, setDeleted, updateRecord } from '#commands/records.ts';
import type { Did } from '#crypto/device.ts';
import { belongs, endOf, isSpent, mayWrite } from '#log/membership.ts';
import type { Random } from '#core/random.ts';
import { createSimDevice, fingerprint, placesOf, type SimDevice } from './device.ts';
import { createHostile, type Hostile } from './hostile.ts';
import { ROTTEN, SOUND, createSimLinks, type Weather } from './network.ts';
import { found, join, revoke, setRole } from './people.ts';
import { inWorld, type World } from './world.ts';

export interface Story {
	readonly seed: number;
	readonly devices: number;
	readonly ops: number;
	/** How much of the story is attacks and changes of rights; 1 for a bad week, 4 for a war. */
	readonly hostility: number;
	/** How many kinds of attack there are; all, if nothing is said. */
	readonly kinds?: number;
}

/** What was acknowledged: who wrote which entry. */
interface Written {
	readonly did: Did;
	readonly seq: number;
}

const fields = ['firstName', 'lastName', 'jobTitle', 'phone', 'notes'] as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const ERASED = 'ERASEME';

/** Rejects with what went wrong; resolves to some numbers about the run. */
export const simulate = (story: Story): Promise<Tally> =>
	inWorld(story.seed, (world) => run(world, story));

export interface Tally {
	readonly entries: number;
	readonly members: number;
	readonly hostile: number;
	readonly void: number;
}

async function run(world: World, story: Story): Promise<Tally> {
	const { devices: count, ops, hostility, kinds } = story;
	const { random } = world;
	const { wid, disk } = await found(world);
	const skewOf = () =>
		random.next() < 0.05
			? Math.round((random.next() * 2 - 1) * 10 * YEAR)
			: Math.round((random.next() * 2 - 1) * DAY);
	const devices: SimDevice[] = [createSimDevice(world, { name: 'd0', wid, disk, skew: skewOf() })];
	const [founder] = devices as [SimDevice];
	await founder.start();
	const hostiles: Hostile[] = [];
	const wishes = Array.from({ length: count - 1 }, (_, i) => (i % 4 === 2 ? 'viewer' : 'editor'));
	for (const [i, role] of wishes.entries()) {
		const own = await join(world, founder, role as 'editor' | 'viewer', `d${i + 1}`);
		const device = createSimDevice(world, { name: `d${i + 1}`, wid, disk: own, skew: skewOf() });
		await device.start();
		// The last two devices are in the wrong hands: a viewer's or editor's, and one that becomes an owner.
		if (i >= count - 3) hostiles.push(createHostile(world, device, kinds));
		else devices.push(device);
	}
	const everybody = [...devices, ...hostiles.map((hostile) => hostile.device)];
	const links = new Map<string, () => void>();
	const known = new Map<Did, Map<Did, number>>();
	const written: Written[] = [];
	const erased: string[] = [];
	const records: string[] = [];

	const pairOf = (a: SimDevice, b: SimDevice) => [a.name, b.name].sort().join(' ');
	function connect(a: SimDevice, b: SimDevice, weather: Weather): void {
		if (a === b || !a.running || !b.running || links.has(pairOf(a, b))) return;
		const { ends, cut } = createSimLinks(world, weather);
		a.engine.attach(ends[0]);
		b.engine.attach(ends[1]);
		links.set(pairOf(a, b), cut);
	}
	function cut(name: string): void {
		links.get(name)?.();
		links.delete(name);
	}
	const cutAll = (device: SimDevice) => {
		for (const name of [...links.keys()]) if (name.split(' ').includes(device.name)) cut(name);
	};
	async function restart(device: SimDevice): Promise<void> {
		cutAll(device);
		device.kill();
		await world.settle();
		await device.start();
		checkVector(device);
	}
	/** Vectors never shrink, over any kill. */
	function checkVector(device: SimDevice): void {
		const before = known.get(device.name) ?? new Map<Did, number>();
		const vector = device.store.log.vector();
		for (const [did, seq] of before)
			if ((vector[did] ?? 0) < seq) throw new Error(`${device.name} forgot ${did} ${seq}`);
		known.set(device.name, new Map(Object.entries(vector)));
	}

	/** An edit; acknowledged when it answers before power fails. */
	async function write(device: SimDevice, edit: () => Promise<unknown>): Promise<void> {
		const { did, log } = { did: device.did, log: device.store.log };
		let answer: unknown;
		void edit().then((given) => (answer = given));
		await world.settle();
		if (!answer && !device.dead) await world.run(2000);
		const good = (answer as { ok?: boolean } | undefined)?.ok === true;
		if (good) written.push({ did, seq: log.chain(did)?.seq ?? 0 });
		if (device.dead) await restart(device);
		else if (answer === undefined) throw new Error(`${device.name} never answered`);
	}

	const editors = () => devices.filter((one) => one.running && mayWrite(one.store.role));
	const owners = () => devices.filter((one) => one.running && isOwner(one));
	const someone = <T>(list: readonly T[]): T | undefined => list[random.below(list.length)];

	async function step(i: number): Promise<void> {
		if (random.next() < 0.06 * hostility) return someone(hostiles)?.attack(devices);
		if (random.next() < 0.025 * hostility) return changeRights();
		const what = random.next();
		const device = someone(editors()) ?? founder;
		const { context } = device.store;
		const record = records[random.below(Math.max(1, records.length))];
		if (what < 0.18 || !record) {
			const mark = random.next() < 0.15 ? ERASED : `N${i}`;
			await write(device, async () => {
				const made = await createRecord(context, 'contact', { firstName: `${mark}${i}` });
				if (made.ok) records.push(made.value);
				return made;
			});
		} else if (what < 0.45) {
			const field = fields[random.below(fields.length)]!;
			await write(device, () => updateRecord(context, record, { [field]: `v${i}` }));
		} else if (what < 0.49)
			await write(device, () => setDeleted(context, [record], random.next() < 0.5));
		else if (what < 0.64)
			connect(someone(everybody)!, someone(everybody)!, random.next() < 0.4 ? ROTTEN : SOUND);
		else if (what < 0.69) cut(someone([...links.keys()]) ?? '');
		else if (what < 0.71) {
			// Nobody meets anybody for up to a month.
			for (const name of [...links.keys()]) cut(name);
			await world.run(random.below(30) * DAY);
		} else if (what < 0.75) await restart(someone(devices)!);
		else if (what < 0.78) {
			device.killIn(1 + random.below(6));
			await write(device, () => updateRecord(context, record, { notes: `killed ${i}` }));
			if (device.running && !device.dead) device.killIn(Infinity);
		} else if (what < 0.83) await carry(someone(everybody)!, someone(devices)!, random);
		else if (what < 0.86 && erased.length < 3) await erase();
		else if (what < 0.88) await someone(editors())?.store.rewrite(['r-1', 'r-2', 'r-7']);
		else await world.run(random.below(20_000));
		if (random.next() < 0.5) await world.run(random.below(3000));
		for (const one of devices) if (one.running) checkVector(one);
	}

	async function changeRights(): Promise<void> {
		const owner = someone(owners());
		if (!owner) return;
		const target = someone(devices.slice(1))!;
		const wolf = someone(hostiles)!.device;
		const kind = random.next();
		// Most stay editors: a story without writers has little to tell.
		if (kind < 0.17) await setRole(world, owner, target.did, 'owner');
		else if (kind < 0.25) await setRole(world, owner, wolf.did, 'owner');
		else if (kind < 0.45) await setRole(world, owner, target.did, 'viewer');
		else if (kind < 0.8) await setRole(world, owner, target.did, 'editor');
		else if (kind < 0.9) await revoke(world, owner, [wolf.did]);
		else if (target !== owner) await revoke(world, owner, [target.did]);
	}

	async function erase(): Promise<void> {
		const owner = someone(owners());
		const ids = [...(owner?.rows.values() ?? [])]
			.filter((row) => String(row.v.firstName).startsWith(ERASED))
			.map((row) => row.id);
		if (!owner || !ids.length) return;
		await owner.store.log.sign({ type: 'erase', ids: ids.slice(0, 1) }, world.now());
		erased.push(ids[0]!);
	}

	/** Everybody meets some of the others, hostile devices among them: the truth must win in their presence. */
	async function meet(): Promise<void> {
		for (let round = 0, calm = 0; round < 60 && calm < 2; round++) {
			for (const device of devices)
				if (!device.running || device.dead || isSpent(device.store.log.membership, device.did))
					await restart(device);
			if (round % 3 === 0) for (const name of [...links.keys()]) cut(name);
			for (const [i, device] of devices.entries()) {
				connect(device, devices[(i + 1) % devices.length]!, SOUND);
				connect(device, someone(everybody)!, SOUND);
			}
			await decide();
			await world.run(30_000);
			calm = (await converged(devices)) ? calm + 1 : 0;
		}
	}

	/** Owners look at what waits in quarantine, and let it go. */
	async function decide(): Promise<void> {
		for (const owner of owners().slice(0, 1)) {
			const { log } = owner.store;
			for (const [device, seq] of Object.entries(log.vector()))
				if (seq > Math.max(endOf(log.membership, device), log.membership.settled.get(device) ?? 0))
					await log.sign({ type: 'settle', device, seq }, world.now());
		}
	}

	for (let i = 0; i < ops; i++) await step(i);

	await meet();
	const honest = devices.filter((one) => belongs(one.store.log.membership, one.did));
	const reference = honest.find((one) => one === founder) ?? honest[0]!;
	const print = fingerprint(reference);
	for (const one of honest) {
		if (fingerprint(one) !== print)
			throw new Error(
				`${one.name} and ${reference.name} differ: ${await difference(one, reference)}`,
			);
		checkVector(one);
	}
	const { log } = reference.store;
	for (const { device, evils } of hostiles)
		for (const { mark, seq } of evils)
			if (print.includes(mark) && endOf(log.membership, device.did) < seq)
				throw new Error(`A hostile entry is seen: ${mark} ${seq}`);
	for (const { did, seq } of written)
		if ((log.chain(did)?.seq ?? 0) < seq && !forkedBefore(reference, did, seq))
			throw new Error(`An acknowledged entry is lost: ${did} ${seq}`);
	const before = fingerprint(reference);
	await reference.store.rebuild();
	if (fingerprint(reference) !== before) throw new Error('Rebuilding changes something.');
	for (const one of honest) {
		const again = honest[(honest.indexOf(one) + 1) % honest.length]!;
		if (one !== again) await carry(again, one, random, true);
	}
	if (honest.some((one) => fingerprint(one) !== before))
		throw new Error(
			`Receiving everything again changes something: ${honest.map((one) => [one.name, fingerprint(one) === before])} ${before} ${honest.map(fingerprint)}`,
		);
	await checkErased(
		honest,
		erased,
		hostiles.map(({ device }) => device.did),
	);
	const voids = Object.entries(log.vector()).reduce(
		(sum, [did, seq]) => sum + Math.max(0, seq - endOf(log.membership, did)),
		0,
	);
	return {
		entries: Object.values(log.vector()).reduce((sum, seq) => sum + seq, 0),
		members: log.membership.acts.length,
		hostile: hostiles.reduce((sum, { attacks }) => sum + attacks, 0),
		void: voids,
	};
}

const isOwner = (device: SimDevice) => {
	const self = device.store.log.membership.devices.get(device.did);
	return self?.role === 'owner' && !self.ended;
};

const forkedBefore = (device: SimDevice, did: Did, seq: number) => {
	const ended = device.store.log.membership.devices.get(did);
	return ended?.ended === 'forked' && seq > ended.end;
};

async function converged(devices: readonly SimDevice[]): Promise<boolean> {
	const honest = devices.filter((one) => belongs(one.store.log.membership, one.did));
	const states = honest.map(
		(one) =>
			`${fingerprint(one)} ${JSON.stringify(Object.entries(one.store.log.vector()).sort())} ${one.store.log.membership.acts.length}`,
	);
	return (
		states.every((state) => state === states[0]) &&
		!honest.some((one) => isSpent(one.store.log.membership, one.did))
	);
}

/** Entries taken from one device to another by hand: any order, some twice, some not at all. */
async function carry(from: SimDevice, to: SimDevice, random: Random, whole = false): Promise<void> {
	if (!from.running || !to.running || from === to) return;
	await to.store.log.receiveMembership(from.store.log.membershipEntries());
	for (const [did, last] of Object.entries(from.store.log.vector())) {
		const first = whole ? 1 : 1 + random.below(last);
		const entries = [...(await from.store.log.entries(did, first, last, 1 << 20))];
		const bag = whole ? entries : entries.filter(() => random.next() > 0.1);
		if (!whole && random.next() < 0.3) bag.reverse();
		if (!whole && bag.length && random.next() < 0.3) bag.push(bag[random.below(bag.length)]!);
		await to.store.receive(bag);
	}
}

/** Bytes of erased records are nowhere, except with those who write them all the same. */
async function checkErased(
	honest: readonly SimDevice[],
	erased: readonly string[],
	hostile: readonly Did[],
): Promise<void> {
	for (const id of erased)
		for (const device of honest) {
			const { log } = device.store;
			const erasure = log.membership.erasures.find(({ ids }) => ids.includes(id));
			if (!erasure) continue;
			for (const other of honest)
				if (!erasure.done.has(other.did) && endOf(log.membership, other.did) === Infinity)
					throw new Error(`${other.name} did not confirm an erasure.`);
			const wild = hostile.filter((did) => endOf(log.membership, did) === Infinity);
			const places = await placesOf(device, id, new Set(wild));
			if (places.length)
				throw new Error(`${device.name} still holds erased ${id}: ${places.join(', ')}.`);
		}
}

async function difference(a: SimDevice, b: SimDevice): Promise<string> {
	const vectors = [a, b].map((one) =>
		JSON.stringify(Object.entries(one.store.log.vector()).sort()),
	);
	if (vectors[0] !== vectors[1]) {
		const about = [a, b].map(({ did, store: { log } }) => ({
			did,
			stalled: [...log.stalled],
			devices: [...log.membership.devices.values()].map(({ did: one, role, end, ended }) => ({
				...{ one, role, end, ended },
			})),
		}));
		return `vectors ${vectors.join(' / ')} ${JSON.stringify(about)}`;
	}
	const ids = new Set([...a.rows.keys(), ...b.rows.keys()]);
	for (const id of ids) {
		const [x, y] = [a, b].map((one) => JSON.stringify(one.rows.get(id)));
		if (x === y) continue;
		const holders = [a, b].map(({ store: { log } }) => [
			...log.membership.acts
				.filter(({ op }) => JSON.stringify(op).includes(id))
				.map(({ type, effective, did }) => [type, effective, did]),
			...[...log.membership.devices.values()].map(({ did, end, role, ended }) => [
				did,
				end,
				role,
				ended,
				log.chain(did)?.seq,
				log.chain(did)?.applied,
			]),
			...log
				.partKeys()
				.map(({ did, part }) => `${did.slice(0, 4)}/${part}=${log.partClock(did, part)}`),
		]);
		const cells: string[] = [];
		for (const one of [a, b])
			for (const { did, part } of one.store.log.partKeys())
				for (const cell of await one.store.replica.cells(did, part))
					if (cell.id === id) cells.push(`${one.name} ${JSON.stringify(cell)}`);
		return `${x} / ${y} ${JSON.stringify(holders)} ${cells.join('; ')}`;
	}
	return 'nothing in rows or vectors';
}
