/** Where chains stand in the eyes of this device: the last entry of each that it has seen, as revocations and checkpoints name it. */
import type { Did } from '#crypto/device.ts';
import { NO_HASH } from './entry.ts';
import type { ChainHead } from './log-store.ts';
import type { Cut, Cuts } from './operations.ts';

export const cutOf = (chain: ChainHead | undefined): Cut => ({
	seq: chain?.seq ?? 0,
	head: chain?.id ?? NO_HASH,
});

export const cutsOf = (
	log: { chain(did: Did): ChainHead | undefined },
	devices: Iterable<Did>,
): Cuts => Object.fromEntries([...devices].map((did) => [did, cutOf(log.chain(did))]));
