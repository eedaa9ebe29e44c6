/** What people do in the simulation: found, invite, join, change rights, edit. Honest ones go through the real code only. */
import { unwrap } from '#core/result.ts';
import { createDeviceKeys } from '#crypto/device.ts';
import { foundWorkspace } from '#log/found.ts';
import type { LogStore } from '#log/log-store.ts';
import { cutsOf } from '#log/cuts.ts';
import { rotate } from '#log/rotation.ts';
import type { Role } from '#log/workspaces.ts';
import { askToJoin, receiveNewcomer } from '#sync/admission.ts';
import { inviteTo } from '#tests/support/memory.ts';
import { newDisk, type SimDevice } from './device.ts';
import { SOUND, createSimLinks } from './network.ts';
import type { World } from './world.ts';

export async function found(world: World): Promise<{ wid: string; disk: LogStore }> {
	const disk = newDisk();
	const genesis = {
		...{ name: 'Sim', language: 'en', currency: 'EUR', timeZone: 'UTC' },
		userName: 'founder',
	};
	return { wid: unwrap(await foundWorkspace(genesis, world.now(), () => disk)), disk };
}

/** Invites, asks and admits over a sound link. */
export async function join(
	world: World,
	owner: SimDevice,
	role: 'editor' | 'viewer',
	name: string,
): Promise<LogStore> {
	const { log } = owner.store;
	const { id: inviteId, seed } = await inviteTo(log, { role });
	const disk = newDisk();
	const { ends } = createSimLinks(world, SOUND);
	receiveNewcomer(ends[0], {
		log,
		inviteId,
		now: world.now,
		onRequest: (request) => void request.admit().then(unwrap),
		onGone() {},
	});
	const joined = askToJoin(ends[1], {
		invite: { wid: owner.wid, seed },
		name,
		device: await createDeviceKeys(),
		now: world.now,
		storeOf: () => disk,
		onCode() {},
	});
	unwrap(await world.until(joined));
	return disk;
}

export async function revoke(world: World, by: SimDevice, dids: readonly string[]): Promise<void> {
	const { log } = by.store;
	await log.sign({ type: 'revoke', cuts: cutsOf(by.store.log, dids) }, world.now());
	await rotate(log, world.now());
}

export async function setRole(
	world: World,
	by: SimDevice,
	member: string,
	role: Role,
): Promise<void> {
	await by.store.log.sign(
		{ type: 'role', member, role, cuts: cutsOf(by.store.log, [member]) },
		world.now(),
	);
}
