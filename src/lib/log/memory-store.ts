/** A log store in memory: the simulator's disk. What was written survives `close`, as a disk does. */
import { ok } from '#core/result.ts';
import type { Did } from '#crypto/device.ts';
import {
	StaleChain,
	notHere,
	type Ack,
	type ChainHead,
	type LogStore,
	type PartHead,
	type Secrets,
	type StoredEntry,
} from './log-store.ts';
import type { StoredMembership } from './membership.ts';

export function createMemoryStore(): LogStore {
	const entries = new Map<Did, Map<number, StoredEntry>>();
	/** Highest place taken. */
	const lasts = new Map<Did, number>();
	const chains = new Map<Did, ChainHead>();
	const parts = new Map<string, PartHead>();
	const membership = new Map<string, StoredMembership>();
	const acks = new Map<Did, Ack>();
	let founding: StoredMembership | undefined;
	let secrets: Partial<Secrets> = {};

	const chainOf = (did: Did) => entries.get(did) ?? new Map<number, StoredEntry>();
	const all = () => [...entries.values()].flatMap((chain) => [...chain.values()]);

	return {
		secrets: async () => (secrets.device ? ok(secrets as Secrets) : notHere()),
		founding: async () => founding,
		membership: async () => [...membership.values()],
		chains: async () => [...chains.values()],
		parts: async () => [...parts.values()],
		acks: async () => [...acks.values()],
		get: async (did, seq) => chainOf(did).get(seq),
		async page(did, from, limit) {
			const chain = chainOf(did);
			const out: StoredEntry[] = [];
			const last = lasts.get(did) ?? 0;
			for (let seq = from; seq <= last && out.length < limit; seq++) {
				const entry = chain.get(seq);
				if (entry) out.push(entry);
			}
			return out;
		},
		seqsOfPart: async (did, part) =>
			[...chainOf(did).values()]
				.filter((entry) => entry.parts.includes(`${did}/${part}`))
				.map(({ seq }) => seq)
				.sort((a, b) => a - b),
		gaps: async (gap) =>
			all()
				.filter((entry) => entry.gap === gap)
				.map(({ did, seq }) => [did, seq] as const),
		async write(change) {
			for (const [did, seq] of Object.entries(change.expect ?? {}))
				if ((chains.get(did)?.seq ?? 0) !== seq) throw new StaleChain();
			for (const entry of change.entries ?? []) {
				let chain = entries.get(entry.did);
				if (!chain) entries.set(entry.did, (chain = new Map()));
				chain.set(entry.seq, entry);
				lasts.set(entry.did, Math.max(lasts.get(entry.did) ?? 0, entry.seq));
			}
			for (const chain of change.chains ?? []) chains.set(chain.did, chain);
			for (const key of change.removeParts ?? []) parts.delete(key);
			for (const part of change.parts ?? []) parts.set(part.key, part);
			for (const entry of change.membership ?? []) membership.set(entry.id, entry);
			founding = change.founding ?? founding;
			secrets = { ...secrets, ...change.secrets };
		},
		putAck: async (ack) => void acks.set(ack.did, ack),
		async destroy() {
			for (const table of [entries, lasts, chains, parts, membership, acks]) table.clear();
			founding = undefined;
			secrets = {};
		},
		close() {},
	};
}
