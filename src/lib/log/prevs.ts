/**
 * What a device's next membership entry names as seen: all heads, or where those are more than fit, the ends of what has effect.
 * So nobody can crowd out what the signer's own rights, and what owners did, rest on.
 */
import type { Bytes } from '#core/bytes.ts';
import type { Did } from '#crypto/device.ts';
import { withAncestors, type Graph, type Node } from './graph.ts';

/** Those that do not fit are named by the next. */
const MOST_PREVS = 64;

export function prevsOf(
	did: Did,
	graph: Graph,
	effects: ReadonlySet<Node>,
	seat: Node | undefined,
	isOwner: (did: Did) => boolean,
): readonly Bytes[] {
	if (graph.heads.length <= MOST_PREVS) return graph.heads;
	const ends = endsOf(graph, effects);
	const lastOf = new Map<Did, Node>();
	for (const node of ends.toReversed()) lastOf.set(node.head.did, node);
	const own = seat && ends.find((node) => node === seat || graph.sees(node, seat));
	const last = [...lastOf.values()];
	const chosen = [
		...[lastOf.get(did), own].filter((node) => node !== undefined),
		...last.filter((node) => isOwner(node.head.did)),
		...last,
		...ends,
	];
	return [...new Set(chosen)].slice(0, MOST_PREVS).map(({ hash }) => hash);
}

/** Entries with effect that none with effect has seen, latest first. */
function endsOf(graph: Graph, effects: ReadonlySet<Node>): readonly Node[] {
	const seen = withAncestors(
		graph.order,
		[...effects].flatMap(({ parents }) => parents),
	);
	return graph.order.toReversed().filter((node) => effects.has(node) && !seen.has(node.id));
}
