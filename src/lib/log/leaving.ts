/**
 * Which devices end when some are removed: also those that these had been before, which may exist as a copy and could go on once
 * more; and when nothing of a person is left, all that was ever theirs.
 */
import { groupBy } from '#core/group.ts';
import type { Did } from '#crypto/device.ts';
import { belongs, type Membership } from './membership.ts';

export function leavingWith(membership: Membership, removed: readonly Did[]): readonly Did[] {
	const leaving = new Set(removed);
	for (const { type, did, op } of membership.acts.toReversed())
		if (type === 'succeed' && leaving.has(String(op.did))) leaving.add(did);
	const devices = [...membership.devices.values()];
	for (const own of groupBy(devices, ({ member }) => member).values()) {
		const left = own.filter(({ did }) => belongs(membership, did) && !leaving.has(did));
		if (!left.length && own.some(({ did }) => leaving.has(did)))
			for (const { did } of own) leaving.add(did);
	}
	return [...leaving].filter((did) => {
		const device = membership.devices.get(did);
		return device !== undefined && device.ended !== 'revoked';
	});
}
