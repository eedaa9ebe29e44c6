/**
 * What entries say of an epoch key: the commitment that its maker signed, and the short name under which heads of entries call for
 * it. Both follow from the key, so that nobody can announce another key under the same name.
 */
import { concat, utf8, type Bytes } from '#core/bytes.ts';
import { sha256 } from '#crypto/hash.ts';

export const commitmentOf = (key: Bytes): Promise<Bytes> =>
	sha256(concat(utf8('perennial/1 epoch'), key));

/** 48 bits of the commitment; 0 is the first key's. */
export const kidOf = (commitment: Bytes): number =>
	commitment.subarray(0, 6).reduce((kid, byte) => kid * 256 + byte, 0) || 1;
