/**
 * Who belongs and what counts, computed from the signed membership entries alone: the same entries give the same answer on
 * every device, in whatever order they came. Authority is what an entry says and who signed it, never a clock and never
 * local state.
 */
import { equalBytes, toHex, type Bytes } from '#core/bytes.ts';
import { groupBy } from '#core/group.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Did, PublicKeys } from '#crypto/device.ts';
import type { Boxed } from '#crypto/seal.ts';
import { judgeAuthority, type Authority, type RoleChange, type Seat } from './authority.ts';
import { decodeDataHead, widOf, type SignedEntry } from './entry.ts';
import { createGraph, readNode, type Graph, type Node, type Unplaced } from './graph.ts';
import type { Cuts, OperationOf } from './operations.ts';
import { checkProofs, type ProofCache } from './proofs.ts';
import type { Role } from './workspaces.ts';

export interface StoredMembership extends SignedEntry {
	/** Hex of the entry's hash. */
	readonly id: string;
	/** When this device got it; shown in the audit, decides nothing. */
	readonly receivedAt: number;
}

export type Ended = 'revoked' | 'forked' | 'succeeded';

export interface MemberDevice {
	readonly did: Did;
	/** The person: named by the device that they came with. */
	readonly member: Did;
	readonly name: string;
	/** The person's role now. */
	readonly role: Role;
	readonly publicKeys: PublicKeys;
	readonly joinedAt: number;
	/** Last entry of its chain that counts; later ones are void (R3). Infinity while it may write. */
	readonly end: number;
	readonly ended?: Ended;
	/** Let in by an editor or viewer while no owner was there, and no owner has changed the key since (R7). */
	readonly unreviewed?: boolean;
}

export interface InviteState {
	readonly id: string;
	readonly role: Exclude<Role, 'owner'>;
	readonly uses: number;
	readonly used: number;
	readonly expiresAt: number;
	/** Ed25519, made from the seed in the link. */
	readonly publicKey: Bytes;
	readonly cancelled: boolean;
	/** Who made it. */
	readonly by: Did;
	readonly member?: Did;
	readonly offline?: { readonly name: string; readonly password: string };
}

export interface Genesis {
	readonly name: string;
	readonly language: string;
	readonly currency: string;
	readonly timeZone: string;
}

export interface Erasure {
	/** Of the erase entry. */
	readonly id: string;
	readonly ids: readonly string[];
	readonly by: Did;
	readonly at: number;
	/** Devices that have confirmed. */
	readonly done: ReadonlySet<Did>;
}

/** What an ended chain said stands in another one, up to `seq` of it. */
export interface Takeover {
	readonly by: Did;
	readonly seq: number;
}

export interface Membership {
	readonly wid: Bytes;
	readonly genesis: Genesis;
	/** Public halves of the recovery key, if one was made. */
	readonly recovery: PublicKeys | undefined;
	readonly createdAt: number;
	readonly founder: Did;
	/** Every device that was ever let in, ended ones too. */
	readonly devices: ReadonlyMap<Did, MemberDevice>;
	readonly invites: ReadonlyMap<string, InviteState>;
	/** Entries that nobody names as seen yet: what the next entry names. */
	readonly heads: readonly Bytes[];
	/** The newest epoch. `stale`: its maker had not heard of a removal, and may have given the key to who was removed. */
	readonly epoch: {
		readonly kid: number;
		readonly commitment: Bytes;
		readonly since: number;
		readonly stale: boolean;
	};
	/** Those that owners made, oldest first. */
	readonly kids: readonly number[];
	/**
	 * Commitment of every epoch key that somebody announced, hex -> its kid. Also of those whose announcement became void: honest
	 * devices may have sealed under them before they knew. Where two have one kid, the owner's has it.
	 */
	readonly commitments: ReadonlyMap<string, number>;
	/** Epoch keys boxed for a device; whoever boxed them, they only ever open. */
	boxes(did: Did): readonly Boxed[];
	/** Devices that were let in while the key changed and have not been given the newest. */
	readonly keyless: readonly Did[];
	/**
	 * Kids of rotations that became void and left a device out. Honest devices had sealed under them before they knew: without the key
	 * their chains would stand still for that device.
	 */
	leftOut(did: Did): readonly number[];
	/** Ids of the entries that show where a device stands, with all they rest on: what it may see that does not belong, or not any more. */
	grounds(did: Did): ReadonlySet<string>;
	/** `by` is an owner's device and may remove this one, or change the role of its person (R4). */
	outranks(by: Did, did: Did): boolean;
	readonly erasures: readonly Erasure[];
	readonly erasedIds: ReadonlySet<string>;
	/** Of chains that ended, oldest first. */
	readonly takeovers: ReadonlyMap<Did, readonly Takeover[]>;
	/** Chain -> void entries up to here have been looked at. */
	readonly settled: ReadonlyMap<Did, number>;
	readonly checkpoint: { readonly by: Did; readonly at: number; readonly chains: Cuts } | undefined;
	/** What owners set for everybody; the latest word on each setting. */
	readonly policy: Readonly<Record<string, unknown>>;
	/** What each entry says and whether it had effect, oldest first: the audit trail's half about people. */
	readonly acts: readonly Act[];
}

