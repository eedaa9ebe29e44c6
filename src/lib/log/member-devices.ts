/** The devices of a workspace as its entries leave them: whose they are, what they may do, and where their chains end. */
import { groupBy } from '#core/group.ts';
import type { Did, PublicKeys } from '#crypto/device.ts';
import type { Authority, Seat } from './authority.ts';
import { endByRole, standing, stopsIn, type Ended } from './chain-ends.ts';
import type { Graph, Node } from './graph.ts';
import type { OperationOf } from './operations.ts';
import type { Role } from './workspaces.ts';

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

export function concludeDevices(
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
