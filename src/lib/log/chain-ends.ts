/** Where chains stop counting (R3): by what their people were, by a removal, by leaving, by a fork. */
import { groupBy } from '#core/group.ts';
import type { Did } from '#crypto/device.ts';
import type { Authority, RoleChange } from './authority.ts';
import { decodeDataHead } from './entry.ts';
import type { Graph, Node } from './graph.ts';
import type { Role } from './workspaces.ts';

export type Ended = 'revoked' | 'forked' | 'succeeded';

export const mayWrite = (role: Role | undefined): boolean => role === 'owner' || role === 'editor';

/** The role changes of a member that stand: of two made without knowledge of each other, the senior's. */
export function standing(
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
export function endByRole(did: Did, base: Role, changes: readonly RoleChange[]): number {
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
export function stopsIn(
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