export interface Act {
	readonly id: string;
	readonly did: Did;
	readonly at: number;
	readonly type: string;
	readonly effective: boolean;
	readonly op: Readonly<Record<string, unknown>>;
}

/** May connect, read and be given keys. */
export const belongs = (membership: Membership, did: Did): boolean => {
	const ended = membership.devices.get(did)?.ended;
	return membership.devices.has(did) && ended !== 'revoked' && ended !== 'succeeded';
};

/** The last entry of a chain that counts. */
export const endOf = (membership: Membership, did: Did): number =>
	membership.devices.get(did)?.end ?? 0;

export const mayWrite = (role: Role | undefined): boolean => role === 'owner' || role === 'editor';

/** A chain cannot go on though its person may write: the device was copied, or they were a viewer for a while. */
export function isSpent(membership: Membership, did: Did): boolean {
	const device = membership.devices.get(did);
	return (
		device !== undefined &&
		mayWrite(device.role) &&
		device.ended !== 'revoked' &&
		device.end < Infinity
	);
}

/** Entries as verified so far; kept between replays, so that nothing is verified twice. */
export interface MembershipCache {
	readonly nodes: Map<string, Unplaced>;
	readonly proofs: ProofCache;
}

export const createMembershipCache = (): MembershipCache => ({
	nodes: new Map(),
	proofs: new Map(),
});

/**
 * Verifies every entry that the cache does not know and replays all of the cache. Entries that do not verify are left out.
 * `Damaged` when there is no valid genesis.
 */
export async function replayMembership(
	wid: Bytes,
	entries: readonly SignedEntry[],
	cache: MembershipCache = createMembershipCache(),
): Promise<Result<Membership>> {
	for (const entry of entries) {
		const node = await readNode(entry);
		if (node.ok) cache.nodes.set(node.value.id, node.value);
	}
	const founding = [...cache.nodes.values()].find(
		(node) => node.op?.type === 'genesis' && equalBytes(widOf(node.hash), wid),
	);
	const valid = [...cache.nodes.values()].filter(
		(node) => node === founding || equalBytes(node.head.wid, wid),
	);
	const graph = founding && createGraph(founding.id, valid);
	const genesis = graph?.get(founding!.id);
	if (!graph || !genesis)
		return fail('Damaged', 'The founding entry of this workspace is missing.');
	const proven = await checkProofs(graph, wid, cache.proofs);
	const authority = judgeAuthority(graph, genesis, proven);
	return ok(conclude(wid, genesis, graph, authority, proven));
}

