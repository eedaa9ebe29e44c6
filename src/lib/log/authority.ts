/**
 * Who could say what (R3, R4), decided from the graph alone. Authority is held in *tenures*: the founder's since the founding,
 * an owner's since a promotion, a recovered device's since its recovery. Tenures are judged from the most senior down, so that
 * when one is judged every removal that could touch it is known. What its holder signed after, or without having seen, a
 * valid removal by a senior is void; therefore two owners can never remove each other.
 */
import { groupBy } from '#core/group.ts';
import type { Did } from '#crypto/device.ts';
import type { Graph, Node } from './graph.ts';
import type { Cut, OperationOf } from './operations.ts';
import type { Role } from './workspaces.ts';

export interface Tenure {
	readonly member: Did;
	readonly since: Node;
	/** Recovered devices outrank the founder, the founder everybody else, owners in order of promotion. */
	readonly recovered: boolean;
}

/** How a device came in. */
export interface Seat {
	readonly did: Did;
	/** The device that this person came with first names the person. */
	readonly member: Did;
	readonly node: Node;
	readonly role: Role;
}

export interface RoleChange {
	readonly node: Node;
	readonly by: Tenure;
	readonly member: Did;
	readonly role: Role;
	readonly cuts: Readonly<Record<Did, Cut>>;
}

export interface Revocation {
	readonly node: Node;
	readonly did: Did;
	readonly cut: Cut;
}

interface Cancellation {
	readonly node: Node;
	/** Id of the invite. */
	readonly invite: string;
}

export interface Authority {
	readonly seats: ReadonlyMap<Did, Seat>;
	/** Everybody's who was an owner at some time. */
	readonly tenures: readonly Tenure[];
	readonly roleChanges: readonly RoleChange[];
	readonly revocations: readonly Revocation[];
	/** What an owner signed, and was allowed to. */
	isOwnersAct(node: Node): boolean;
	/** What any device of the workspace signed while it belonged. */
	isMembersAct(node: Node): boolean;
	/** If `by`, having seen all, removed this device now, or changed the role of its person, that would have effect. */
	outranks(by: Did, did: Did): boolean;
	/** Rank of two tenures: negative when `a` is senior. */
	readonly compare: (a: Tenure, b: Tenure) => number;
}

/** Proofs inside entries (a join's by its invite, a recovery's by its key, a successor's by its own) that hold. */
export type Proven = ReadonlySet<string>;

const earlier = (a: Node, b: Node): number =>
	a.depth - b.depth || (a.id < b.id ? -1 : Number(a.id > b.id));

const compare = (a: Tenure, b: Tenure): number =>
	Number(b.recovered) - Number(a.recovered) || earlier(a.since, b.since);

