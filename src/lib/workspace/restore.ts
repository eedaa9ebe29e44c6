/**
 * A workspace back onto a device that does not have it: the words open the file, the device makes keys of its own and proves
 * with the recovery key that it may come in. The data itself then comes the way of every restore (`safety.ts`).
 */
import { equalBytes, fromBase64url } from '#core/bytes.ts';
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { createDeviceKeys, sign } from '#crypto/device.ts';
import { recoveryKeysFrom, type RecoveryKeys } from '#crypto/recovery.ts';
import { encodeMembershipHead, type SignedEntry } from '#log/entry.ts';
import { storeWorkspace, type StoreOf } from '#log/found.ts';
import { committed, type EpochKey } from '#log/keyring.ts';
import { replayMembership } from '#log/membership.ts';
import { openBundle } from '#log/read-bundle.ts';
import { recoverProof, recoveryOf } from '#log/recovery.ts';
import { recoveryEntropy } from './kit.ts';
import type { OnStep } from './safety.ts';

export interface RestoreOptions {
	/** The words, or the text of a kit with the passphrase that sealed it. */
	readonly words: string;
	readonly passphrase?: string;
	/** How colleagues see the person at this device. */
	readonly userName?: string;
}

/** Resolves to the workspace's id; the file has been read to its end and is good. */
export async function restoreWorkspace(
	file: Blob,
	{ words, passphrase, userName = '' }: RestoreOptions,
	onStep: OnStep,
	now: Clock,
	storeOf: StoreOf,
): Promise<Result<string>> {
	const entropy = await recoveryEntropy(words, passphrase);
	if (!entropy.ok) return entropy;
	const recovery = await recoveryKeysFrom(entropy.value);
	const read = await readKeys(file, recovery, onStep);
	if (!read.ok) return read;
	const { wid, entries, epochs } = read.value;
	const widBytes = fromBase64url(wid)!;
	const named = await recoveryOf(widBytes, entries);
	if (!named || !equalBytes(named.sign, recovery.publicKeys.sign))
		return fail('Invalid', 'These words do not belong to this backup.', { field: 'words' });
	const membership = await replayMembership(widBytes, entries);
	if (!membership.ok) return membership;
	const keys = await committed(epochs, membership.value.commitments);
	if (!keys.length)
		return fail(
			'Damaged',
			'The keys in this backup are not the workspace’s. Use another copy of it.',
		);

	const device = await createDeviceKeys();
	const head = encodeMembershipHead({
		wid: widBytes,
		did: device.did,
		publicKeys: device.publicKeys,
		prevs: membership.value.prevs(device.did),
		hlc: now(),
		op: {
			type: 'recover',
			name: userName,
			proof: await recoverProof(recovery, widBytes, device.did),
		},
	});
	const own = { head, sig: await sign(device, head) };
	const stored = await storeWorkspace(device, keys, [...entries, own], now(), storeOf(wid));
	return stored.ok ? ok(wid) : stored;
}

interface FileKeys {
	readonly wid: string;
	readonly entries: readonly SignedEntry[];
	readonly epochs: readonly EpochKey[];
}

async function readKeys(
	file: Blob,
	recovery: RecoveryKeys,
	onStep: OnStep,
): Promise<Result<FileKeys>> {
	const opened = await openBundle(file, { recovery });
	if (!opened.ok) return opened;
	const entries: SignedEntry[] = [];
	let epochs: readonly EpochKey[] = [];
	for await (const piece of opened.value.pieces()) {
		if (!piece.ok) return piece;
		for (const record of piece.value.records) {
			if (record.type === 'membership') entries.push(record.entry);
			else if (record.type === 'epochs') epochs = record.keys;
		}
		if (!(await onStep(piece.value.read, file.size)))
			return fail('Cancelled', 'Cancelled. Nothing was changed.');
	}
	return ok({ wid: opened.value.wid, entries, epochs });
}
