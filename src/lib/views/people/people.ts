/** Devices as people: whoever has several is one person with several devices; those that take no part any more stand apart. */
import type { Bilingual } from '#core/bilingual.ts';
import { m } from '#messages/catalogue.ts';
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
		if (isFormer(device)) continue;
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

/** One that was copied and has not gone on as another still reads: it can be removed. */
const isFormer = ({ ended }: Member): boolean => ended !== undefined && ended !== 'forked';

/** The latest first. */
export const formerOf = (members: readonly Member[]): readonly Member[] =>
	members.filter(isFormer).sort((a, b) => b.joinedAt - a.joinedAt);

/** The name that a device was given beside its person's, else its number among theirs; nothing when they only ever had it. */
export function deviceName(members: readonly Member[], device: Member): Bilingual | undefined {
	const own = members
		.filter(({ member }) => member === device.member)
		.sort((a, b) => a.joinedAt - b.joinedAt);
	if (own.length < 2) return undefined;
	const person = own.find(({ did }) => did === device.member);
	const named = device.name && own.filter(({ name }) => name === device.name).length === 1;
	return named && device !== person
		? { en: device.name, zh: device.name }
		: m.team.device(own.indexOf(device) + 1);
}
