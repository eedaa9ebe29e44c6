/** Who is in the team, kept current, and what to call them. */
import { m } from '#messages/catalogue.ts';
import { t } from '#messages/language.svelte.ts';
import type { Member } from '#workspace/workspace.ts';
import { getWorkspace } from './app.svelte.ts';
import { deviceName } from './people/people.ts';

export class Members {
	all = $state.raw<readonly Member[]>([]);
	byDid = $derived(new Map(this.all.map((member) => [member.did, member])));

	/** The person's name; "you" for whoever looks. */
	nameOf(did: string, place: keyof typeof m.team.names = 'inside'): string {
		const { you, stranger } = m.team.names[place];
		const member = this.byDid.get(did);
		if (!member) return t(stranger);
		const person = this.byDid.get(member.member) ?? member;
		const own = this.all.some((one) => one.self && one.member === member.member);
		return own ? t(you) : person.name || member.name || t(m.people.unnamed);
	}

	/** The device's name where the person has or had several, else nothing. */
	deviceOf(did: string): string | undefined {
		const member = this.byDid.get(did);
		const name = member && deviceName(this.all, member);
		return name && t(name);
	}

	/** Both: "Bo (Device 2)". */
	fullNameOf(did: string, place: keyof typeof m.team.names = 'inside'): string {
		const device = this.deviceOf(did);
		const name = this.nameOf(did, place);
		return device ? `${name} (${device})` : name;
	}
}

/** Call while a component is set up. */
export function useMembers(): Members {
	const { share } = getWorkspace();
	const members = new Members();
	$effect(() =>
		share.onChange(() => {
			void share.members().then((all) => (members.all = all));
		}),
	);
	return members;
}
