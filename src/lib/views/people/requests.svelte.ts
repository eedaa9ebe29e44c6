/** Who waits at the door, kept current. Only an owner ever sees somebody there. */
import type { Pending, Workspace } from '#workspace/workspace.ts';

class Requests {
	all = $state.raw<readonly Pending[]>([]);
}

/** Call while a component is set up. */
export function useRequests({ share, role }: Workspace): Requests {
	const requests = new Requests();
	$effect(() => {
		if (role !== 'owner') return;
		return share.onChange(() => {
			void share.pending().then((all) => {
				if (all.length || requests.all.length) requests.all = all;
			});
		});
	});
	return requests;
}