function conclude(
	wid: Bytes,
	genesis: Node,
	graph: Graph,
	authority: Authority,
	proven: ReadonlySet<string>,
): Membership {
	const op = genesis.op as OperationOf<'genesis'>;
	const effective = graph.order.filter((node) => hasEffect(node, graph, authority, proven));
	const of = <T extends NonNullable<Node['op']>['type']>(type: T) =>
		effective.flatMap((node) =>
			node.op?.type === type ? [{ node, op: node.op as OperationOf<T> }] : [],
		);

	const rotations = of('rotate').map(({ node, op: { kid, commitment } }) => ({
		kid,
		commitment,
		node,
	}));
	const epoch = rotations.at(-1) ?? { kid: 0, commitment: op.commitment, node: genesis };
	const erasures = of('erase').map(({ node, op: { ids } }) => ({
		id: node.id,
		ids,
		by: node.head.did,
		at: node.head.hlc,
		done: new Set(
			of('erased').flatMap((done) => (done.op.erase === node.id ? [done.node.head.did] : [])),
		),
	}));
	const settled = new Map<Did, number>();
	for (const { op: settle } of of('settle'))
		settled.set(settle.device, Math.max(settle.seq, settled.get(settle.device) ?? 0));
	const checkpoint = of('checkpoint').at(-1);
	const effects = new Set(effective);
	const devices = concludeDevices(effective, graph, authority);
	return {
		wid,
		genesis: {
			name: op.name,
			language: op.language,
			currency: op.currency,
			timeZone: op.timeZone,
		},
		recovery: op.recovery,
		createdAt: genesis.head.hlc,
		founder: genesis.head.did,
		devices,
		invites: concludeInvites(effective, graph),
		heads: graph.heads,
		epoch: {
			kid: epoch.kid,
			commitment: epoch.commitment,
			since: epoch.node.head.hlc,
			stale: authority.revocations.some(({ node }) => !graph.sees(epoch.node, node)),
		},
		kids: [0, ...rotations.map(({ kid }) => kid)],
		commitments: commitmentsIn([...effective, ...graph.order]),
		boxes: (did) =>
			graph.order.flatMap(({ op: said }) => {
				if (said?.type === 'rotate') return said.keys[did] ?? [];
				if (said?.type === 'keys') return said.device === did ? said.keys : [];
				if (said?.type !== 'approve') return [];
				return graph.get(said.join)?.head.did === did ? said.keys : [];
			}),
		keyless: keylessAt(epoch.node, graph, authority, of('keys')),
		leftOut: (did) => voidKidsWithout(did, effects, graph, authority, of('keys')),
		grounds: (did) => groundsOf(did, effective, graph, authority),
		outranks: authority.outranks,
		erasures,
		erasedIds: new Set(erasures.flatMap(({ ids }) => ids)),
		takeovers: concludeTakeovers(of('takeover'), devices),
		settled,
		checkpoint: checkpoint && {
			by: checkpoint.node.head.did,
			at: checkpoint.node.head.hlc,
			chains: checkpoint.op.chains,
		},
		policy: Object.assign({}, ...of('policy').map(({ op: { settings } }) => settings)) as Record<
			string,
			unknown
		>,
		acts: graph.order.map((node) => ({
			id: node.id,
			did: node.head.did,
			at: node.head.hlc,
			type: node.head.op.type,
			effective: effects.has(node),
			op: node.head.op,
		})),
	};
}

function commitmentsIn(nodes: readonly Node[]): Map<string, number> {
	const hexByKid = new Map<number, string>();
	for (const { op } of nodes) {
		if (op?.type !== 'genesis' && op?.type !== 'rotate') continue;
		const kid = op.type === 'genesis' ? 0 : op.kid;
		if (!hexByKid.has(kid)) hexByKid.set(kid, toHex(op.commitment));
	}
	return new Map([...hexByKid].map(([kid, hex]) => [hex, kid]));
}

/** An entry without the right to say what it says has no effect; it stays in the log and in the audit. */
function hasEffect(
	node: Node,
	graph: Graph,
	authority: Authority,
	proven: ReadonlySet<string>,
): boolean {
	const seatMadeBy = (did: Did) => authority.seats.get(did)?.node === node;
	const { op } = node;
	switch (op?.type) {
		case undefined:
			return false;
		case 'genesis':
			return seatMadeBy(node.head.did);
		case 'join':
			return proven.has(node.id);
		case 'recover':
			return seatMadeBy(node.head.did);
		case 'succeed':
			return seatMadeBy(op.did);
		case 'approve':
			return seatMadeBy(graph.get(op.join)?.head.did ?? '');
		case 'fork':
			return proven.has(node.id) && authority.isMembersAct(node);
		case 'keys':
		case 'erased':
			return authority.isMembersAct(node);
		case 'invite':
			return op.member
				? authority.isMembersAct(node) && authority.seats.get(node.head.did)?.member === op.member
				: authority.isOwnersAct(node);
		case 'uninvite':
			return (
				authority.isOwnersAct(node) ||
				(authority.isMembersAct(node) && graph.get(op.invite)?.head.did === node.head.did)
			);
		case 'settle': {
			const member = authority.seats.get(op.device)?.member;
			const own = member !== undefined && authority.seats.get(node.head.did)?.member === member;
			return authority.isOwnersAct(node) || (own && authority.isMembersAct(node));
		}
		case 'role':
			return authority.roleChanges.some((change) => change.node === node);
		case 'revoke':
			return authority.revocations.some((revocation) => revocation.node === node);
		default:
			return authority.isOwnersAct(node);
	}
}

