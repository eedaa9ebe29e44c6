/**
 * Who belongs, computed from the signed membership entries alone: the same entries give the same answer on every device, in
 * whatever order they came. Authority is what an entry says and who signed it, never a clock and never local state.
 *
 * Carried so far: genesis, invite, uninvite, join, approve. An entry of another type is kept and handed on, without effect,
 * so that versions mix.
 */
import { equalBytes, toHex, type Bytes } from '#core/bytes.ts';
import { createWriter } from '#core/codec.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { verify, type Did, type PublicKeys } from '#crypto/device.ts';
import { didBytes, entryId, verifyMembership, widOf } from './entry.ts';
import type { MembershipHead, SignedEntry } from './entry.ts';
import type { Role } from './workspaces.ts';

export interface StoredMembership extends SignedEntry {
	/** Hex of the entry's hash. */
	readonly id: string;
	/** When this device got it; shown in the audit, decides nothing. */
	readonly receivedAt: number;
}

export interface MemberDevice {
	readonly did: Did;
	readonly name: string;
	readonly role: Role;
	readonly publicKeys: PublicKeys;
	readonly joinedAt: number;
}

export interface InviteState {
	readonly id: string;
	readonly role: Exclude<Role, 'owner'>;
	readonly uses: number;
	readonly used: number;
	readonly expiresAt: number;
	/** Ed25519, made from the seed in the link. */
	readonly publicKey: Bytes;
	readonly cancelled: boolean;
}

export interface Genesis {
	readonly name: string;
	readonly language: string;
	readonly currency: string;
	readonly timeZone: string;
}

export interface Membership {
	readonly wid: Bytes;
	readonly genesis: Genesis;
	readonly createdAt: number;
	readonly founder: Did;
	readonly devices: ReadonlyMap<Did, MemberDevice>;
	readonly invites: ReadonlyMap<string, InviteState>;
	/** Entries that nobody names as seen yet: what the next entry names. */
	readonly heads: readonly Bytes[];
	/** Device -> the epoch key boxed for it. */
	readonly wraps: ReadonlyMap<Did, { kid: number; enc: Bytes; ct: Bytes }>;
}

/** What a newcomer signs with the invite's key: it binds the proof to one device in one workspace. */
export const joinStatement = (wid: Bytes, did: Did): Bytes =>
	createWriter().text('perennial/1 join').raw(wid).raw(didBytes(did)).done();

/** What a device signs with the recovery key: it binds the proof to one device in one workspace. */
export const recoverStatement = (wid: Bytes, did: Did): Bytes =>
	createWriter().text('perennial/1 recover').raw(wid).raw(didBytes(did)).done();

interface Node {
	readonly id: string;
	readonly hash: Bytes;
	readonly head: MembershipHead;
}

/** Verifies every entry on its own, then replays them in causal order. `Damaged` when there is no valid genesis. */
export async function replayMembership(
	wid: Bytes,
	entries: readonly SignedEntry[],
): Promise<Result<Membership>> {
	const nodes = new Map<string, Node>();
	for (const entry of entries) {
		const head = await verifyMembership(entry);
		if (!head.ok) continue;
		const hash = await entryId(entry.head);
		nodes.set(toHex(hash), { id: toHex(hash), hash, head: head.value });
	}
	const genesis = [...nodes.values()].find(
		(node) => node.head.op.type === 'genesis' && equalBytes(widOf(node.hash), wid),
	);
	if (!genesis) return fail('Damaged', 'The founding entry of this workspace is missing.');
	const ordered = causalOrder(genesis, nodes);
	const state = openState(wid, genesis);
	for (const node of ordered) await step(state, node);
	const named = new Set(ordered.flatMap((node) => node.head.prevs.map(toHex)));
	return ok({
		...state,
		heads: ordered.filter((node) => !named.has(node.id)).map((node) => node.hash),
	});
}

