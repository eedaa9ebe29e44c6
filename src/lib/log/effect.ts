/** Which entries have effect: those whose signers had the right to say what they say (R3, R4). */
import type { Did } from '#crypto/device.ts';
import type { Authority } from './authority.ts';
import type { Graph, Node } from './graph.ts';

/** An entry without the right to say what it says has no effect; it stays in the log and in the audit. */
export function hasEffect(
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
		case 'recover':
			return seatMadeBy(node.head.did);
		case 'join':
			return proven.has(node.id);
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
