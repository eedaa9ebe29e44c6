/**
 * The membership entries as a graph of who had seen what. Each entry is verified once, when it is added. Depth and id give an
 * order that never changes when other entries arrive: an entry's depth follows from its ancestors alone.
 */
import { toHex, type Bytes } from '#core/bytes.ts';
import { ok, type Result } from '#core/result.ts';
import { entryId, verifyMembership, type MembershipHead, type SignedEntry } from './entry.ts';
import { readOperation, type Operation } from './operations.ts';

export interface Node {
	/** Hex of the entry's hash. */
	readonly id: string;
	readonly hash: Bytes;
	readonly head: MembershipHead;
	/** Ids of those it names as seen. */
	readonly parents: readonly string[];
	/** Undefined when this version does not know it. */
	readonly op: Operation | undefined;
	/** Length of the longest way to the founding entry; `Infinity` of one that is not written yet and has seen all. */
	readonly depth: number;
}

export type Unplaced = Omit<Node, 'depth'>;

/** Verifies one entry on its own. */
export async function readNode(entry: SignedEntry): Promise<Result<Unplaced>> {
	const head = await verifyMembership(entry);
	if (!head.ok) return head;
	const hash = await entryId(entry.head);
	return ok({
		...{ id: toHex(hash), hash, head: head.value },
		parents: [...new Set(head.value.prevs.map(toHex))],
		op: readOperation(head.value.op),
	});
}

export interface Graph {
	/** Those whose ancestors are all here, parents first: by (depth, id). */
	readonly order: readonly Node[];
	get(id: string): Node | undefined;
	/** `a` is an ancestor of `b`: the writer of `b` had seen `a`. */
	sees(b: Node, a: Node): boolean;
	/** Entries that nobody names as seen: what the next entry names. */
	readonly heads: readonly Bytes[];
}

export function createGraph(genesisId: string, nodes: Iterable<Unplaced>): Graph {
	const all = new Map([...nodes].map((node) => [node.id, node]));
	const children = new Map<string, Unplaced[]>();
	const missing = new Map<string, number>();
	for (const node of all.values()) {
		missing.set(node.id, node.parents.length);
		for (const parent of node.parents) {
			const list = children.get(parent);
			if (list) list.push(node);
			else children.set(parent, [node]);
		}
	}
	const placed = new Map<string, Node>();
	const genesis = all.get(genesisId);
	const ready: Unplaced[] = genesis && !genesis.parents.length ? [genesis] : [];
	for (let node = ready.pop(); node; node = ready.pop()) {
		const depth = 1 + Math.max(-1, ...node.parents.map((parent) => placed.get(parent)!.depth));
		placed.set(node.id, { ...node, depth });
		for (const child of children.get(node.id) ?? []) {
			const left = missing.get(child.id)! - 1;
			missing.set(child.id, left);
			if (!left) ready.push(child);
		}
	}
	const order = [...placed.values()].sort((a, b) => a.depth - b.depth || (a.id < b.id ? -1 : 1));

	const placeOf = new Map(order.map(({ id }, place) => [id, place]));
	const parentsOf = order.map(({ parents }) => parents.map((parent) => placeOf.get(parent)!));
	/** Only entries that take or give rights are asked about, each walked once; a bit for each entry, or many would fill the memory. */
	const descendants = new Map<number, Uint8Array>();
	function descendantsOf(place: number): Uint8Array {
		let bits = descendants.get(place);
		if (!bits) {
			descendants.set(place, (bits = new Uint8Array((order.length >> 3) + 1)));
			for (let next = place + 1; next < order.length; next++)
				for (const parent of parentsOf[next]!)
					if (parent === place || hasBit(bits, parent)) bits[next >> 3]! |= 1 << (next & 7);
		}
		return bits;
	}
	const named = new Set(order.flatMap(({ parents }) => parents));
	return {
		order,
		get: (id) => placed.get(id),
		sees: (b, a) =>
			a.depth < b.depth &&
			(b.depth === Infinity || hasBit(descendantsOf(placeOf.get(a.id)!), placeOf.get(b.id)!)),
		heads: order.filter((node) => !named.has(node.id)).map((node) => node.hash),
	};
}

/** These and all that they rest on. `order`: parents first. */
export function withAncestors(
	order: readonly Pick<Node, 'id' | 'parents'>[],
	ids: Iterable<string>,
): Set<string> {
	const found = new Set(ids);
	for (const { id, parents } of order.toReversed())
		if (found.has(id)) for (const parent of parents) found.add(parent);
	return found;
}

const hasBit = (bits: Uint8Array, at: number): boolean => (bits[at >> 3]! & (1 << (at & 7))) !== 0;