export function judgeAuthority(graph: Graph, genesis: Node, proven: Proven): Authority {
	const founder = genesis.head.did;
	const recoveries = recoveriesIn(graph, proven);
	const openers = seatOpeners(graph, proven, recoveries);
	const tenures: Tenure[] = [{ member: founder, since: genesis, recovered: false }];
	for (const since of recoveries) tenures.push({ member: since.head.did, since, recovered: true });
	const waiting = [...tenures];
	const ownersActs = new Set<string>();
	const roleChanges: RoleChange[] = [];
	/** By others than the device itself. */
	const removals: Revocation[] = [];
	const cancellations: Cancellation[] = [];
	/** Anybody may end their device by its own word: that needs no rank, and no later word takes it back. */
	const leaves = groupBy(
		graph.order.flatMap((node): Revocation[] => {
			const { op, head } = node;
			const cut = op?.type === 'revoke' ? op.cuts[head.did] : undefined;
			return cut ? [{ node, did: head.did, cut }] : [];
		}),
		({ did }) => did,
	);
	/** Those of a device, in order; the first is where it sits. */
	const seats = new Map<Did, Seat[]>();

	/** By the order of the entries: whether one gives a seat follows from entries before it, so nobody lets themselves in. */
	function takeSeats(): void {
		seats.clear();
		const used = new Map<string, number>();
		for (const { did, node } of openers) {
			const seat = readSeat(did, node, used);
			if (!seat) continue;
			const own = seats.get(did);
			if (own) own.push(seat);
			else seats.set(did, [seat]);
		}
	}

	/** The signer's, in the eyes of this entry: what opened it again unseen changes nothing. */
	const seatAt = (node: Node): Seat | undefined =>
		seats.get(node.head.did)?.find((seat) => seat.node === node || graph.sees(node, seat.node));

	function readSeat(did: Did, node: Node, used: Map<string, number>): Seat | undefined {
		const { op } = node;
		if (op?.type === 'genesis' || op?.type === 'recover')
			return { did, member: did, node, role: 'owner' };
		if (op?.type === 'succeed') {
			const before = belongs(node) ? seatAt(node) : undefined;
			return before && { ...before, did, node };
		}
		if (op?.type !== 'approve') return undefined;
		const join = graph.get(op.join)!;
		const invite = graph.get((join.op as OperationOf<'join'>).invite)!;
		const { role, member, offline, uses } = invite.op as OperationOf<'invite'>;
		if (member) {
			const own = [invite, node].every((act) => belongs(act) && seatAt(act)?.member === member);
			return own ? { did, member, node, role: seatAt(node)!.role } : undefined;
		}
		const before = used.get(invite.id) ?? 0;
		const open = offline && belongs(node) && before < uses && !isCancelled(invite, node);
		if (!ownerAt(invite) || !(open || ownerAt(node))) return undefined;
		if (!seats.has(did)) used.set(invite.id, before + 1);
		return { did, member: did, node, role };
	}

	const isCancelled = (invite: Node, node: Node): boolean =>
		cancellations.some((one) => one.invite === invite.id && !graph.sees(one.node, node));

	/** The signer's device belonged, in the eyes of this entry and of every removal known so far. */
	const belongs = (node: Node): boolean =>
		seatAt(node) !== undefined && stands(node) && !hasLeft(node);

	/** As far as others are concerned. */
	const stands = (node: Node): boolean =>
		removals.every((gone) => gone.did !== node.head.did || graph.sees(gone.node, node));

	/**
	 * By its own word, which speaks for what comes after it. A removal also voids what its target had not shown by then; with a leave,
	 * signed as if long ago, whoever has a device's keys could take back all that it had done.
	 */
	const hasLeft = (node: Node): boolean =>
		leaves.get(node.head.did)?.some((left) => graph.sees(node, left.node) && seatAt(left.node)) ??
		false;

	/** The tenure under which the signer spoke. */
	function ownerAt(node: Node): Tenure | undefined {
		if (!belongs(node)) return undefined;
		const { member } = seatAt(node)!;
		return tenures.find(
			(tenure) =>
				tenure.member === member &&
				(tenure.since === node || graph.sees(node, tenure.since)) &&
				roleChanges.every(
					(change) =>
						change.member !== member ||
						change.role === 'owner' ||
						graph.sees(tenure.since, change.node) ||
						graph.sees(change.node, node),
				),
		);
	}

	/** One acts downwards only; on oneself, too. */
	function mayActOn(member: Did, tenure: Tenure, node: Node): boolean {
		if (member === tenure.member) return true;
		return tenures.every(
			(other) =>
				other.member !== member ||
				compare(tenure, other) < 0 ||
				graph.sees(other.since, node) ||
				roleChanges.some(
					(change) =>
						change.member === member &&
						change.role !== 'owner' &&
						graph.sees(node, change.node) &&
						graph.sees(change.node, other.since),
				),
		);
	}

	/** Among one's own devices the earlier is senior: a stolen phone and a laptop cannot remove each other either. */
	function mayRevoke(did: Did, tenure: Tenure, node: Node): boolean {
		const seat = seats.get(did)?.[0];
		const own = seatAt(node)!;
		if (seat?.member !== tenure.member) return mayActOn(seat?.member ?? did, tenure, node);
		return seat.did === own.did || earlier(own.node, seat.node) < 0;
	}

	function act(node: Node, tenure: Tenure): void {
		const { op } = node;
		ownersActs.add(node.id);
		if (op?.type === 'role' && mayActOn(op.member, tenure, node)) {
			const { member, role, cuts } = op;
			if (role === 'owner') {
				const next = { member, since: node, recovered: false };
				tenures.push(next);
				waiting.push(next);
			}
			roleChanges.push({ node, by: tenure, member, role, cuts });
		} else if (op?.type === 'revoke')
			for (const [did, cut] of Object.entries(op.cuts))
				if (did !== node.head.did && mayRevoke(did, tenure, node))
					removals.push({ node, did, cut });
		if (op?.type === 'uninvite') cancellations.push({ node, invite: op.invite });
	}

	takeSeats();
	const bySigner = groupBy(graph.order, (node) => node.head.did);
	for (;;) {
		waiting.sort(compare);
		const tenure = waiting.shift();
		if (!tenure) break;
		const own = [...seats.values()].flatMap(
			(all) => all.find(({ member }) => member === tenure.member) ?? [],
		);
		for (const { did } of own.sort((a, b) => earlier(a.node, b.node))) {
			const fresh = (bySigner.get(did) ?? []).filter((node) => !ownersActs.has(node.id));
			for (const node of fresh) if (ownerAt(node) === tenure) act(node, tenure);
			// A removal may have emptied seats, a promotion opened some.
			if (fresh.some(({ id }) => ownersActs.has(id))) takeSeats();
		}
	}

	return {
		seats: new Map([...seats].map(([did, [seat]]) => [did, seat!])),
		tenures,
		roleChanges,
		revocations: [...removals, ...[...leaves.values()].flat().filter(({ node }) => belongs(node))],
		isOwnersAct: (node) => ownersActs.has(node.id) && ownerAt(node) !== undefined,
		isMembersAct: belongs,
		outranks(by, did) {
			const now = { ...genesis, id: '', head: { ...genesis.head, did: by }, depth: Infinity };
			const tenure = ownerAt(now);
			return tenure !== undefined && mayRevoke(did, tenure, now);
		},
		compare,
	};
}