function groundsOf(
	did: Did,
	effective: readonly Node[],
	graph: Graph,
	{ seats, revocations }: Authority,
): Set<string> {
	const about = effective.filter(
		(node) =>
			seats.get(did)?.node === node ||
			(node.op?.type === 'succeed' && node.head.did === did) ||
			revocations.some((revocation) => revocation.node === node && revocation.did === did),
	);
	const all = graph.order.filter((node) =>
		about.some((one) => one === node || graph.sees(one, node)),
	);
	return new Set(all.map(({ id }) => id));
}

function concludeTakeovers(
	all: readonly { readonly node: Node; readonly op: OperationOf<'takeover'> }[],
	devices: ReadonlyMap<Did, MemberDevice>,
): Map<Did, readonly Takeover[]> {
	const endAt = (did: Did) => devices.get(did)?.end ?? Infinity;
	const standing = all.filter(
		({ node, op }) => endAt(op.device) < Infinity && endAt(node.head.did) >= op.seq,
	);
	const by = groupBy(standing, ({ op }) => op.device);
	return new Map(
		[...by].map(([did, some]) => [
			did,
			some.map(({ node, op }) => ({ by: node.head.did, seq: op.seq })),
		]),
	);
}

function concludeInvites(effective: readonly Node[], graph: Graph): Map<string, InviteState> {
	const used = groupBy(
		effective.flatMap(({ op }) =>
			op?.type === 'approve' ? [graph.get(op.join)!.op as OperationOf<'join'>] : [],
		),
		({ invite }) => invite,
	);
	const cancelled = new Set(
		effective.flatMap(({ op }) => (op?.type === 'uninvite' ? [op.invite] : [])),
	);
	return new Map(
		effective.flatMap(({ id, op, head }) => {
			if (op?.type !== 'invite') return [];
			const { role, uses, expiresAt, publicKey, member, offline } = op;
			const state = {
				id,
				role,
				uses,
				used: used.get(id)?.length ?? 0,
				expiresAt,
				publicKey,
				cancelled: cancelled.has(id),
				by: head.did,
				...(member && { member }),
				...(offline && { offline }),
			};
			return [[id, state] as const];
		}),
	);
}

function concludeDevices(
	effective: readonly Node[],
	graph: Graph,
	authority: Authority,
): Map<Did, MemberDevice> {
	const changes = new Map(
		[...groupBy(authority.roleChanges, ({ member }) => member)].map(([member, all]) => [
			member,
			standing(all, graph, authority),
		]),
	);
	const allStops = stopsIn(effective, authority);
	const devices = new Map<Did, MemberDevice>();
	const seats = [...authority.seats.values()].sort((a, b) => a.node.depth - b.node.depth);
	for (const seat of seats) {
		const own = changes.get(seat.member) ?? [];
		const base = authority.seats.get(seat.member)?.role ?? seat.role;
		const stops = allStops.get(seat.did) ?? [];
		const end = Math.min(endByRole(seat.did, base, own), ...stops.map(({ seq }) => seq));
		const ended = stops[0]?.why;
		const unreviewed = isUnreviewed(seat, effective, graph, authority);
		devices.set(seat.did, {
			did: seat.did,
			member: seat.member,
			name: nameOf(seat, graph, devices),
			role: own.at(-1)?.role ?? base,
			publicKeys: keysOf(seat, graph),
			joinedAt: seat.node.head.hlc,
			end,
			...(ended && { ended }),
			...(unreviewed && { unreviewed }),
		});
	}
	return devices;
}

/** The role changes of a member that stand: of two made without knowledge of each other, the senior's. */
function standing(
	changes: readonly RoleChange[],
	graph: Graph,
	authority: Authority,
): readonly RoleChange[] {
	const stand: RoleChange[] = [];
	for (const change of [...changes].sort((a, b) => byOrder(a.node, b.node))) {
		const last = stand.at(-1);
		const knew = !last || graph.sees(change.node, last.node);
		if (!knew && authority.compare(change.by, last.by) > 0) continue;
		if (!knew) stand.pop();
		stand.push(change);
	}
	return stand;
}

const byOrder = (a: Node, b: Node) => a.depth - b.depth || (a.id < b.id ? -1 : 1);

