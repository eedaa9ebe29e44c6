/** Who waits at the door, kept current: of owners for everybody, of others for further devices of their own. */
import type { Pending } from '#workspace/workspace.ts';
import { getWorkspace } from '../app.svelte.ts';

class Requests {
	all = $state.raw<readonly Pending[]>([]);
}

/** Call while a component is set up. */
export function useRequests(): Requests {
	const { share } = getWorkspace();
	const requests = new Requests();
	$effect(() =>
		share.onChange(() => {
			void share.pending().then((all) => {
				if (all.length || requests.all.length) requests.all = all;
			});
		}),
	);
	return requests;
}
