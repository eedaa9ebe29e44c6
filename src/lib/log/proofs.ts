/** The statements that entries carry proofs of, and whether the proofs hold. A proof is checked once and remembered. */
import { equalBytes, type Bytes } from '#core/bytes.ts';
import { createWriter } from '#core/codec.ts';
import { didOf, verify, type Did } from '#crypto/device.ts';
import { decodeDataHead, didBytes } from './entry.ts';
import type { Graph, Node } from './graph.ts';
import type { OperationOf } from './operations.ts';

const statement = (what: string, wid: Bytes, did: Did): Bytes =>
	createWriter().text(`perennial/1 ${what}`).raw(wid).raw(didBytes(did)).done();

/** What a newcomer signs with the invite's key: it binds the proof to one device in one workspace. */
export const joinStatement = (wid: Bytes, did: Did): Bytes => statement('join', wid, did);

/** What the recovery key signs for a new device. */
export const recoverStatement = (wid: Bytes, did: Did): Bytes => statement('recover', wid, did);

/** What a successor signs with its own key; `did` is the device that it succeeds. */
export const succeedStatement = (wid: Bytes, did: Did): Bytes => statement('succeed', wid, did);

export type ProofCache = Map<string, boolean>;

/** Ids of the entries whose proofs hold. */
export async function checkProofs(
	graph: Graph,
	wid: Bytes,
	cache: ProofCache,
): Promise<ReadonlySet<string>> {
	const proven = new Set<string>();
	for (const node of graph.order) {
		if (!(node.op && node.op.type in provers)) continue;
		let holds = cache.get(node.id);
		if (holds === undefined) cache.set(node.id, (holds = await prove(node, graph, wid)));
		if (holds) proven.add(node.id);
	}
	return proven;
}

type Prover<T> = (op: T, node: Node, graph: Graph, wid: Bytes) => Promise<boolean> | boolean;

const provers: { readonly [T in 'join' | 'recover' | 'succeed' | 'fork']: Prover<OperationOf<T>> } =
	{
		join(op, node, graph, wid) {
			const invite = graph.get(op.invite);
			if (invite?.op?.type !== 'invite' || !graph.sees(node, invite)) return false;
			return verify(invite.op.publicKey, op.proof, joinStatement(wid, node.head.did));
		},
		recover(op, node, graph, wid) {
			const genesis = graph.order[0]?.op as OperationOf<'genesis'>;
			if (!genesis.recovery) return false;
			return verify(genesis.recovery.sign, op.proof, recoverStatement(wid, node.head.did));
		},
		async succeed(op, node, _graph, wid) {
			if ((await didOf(op.publicKeys)) !== op.did) return false;
			return verify(op.publicKeys.sign, op.proof, succeedStatement(wid, node.head.did));
		},
		/** Two different entries in one place of a chain, both signed by its device (R5). */
		async fork(op, node, graph, wid) {
			const [a, b] = [decodeDataHead(op.a.head), decodeDataHead(op.b.head)];
			if (!a.ok || !b.ok || equalBytes(op.a.head, op.b.head)) return false;
			if (a.value.did !== b.value.did || a.value.seq !== b.value.seq) return false;
			if (!equalBytes(a.value.wid, wid) || !equalBytes(b.value.wid, wid)) return false;
			const keys = await signingKeyOf(graph, a.value.did, node);
			if (!keys) return false;
			return (await verify(keys, op.a.sig, op.a.head)) && (await verify(keys, op.b.sig, op.b.head));
		},
	};

const prove = async (node: Node, graph: Graph, wid: Bytes): Promise<boolean> =>
	(provers[node.op!.type as keyof typeof provers] as Prover<typeof node.op>)(
		node.op,
		node,
		graph,
		wid,
	);

/**
 * From what the entry's writer had seen: any entry that the device signed, or one that names its keys as a successor's. Anybody
 * can name others, so only keys that the device's id follows from are its.
 */
async function signingKeyOf(graph: Graph, did: Did, seenBy: Node): Promise<Bytes | undefined> {
	for (const node of graph.order) {
		const { head, op } = node;
		const keys = op?.type === 'succeed' && op.did === did ? op.publicKeys : head.publicKeys;
		if ((keys !== head.publicKeys || head.did === did) && graph.sees(seenBy, node))
			if ((await didOf(keys)) === did) return keys.sign;
	}
	return undefined;
}