/** Where the chain stops counting, by the roles its person had: the first place at which they could not write. */
function endByRole(did: Did, base: Role, changes: readonly RoleChange[]): number {
	const cutOf = (change: RoleChange) => change.cuts[did]?.seq ?? 0;
	const roleAt = (seq: number) => changes.findLast((change) => cutOf(change) < seq)?.role ?? base;
	const places = [0, ...changes.map(cutOf)].sort((a, b) => a - b);
	return places.find((seq) => !mayWrite(roleAt(seq + 1))) ?? Infinity;
}

interface Stop {
	readonly did: Did;
	readonly seq: number;
	readonly why: Ended;
}

const gravity: readonly Ended[] = ['revoked', 'succeeded', 'forked'];

/** What ended devices themselves, for each the gravest first. */
function stopsIn(
	effective: readonly Node[],
	{ revocations }: Authority,
): ReadonlyMap<Did, readonly Stop[]> {
	const revoked = revocations.map(({ did, cut }) => ({
		did,
		seq: cut.seq,
		why: 'revoked' as const,
	}));
	const others = effective.flatMap(({ op, head }): Stop[] => {
		if (op?.type === 'succeed') return [{ did: head.did, seq: op.cut.seq, why: 'succeeded' }];
		const forked = op?.type === 'fork' && decodeDataHead(op.a.head);
		if (!forked || !forked.ok) return [];
		return [{ did: forked.value.did, seq: forked.value.seq - 1, why: 'forked' }];
	});
	const stops = [...revoked, ...others];
	stops.sort((a, b) => gravity.indexOf(a.why) - gravity.indexOf(b.why));
	return groupBy(stops, ({ did }) => did);
}

function isUnreviewed(
	seat: Seat,
	effective: readonly Node[],
	graph: Graph,
	authority: Authority,
): boolean {
	if (seat.node.op?.type !== 'approve' || seat.member !== seat.did) return false;
	if (authority.isOwnersAct(seat.node)) return false;
	return !effective.some(
		({ op }, i) => op?.type === 'rotate' && graph.sees(effective[i]!, seat.node),
	);
}

function nameOf(seat: Seat, graph: Graph, devices: ReadonlyMap<Did, MemberDevice>): string {
	const { op } = seat.node;
	if (op?.type === 'genesis') return op.userName;
	if (op?.type === 'recover') return op.name;
	if (op?.type === 'approve') return (graph.get(op.join)!.op as OperationOf<'join'>).name;
	return devices.get(seat.member)?.name ?? '';
}

function keysOf(seat: Seat, graph: Graph): PublicKeys {
	const { op, head } = seat.node;
	if (op?.type === 'succeed') return op.publicKeys;
	if (op?.type === 'approve') return graph.get(op.join)!.head.publicKeys;
	return head.publicKeys;
}

function voidKidsWithout(
	did: Did,
	effects: ReadonlySet<Node>,
	graph: Graph,
	{ seats, roleChanges }: Authority,
	given: readonly { readonly op: OperationOf<'keys'> }[],
): readonly number[] {
	const wasOwner = (signer: Did) => {
		const member = seats.get(signer)?.member;
		return roleChanges.some((change) => change.member === member && change.role === 'owner');
	};
	const seat = seats.get(did);
	return graph.order.flatMap((node) => {
		const { op, head } = node;
		if (op?.type !== 'rotate' || effects.has(node) || !wasOwner(head.did)) return [];
		const has =
			head.did === did ||
			Object.hasOwn(op.keys, did) ||
			(seat && graph.sees(seat.node, node)) ||
			given.some((one) => one.op.device === did && one.op.kids?.includes(op.kid));
		return has ? [] : [op.kid];
	});
}

/** The newest key was neither boxed for them nor given to them since, and they came in without knowing of it. */
function keylessAt(
	epoch: Node,
	graph: Graph,
	{ seats }: Authority,
	given: readonly { readonly node: Node; readonly op: OperationOf<'keys'> }[],
): readonly Did[] {
	const have = new Set(given.flatMap(({ node, op }) => (graph.sees(node, epoch) ? op.device : [])));
	if (epoch.op?.type === 'rotate') for (const did of Object.keys(epoch.op.keys)) have.add(did);
	have.add(epoch.head.did);
	return [...seats.values()].flatMap(({ did, node }) =>
		have.has(did) || node === epoch || graph.sees(node, epoch) ? [] : [did],
	);
}
