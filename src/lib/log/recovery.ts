/** The recovery key's public halves, as the founding entry names them; and what proves the private one. */
import { equalBytes, type Bytes } from '#core/bytes.ts';
import type { RecoveryKeys, RecoveryPublic } from '#crypto/recovery.ts';
import type { Did } from '#crypto/device.ts';
import { decodeMembershipHead, entryId, widOf, type SignedEntry } from './entry.ts';
import { recoverStatement } from './proofs.ts';

/** Undefined for a workspace founded before there were recovery keys. */
export async function recoveryOf(
	wid: Bytes,
	entries: readonly SignedEntry[],
): Promise<RecoveryPublic | undefined> {
	for (const { head } of entries) {
		const decoded = decodeMembershipHead(head);
		if (!decoded.ok || decoded.value.op.type !== 'genesis') continue;
		if (!equalBytes(widOf(await entryId(head)), wid)) continue;
		const { sign, agree } = (decoded.value.op.recovery ?? {}) as Partial<RecoveryPublic>;
		if (isKey(sign, 32) && isKey(agree, 65)) return { sign, agree };
	}
	return undefined;
}

const isKey = (value: unknown, length: number): value is Bytes =>
	value instanceof Uint8Array && value.length === length;

/** Ed25519 over the statement that this device speaks for the recovery key. */
export async function recoverProof(keys: RecoveryKeys, wid: Bytes, did: Did): Promise<Bytes> {
	const statement = recoverStatement(wid, did);
	return new Uint8Array(await crypto.subtle.sign('Ed25519', keys.sign.privateKey, statement));
}