/** A device's first: else it would make itself an owner again with its old proof, whatever has become of it since. */
function recoveriesIn(graph: Graph, proven: Proven): ReadonlySet<Node> {
	const first = new Set<Node>();
	for (const node of graph.order) {
		if (node.op?.type !== 'recover' || !proven.has(node.id)) continue;
		const before = [...first].filter(({ head }) => head.did === node.head.did);
		if (!before.some((one) => graph.sees(node, one))) first.add(node);
	}
	return first;
}

/** Entries that would give a device a seat, if their signers may; in order. */
function seatOpeners(
	graph: Graph,
	proven: Proven,
	recoveries: ReadonlySet<Node>,
): readonly { did: Did; node: Node }[] {
	return graph.order.flatMap((node) => {
		const did = recoveries.has(node) ? node.head.did : openedBy(node, graph, proven);
		return did === undefined ? [] : [{ did, node }];
	});
}

function openedBy(node: Node, graph: Graph, proven: Proven): Did | undefined {
	const { op, head } = node;
	if (op?.type === 'genesis') return head.prevs.length ? undefined : head.did;
	if (op?.type === 'succeed') return proven.has(node.id) ? op.did : undefined;
	if (op?.type !== 'approve') return undefined;
	const join = graph.get(op.join);
	if (join?.op?.type !== 'join' || !proven.has(join.id) || !graph.sees(node, join))
		return undefined;
	return graph.get(join.op.invite)?.op?.type === 'invite' ? join.head.did : undefined;
}