/** Parents first; among the free ones by hash, so that all devices agree. Entries whose parents are missing wait. */
function causalOrder(genesis: Node, nodes: ReadonlyMap<string, Node>): Node[] {
	const ordered: Node[] = [];
	const placed = new Set<string>();
	let waiting = [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
	for (let moved = true; moved;) {
		moved = false;
		const later: Node[] = [];
		for (const node of waiting) {
			const rooted = node === genesis || node.head.prevs.length > 0;
			if (rooted && node.head.prevs.every((prev) => placed.has(toHex(prev)))) {
				ordered.push(node);
				placed.add(node.id);
				moved = true;
			} else later.push(node);
		}
		waiting = later;
	}
	return ordered;
}

interface State extends Omit<Membership, 'heads'> {
	readonly devices: Map<Did, MemberDevice>;
	readonly invites: Map<string, InviteState>;
	readonly wraps: Map<Did, { kid: number; enc: Bytes; ct: Bytes }>;
	readonly joins: Map<string, { head: MembershipHead; invite: string; name: string }>;
	/** Ed25519, from the founding entry. */
	readonly recovery: Bytes | undefined;
}

function openState(wid: Bytes, genesis: Node): State {
	const { did, publicKeys, hlc, op } = genesis.head;
	const recovery = (op.recovery as { sign?: unknown } | undefined)?.sign;
	const founder: MemberDevice = {
		did,
		name: String(op.userName ?? ''),
		role: 'owner',
		publicKeys,
		joinedAt: hlc,
	};
	return {
		wid,
		genesis: {
			name: String(op.name ?? ''),
			language: String(op.language ?? 'en'),
			currency: String(op.currency ?? 'EUR'),
			timeZone: String(op.timeZone ?? 'UTC'),
		},
		createdAt: hlc,
		founder: did,
		devices: new Map([[did, founder]]),
		invites: new Map(),
		wraps: new Map(),
		joins: new Map(),
		recovery: isBytes(recovery) ? recovery : undefined,
	};
}

const isBytes = (value: unknown): value is Bytes => value instanceof Uint8Array;

/** An entry without the right to say what it says has no effect; it stays in the log and in the audit. */
async function step(state: State, node: Node): Promise<void> {
	const { head } = node;
	const { op } = head;
	if (!equalBytes(head.wid, state.wid)) return;
	const byOwner = state.devices.get(head.did)?.role === 'owner';
	switch (op.type) {
		case 'invite': {
			if (!byOwner || (op.role !== 'editor' && op.role !== 'viewer')) return;
			if (!isBytes(op.publicKey) || op.publicKey.length !== 32) return;
			const invite = {
				id: node.id,
				role: op.role as InviteState['role'],
				uses: Number(op.uses) || 1,
				used: 0,
				expiresAt: Number(op.expiresAt) || 0,
				publicKey: op.publicKey,
				cancelled: false,
			};
			state.invites.set(node.id, invite);
			return;
		}
		case 'uninvite': {
			const invite = state.invites.get(String(op.invite));
			if (byOwner && invite) state.invites.set(invite.id, { ...invite, cancelled: true });
			return;
		}
		case 'join': {
			const invite = state.invites.get(String(op.invite));
			if (!invite || !isBytes(op.proof)) return;
			if (!(await verify(invite.publicKey, op.proof, joinStatement(state.wid, head.did)))) return;
			state.joins.set(node.id, { head, invite: invite.id, name: String(op.name ?? '') });
			return;
		}
		case 'recover': {
			if (!state.recovery || !isBytes(op.proof) || state.devices.has(head.did)) return;
			const statement = recoverStatement(state.wid, head.did);
			if (!(await verify(state.recovery, op.proof, statement))) return;
			state.devices.set(head.did, {
				did: head.did,
				name: String(op.name ?? ''),
				role: 'owner',
				publicKeys: head.publicKeys,
				joinedAt: head.hlc,
			});
			return;
		}
		case 'approve': {
			const join = state.joins.get(String(op.join));
			if (!byOwner || !join || state.devices.has(join.head.did)) return;
			const invite = state.invites.get(join.invite)!;
			if (invite.used >= invite.uses) return;
			state.invites.set(invite.id, { ...invite, used: invite.used + 1 });
			state.devices.set(join.head.did, {
				did: join.head.did,
				name: join.name,
				role: invite.role,
				publicKeys: join.head.publicKeys,
				joinedAt: head.hlc,
			});
			if (isBytes(op.enc) && isBytes(op.ct))
				state.wraps.set(join.head.did, { kid: Number(op.kid) || 0, enc: op.enc, ct: op.ct });
			return;
		}
	}
}

export const mayWrite = (role: Role | undefined): boolean => role === 'owner' || role === 'editor';
