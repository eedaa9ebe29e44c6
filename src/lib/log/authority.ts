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

export interface Authority {
	readonly seats: ReadonlyMap<Did, Seat>;
	readonly roleChanges: readonly RoleChange[];
	readonly revocations: readonly Revocation[];
	/** What an owner signed, and was allowed to. */
	isOwnersAct(node: Node): boolean;
	/** What any device of the workspace signed while it belonged. */
	isMembersAct(node: Node): boolean;
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
	const openers = seatOpeners(graph, proven);
	const tenures: Tenure[] = [{ member: founder, since: genesis, recovered: false }];
	for (const node of graph.order)
		if (node.op?.type === 'recover' && proven.has(node.id))
			tenures.push({ member: node.head.did, since: node, recovered: true });
	const waiting = [...tenures];
	const ownersActs = new Set<string>();
	const roleChanges: RoleChange[] = [];
	const revocations: Revocation[] = [];
	let seats = new Map<Did, Seat | undefined>();
	/** Anybody may end a device of their own by its own word: that needs no rank, and no later word takes it back. */
	const leaves = graph.order.flatMap((node): Revocation[] => {
		const { op, head } = node;
		const cut = op?.type === 'revoke' ? op.cuts[head.did] : undefined;
		return cut ? [{ node, did: head.did, cut }] : [];
	});

	/** Undefined also while it is being worked out: nothing lets itself in. */
	function seatOf(did: Did): Seat | undefined {
		if (seats.has(did)) return seats.get(did);
		seats.set(did, undefined);
		const seat = openers
			.get(did)
			?.map((node) => readSeat(did, node))
			.find((one) => one !== undefined);
		seats.set(did, seat);
		return seat;
	}

	function readSeat(did: Did, node: Node): Seat | undefined {
		const { op } = node;
		if (op?.type === 'genesis' || op?.type === 'recover')
			return { did, member: did, node, role: 'owner' };
		if (op?.type === 'succeed') {
			const before = belongs(node) ? seatOf(node.head.did) : undefined;
			return before && { ...before, did, node };
		}
		if (op?.type !== 'approve') return undefined;
		const join = graph.get(op.join)!;
		const invite = graph.get((join.op as OperationOf<'join'>).invite)!;
		const { role, member, offline } = invite.op as OperationOf<'invite'>;
		if (member) {
			const own = [invite, node].every(
				(act) => belongs(act) && seatOf(act.head.did)?.member === member,
			);
			return own ? { did, member, node, role: seatOf(node.head.did)!.role } : undefined;
		}
		const admitted = ownerAt(invite) && (ownerAt(node) || (offline && belongs(node)));
		return admitted ? { did, member: did, node, role } : undefined;
	}

	/** The signer's device belonged, in the eyes of this entry and of every removal known so far. */
	function belongs(node: Node): boolean {
		return (
			stands(node) &&
			leaves.every(
				(leave) =>
					leave.did !== node.head.did ||
					leave.node === node ||
					graph.sees(leave.node, node) ||
					!stands(leave.node),
			)
		);
	}

	/** As far as others are concerned. */
	function stands(node: Node): boolean {
		const { did } = node.head;
		const seat = seatOf(did);
		if (!seat) return false;
		if (seat.node !== node && !graph.sees(node, seat.node)) return false;
		return revocations.every((gone) => gone.did !== did || graph.sees(gone.node, node));
	}

	/** The tenure under which the signer spoke. */
	function ownerAt(node: Node): Tenure | undefined {
		if (!belongs(node)) return undefined;
		const { member } = seatOf(node.head.did)!;
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
				!graph.sees(node, other.since) ||
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
		const seat = seatOf(did);
		const own = seatOf(node.head.did)!;
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
				if (mayRevoke(did, tenure, node)) revocations.push({ node, did, cut });
	}

	const bySigner = groupBy(graph.order, (node) => node.head.did);
	for (;;) {
		waiting.sort(compare);
		const tenure = waiting.shift();
		if (!tenure) break;
		const own = [...openers.keys()].flatMap((did) => {
			const seat = seatOf(did);
			return seat?.member === tenure.member ? [seat] : [];
		});
		for (const { did } of own.sort((a, b) => earlier(a.node, b.node))) {
			for (const node of bySigner.get(did) ?? [])
				if (!ownersActs.has(node.id) && ownerAt(node) === tenure) act(node, tenure);
			// A removal may have emptied seats.
			seats = new Map();
		}
	}

	for (const leave of leaves)
		if (stands(leave.node) && !revocations.some(({ node }) => node === leave.node))
			revocations.push(leave);
	for (const did of openers.keys()) seatOf(did);
	return {
		seats: new Map([...seats].flatMap(([did, seat]) => (seat ? [[did, seat] as const] : []))),
		roleChanges,
		revocations,
		isOwnersAct: (node) => ownersActs.has(node.id) && ownerAt(node) !== undefined,
		isMembersAct: belongs,
		compare,
	};
}

/** Entries that would give a device a seat, if their signers may. */
function seatOpeners(graph: Graph, proven: Proven): Map<Did, Node[]> {
	const openers = new Map<Did, Node[]>();
	const add = (did: Did, node: Node) => {
		const list = openers.get(did);
		if (list) list.push(node);
		else openers.set(did, [node]);
	};
	for (const node of graph.order) {
		const { op, head } = node;
		if (op?.type === 'genesis' && !head.prevs.length) add(head.did, node);
		else if (op?.type === 'recover' && proven.has(node.id)) add(head.did, node);
		else if (op?.type === 'succeed' && proven.has(node.id)) add(successorOf(node), node);
		else if (op?.type === 'approve') {
			const join = graph.get(op.join);
			if (join?.op?.type !== 'join' || !proven.has(join.id) || !graph.sees(node, join)) continue;
			if (graph.get(join.op.invite)?.op?.type === 'invite') add(join.head.did, node);
		}
	}
	return openers;
}

/** Proven: the entry names the id that its keys hash to. */
const successorOf = (node: Node): Did => (node.op as OperationOf<'succeed'>).did;
