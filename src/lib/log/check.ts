/**
 * The checks of R1 on one entry of a device's chain, cheapest first: on the entry and on the signed log alone, never on local state
 * or time, so that every device answers alike.
 */
import { equalBytes, type Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { verify } from '#crypto/device.ts';
import { open } from '#crypto/seal.ts';
import {
	bodyMatches,
	dataPrefix,
	decodeDataHead,
	type DataHead,
	type SealedEntry,
} from './entry.ts';
import type { Keyring } from './keyring.ts';
import type { Membership } from './membership.ts';
import { decodePayload, type Payload } from './payload.ts';

/** Of this workspace, of a device that was let in, and whole. The sender answers for a failure. */
export async function readEntry(
	entry: SealedEntry,
	wid: Bytes,
	membership: Membership,
): Promise<Result<DataHead>> {
	const decoded = decodeDataHead(entry.head);
	if (!decoded.ok) return decoded;
	const head = decoded.value;
	if (!equalBytes(head.wid, wid)) return fail('Damaged', 'This entry is of another workspace.');
	if (!membership.devices.has(head.did))
		return fail('Forbidden', 'This entry is of a device that does not belong here.');
	if (entry.ct.length && !(await bodyMatches(head, entry.ct)))
		return fail('Damaged', 'The body of this entry is not the one it names.');
	return decoded;
}

export async function isSigned(
	entry: SealedEntry,
	head: DataHead,
	membership: Membership,
): Promise<boolean> {
	const author = membership.devices.get(head.did);
	return author !== undefined && verify(author.publicKeys.sign, entry.sig, entry.head);
}

/** Undefined while the key is not here. A body that cannot be read is its author's fault, and without effect. */
export async function openBody(
	head: DataHead,
	ct: Bytes,
	keyring: Keyring,
): Promise<Result<Payload> | undefined> {
	if (!ct.length) return ok(NOTHING);
	const key = keyring.contentKey(head.kid, head.did);
	if (!key) return undefined;
	const plain = await open(await key, head.iv, ct, dataPrefix(head));
	return plain.ok ? decodePayload(plain.value) : plain;
}

/** What an entry without a body says. */
export const NOTHING: Payload = { intent: { verb: '', entity: '', count: 0 }, updates: [] };
