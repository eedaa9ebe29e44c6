/**
 * Who belongs and what counts, computed from the signed membership entries alone: the same entries give the same answer on
 * every device, in whatever order they came. Authority is what an entry says and who signed it, never a clock and never
 * local state. Only how long ago something was, which upkeep asks, is held against when this device heard of it.
 */
import { equalBytes, toHex, type Bytes } from '#core/bytes.ts';
import { groupBy } from '#core/group.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Did, PublicKeys } from '#crypto/device.ts';
import type { Boxed } from '#crypto/seal.ts';
import { judgeAuthority, type Authority } from './authority.ts';
import { mayWrite } from './chain-ends.ts';
import { hasEffect } from './effect.ts';
import { widOf, type SignedEntry } from './entry.ts';
import { readGivenKeys } from './given-keys.ts';
import {
	createGraph,
	readNode,
	withAncestors,
	type Graph,
	type Node,
	type Unplaced,
} from './graph.ts';
import { concludeInvites, type InviteState } from './invites.ts';
import { concludeDevices, type MemberDevice } from './member-devices.ts';
import type { Cuts, OperationOf } from './operations.ts';
import { prevsOf } from './prevs.ts';
import { checkProofs, type ProofCache } from './proofs.ts';

export { mayWrite } from './chain-ends.ts';
export type { InviteState } from './invites.ts';
export type { MemberDevice } from './member-devices.ts';

export interface StoredMembership extends SignedEntry {
	/** Hex of the entry's hash. */
	readonly id: string;
	/** When this device got it; shown in the audit, and nothing is taken to be later. No right hangs on it. */
	readonly receivedAt: number;
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
	/** As `momentOf` has it. */
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
	/** Entries that nobody names as seen yet. */
	readonly heads: readonly Bytes[];
	/** What the next entry of a device names as seen. */
	prevs(did: Did): readonly Bytes[];
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
	/** Kid of every key after the first -> a device was given it. */
	given(did: Did): ReadonlyMap<number, boolean>;
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

/** Was let in, or says with the word of one that was that it goes on as this one: whatever became of that, it may hear of it. */
export const isKnown = ({ devices, acts }: Membership, did: Did): boolean =>
	devices.has(did) ||
	acts.some(({ type, did: by, op }) => type === 'succeed' && op.did === did && devices.has(by));

/** May connect, read and be given keys. */
export const belongs = (membership: Membership, did: Did): boolean => {
	const ended = membership.devices.get(did)?.ended;
	return membership.devices.has(did) && ended !== 'revoked' && ended !== 'succeeded';
};

/** The last entry of a chain that counts. */
export const endOf = (membership: Membership, did: Did): number =>
	membership.devices.get(did)?.end ?? 0;

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

/** Entries as verified so far, and when each came; kept between replays, so that nothing is verified twice. */
export interface MembershipCache {
	readonly nodes: Map<string, Unplaced & { readonly receivedAt?: number | undefined }>;
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
	entries: readonly (SignedEntry & { readonly receivedAt?: number })[],
	cache: MembershipCache = createMembershipCache(),
): Promise<Result<Membership>> {
	for (const entry of entries) {
		const node = await readNode(entry);
		if (node.ok) cache.nodes.set(node.value.id, { ...node.value, receivedAt: entry.receivedAt });
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
	/**
	 * When something was, for upkeep alone: at the latest when this device heard of it, or a word dated ahead would keep the key from
	 * changing for years. Devices may differ in it, so nothing of authority hangs on it. To the signer's own device, whose clock
	 * may be wrong in both, it is what it says.
	 */
	const momentOf = ({ id, head }: Node) =>
		Math.min(head.hlc, cache.nodes.get(id)?.receivedAt ?? Infinity);
	return ok(conclude(wid, genesis, graph, authority, proven, momentOf));
}

function conclude(
	wid: Bytes,
	genesis: Node,
	graph: Graph,
	authority: Authority,
	proven: ReadonlySet<string>,
	momentOf: (node: Node) => number,
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
		at: momentOf(node),
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
		invites: concludeInvites(effective, graph, momentOf),
		heads: graph.heads,
		prevs: (did) =>
			prevsOf(
				...([did, graph, effects, authority.seats.get(did)?.node] as const),
				(one) => devices.get(one)?.role === 'owner',
			),
		epoch: {
			kid: epoch.kid,
			commitment: epoch.commitment,
			since: momentOf(epoch.node),
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
		given: readGivenKeys(effects, graph, authority),
		grounds: (did) => groundsOf(did, effective, graph, authority),
		outranks: authority.outranks,
		erasures,
		erasedIds: new Set(erasures.flatMap(({ ids }) => ids)),
		takeovers: concludeTakeovers(of('takeover'), devices),
		settled,
		checkpoint: checkpoint && {
			by: checkpoint.node.head.did,
			at: momentOf(checkpoint.node),
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

function groundsOf(
	did: Did,
	effective: readonly Node[],
	graph: Graph,
	{ seats, revocations }: Authority,
): Set<string> {
	// Whose place it took, or meant to take, decides what became of it.
	const line = new Set([did]);
	for (const { op, head } of [...graph.order].reverse())
		if (op?.type === 'succeed' && line.has(op.did)) line.add(head.did);
	const about = effective.filter(
		(node) =>
			[...line].some((one) => seats.get(one)?.node === node) ||
			(node.op?.type === 'succeed' && line.has(node.head.did)) ||
			revocations.some((revocation) => revocation.node === node && line.has(revocation.did)),
	);
	return withAncestors(
		graph.order,
		about.map(({ id }) => id),
	);
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
