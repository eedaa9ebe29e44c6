/** Devices as people: whoever has several is one person with several devices; ended devices stand apart. */
import type { Member } from '#workspace/workspace.ts';

export interface Person {
	/** The device that they came with. */
	readonly id: string;
	readonly name: string;
	readonly role: Member['role'];
	readonly self: boolean;
	readonly here: boolean;
	readonly joinedAt: number;
	/** In the order in which they joined. */
	readonly devices: readonly Member[];
}

/** Oneself first, then those who are here, then in order of joining. */
export function peopleOf(members: readonly Member[]): readonly Person[] {
	const byMember = new Map<string, Member[]>();
	for (const device of members) {
		if (device.ended) continue;
		byMember.set(device.member, [...(byMember.get(device.member) ?? []), device]);
	}
	const people = [...byMember].map(([id, list]): Person => {
		const devices = list.sort((a, b) => a.joinedAt - b.joinedAt);
		const [first] = devices;
		return {
			id,
			name: members.find(({ did }) => did === id)?.name || first!.name,
			role: first!.role,
			self: devices.some(({ self }) => self),
			here: devices.some(({ here }) => here),
			joinedAt: first!.joinedAt,
			devices,
		};
	});
	return people.sort(
		(a, b) =>
			Number(b.self) - Number(a.self) || Number(b.here) - Number(a.here) || a.joinedAt - b.joinedAt,
	);
}

/** The latest first. */
export const formerOf = (members: readonly Member[]): readonly Member[] =>
	members.filter(({ ended }) => ended).sort((a, b) => b.joinedAt - a.joinedAt);

/** The number of a device among those of its person, from 1; nothing when it is the only one they ever had. */
export function deviceNumber(members: readonly Member[], device: Member): number | undefined {
	const own = members
		.filter(({ member }) => member === device.member)
		.sort((a, b) => a.joinedAt - b.joinedAt);
	return own.length > 1 ? own.indexOf(device) + 1 : undefined;
}
