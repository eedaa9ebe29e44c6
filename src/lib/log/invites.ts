/** The invites of a workspace, and how often each was used. */
import type { Bytes } from '#core/bytes.ts';
import { groupBy } from '#core/group.ts';
import type { Did } from '#crypto/device.ts';
import type { Graph, Node } from './graph.ts';
import type { OperationOf } from './operations.ts';
import type { Role } from './workspaces.ts';

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

export function concludeInvites(
	effective: readonly Node[],
	graph: Graph,
): Map<string, InviteState> {
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
