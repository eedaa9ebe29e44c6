/** A newcomer's first minutes: waiting until the workspace is here, without holding anybody who cannot wait. */
import type { JoinStage } from './session.ts';
import type { SyncStatus, Workspace } from './workspace.ts';

/** A device that is here and has told nothing new for so long has nothing more. */
const QUIET_MS = 1500;
/** Nobody is here any more: the rest comes when somebody is. */
const LONELY_MS = 15_000;

/** Resolves when nothing is left to receive, or nobody is here to send it, or the signal says to go on in the background. */
export function received(
	{ sync }: Pick<Workspace, 'sync'>,
	{ onStage, signal }: { onStage?(stage: JoinStage): void; signal?: AbortSignal },
): Promise<void> {
	return new Promise((resolve) => {
		let pause: ReturnType<typeof setTimeout> | undefined;
		let unsubscribe = () => {};
		const finish = () => {
			clearTimeout(pause);
			unsubscribe();
			signal?.removeEventListener('abort', finish);
			resolve();
		};
		const listen = ({ receiving, peers }: SyncStatus) => {
			clearTimeout(pause);
			if (receiving) onStage?.({ stage: 'receiving', ...receiving });
			pause = setTimeout(finish, receiving || !peers ? LONELY_MS : QUIET_MS);
		};
		signal?.addEventListener('abort', finish);
		onStage?.({ stage: 'receiving', done: 0, total: 0 });
		unsubscribe = sync.onChange(listen);
		if (signal?.aborted) finish();
	});
}
