/**
 * Which epoch keys a device was given, as the entries say: boxed in a rotation, with its admission, or by somebody since. Nobody
 * else can see whether a box opens; so a device says itself which keys it holds (`keys` to itself), and what had come to it
 * from the same hands counts for nothing more.
 */
import { groupBy } from '#core/group.ts';
import type { Did } from '#crypto/device.ts';
import type { Authority } from './authority.ts';
import type { Graph, Node } from './graph.ts';
import type { OperationOf } from './operations.ts';

interface Gift {
	readonly node: Node;
	readonly op: OperationOf<'keys'>;
}

/**
 * For a device: kid -> it was given the key. Of all keys that owners made, those whose announcement turned out void as well: honest
 * devices had sealed under them before they knew.
 */
export function readGivenKeys(
	effects: ReadonlySet<Node>,
	graph: Graph,
	{ seats, tenures }: Authority,
): (did: Did) => ReadonlyMap<number, boolean> {
	const owners = new Set(tenures.map(({ member }) => member));
	const wasOwner = (did: Did) => owners.has(seats.get(did)?.member ?? '');
	const made = graph.order.flatMap((node) => {
		const { op, head } = node;
		if (op?.type !== 'rotate' || !(effects.has(node) || wasOwner(head.did))) return [];
		return [{ node, op }];
	});
	const gifts = groupBy(
		[...effects].flatMap((node): Gift[] =>
			node.op?.type === 'keys' ? [{ node, op: node.op }] : [],
		),
		({ op }) => op.device,
	);

	return (did) => {
		const seat = seats.get(did)?.node;
		const own = gifts.get(did) ?? [];
		const last = own.findLast(({ node }) => node.head.did === did);
		return new Map(
			made.map(({ node, op: { kid, keys } }) => {
				const boxed = node.head.did === did || Object.hasOwn(keys, did) ? [node] : [];
				const admitted = seat && (seat === node || graph.sees(seat, node)) ? [seat] : [];
				const since = own.flatMap(({ node: gift, op: { kids } }) =>
					(kids ? kids.includes(kid) : graph.sees(gift, node)) ? gift : [],
				);
				const all = [...boxed, ...admitted, ...since];
				const inVain = new Set(
					all.flatMap((one) => (last && graph.sees(last.node, one) ? one.head.did : [])),
				);
				const holds = last?.op.kids?.includes(kid) === true;
				return [kid, holds || all.some(({ head }) => !inVain.has(head.did))] as const;
			}),
		);
	};
}
