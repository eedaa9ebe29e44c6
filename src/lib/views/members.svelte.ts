/** Who is in the team, kept current. */
import type { Member } from '#workspace/workspace.ts';
import { getWorkspace } from './app.svelte.ts';

class Members {
	all = $state.raw<readonly Member[]>([]);
	byDid = $derived(new Map(this.all.map((member) => [member.did, member])));
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
