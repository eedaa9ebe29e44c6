/** The invites of a workspace, and who came in by each. */
import type { Bytes } from '#core/bytes.ts';
import { groupBy } from '#core/group.ts';
import type { Did } from '#crypto/device.ts';
import type { Graph, Node } from './graph.ts';
import type { MemberDevice } from './member-devices.ts';
import type { OperationOf } from './operations.ts';
import type { Role } from './workspaces.ts';

export interface InviteState {
	readonly id: string;
	readonly role: Exclude<Role, 'owner'>;
	readonly uses: number;
	readonly used: number;
	/** Who came in by it, and when. */
	readonly came: readonly { readonly did: Did; readonly at: number }[];
	readonly expiresAt: number;
	/** Ed25519, made from the seed in the link. */
	readonly publicKey: Bytes;
	readonly cancelled: boolean;
	/** Who made it. */
	readonly by: Did;
	readonly member?: Did;
	readonly offline?: { readonly name: string; readonly password: string };
}

export function concludeInvites(
	effective: readonly Node[],
	graph: Graph,
	momentOf: (node: Node) => number,
): Map<string, InviteState> {
	const admissions = groupBy(
		effective.flatMap((node) => {
			if (node.op?.type !== 'approve') return [];
			const join = graph.get(node.op.join)!;
			const { invite } = join.op as OperationOf<'join'>;
			return [{ invite, did: join.head.did, at: momentOf(node) }];
		}),
		({ invite }) => invite,
	);
	const cancelled = new Set(
		effective.flatMap(({ op }) => (op?.type === 'uninvite' ? [op.invite] : [])),
	);
	return new Map(
		effective.flatMap(({ id, op, head }) => {
			if (op?.type !== 'invite') return [];
			const { role, uses, expiresAt, publicKey, member, offline } = op;
			const came = admissions.get(id) ?? [];
			const state = {
				id,
				role,
				uses,
				used: came.length,
				came: came.map(({ did, at }) => ({ did, at })),
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

/**
 * Links that would let these devices back in while no owner is there: somebody of their person came in by them, or they made
 * them. Expired ones, too: whether one has expired, the clock of whoever admits says.
 */
export function waysBack(
	invites: Iterable<InviteState>,
	devices: ReadonlyMap<Did, MemberDevice>,
	gone: readonly Did[],
): InviteState[] {
	const personOf = (did: Did) => devices.get(did)?.member;
	const persons = new Set(gone.map(personOf));
	return [...invites].filter(
		({ offline, cancelled, used, uses, by, came }) =>
			offline &&
			!cancelled &&
			used < uses &&
			(gone.includes(by) || came.some(({ did }) => persons.has(personOf(did)))),
	);
}
