/** The kit, backups and restoring as a page asks for them: the data worker does the work, the page chooses the places. */
import * as Comlink from 'comlink';
import type { Failure, Result } from '#core/result.ts';
import type { RemoteHost } from './data-api.ts';
import type { OnStep, SafetyState } from './safety.ts';
import type { Watched, WorkspaceSafety } from './workspace.ts';

/** Tells how far it is, and whether to go on. */
export const stepper = ({ onShare, signal }: Watched = {}): OnStep & Comlink.ProxyMarked =>
	Comlink.proxy((done: number, total: number) => {
		onShare?.(total ? Math.min(1, done / total) : 0);
		return !signal?.aborted;
	});

/** `reopen`: the page's own database, which a browser without room has closed too. */
export function createPageSafety(
	host: Comlink.Remote<RemoteHost>,
	reopen: () => Promise<void>,
): WorkspaceSafety {
	const listeners = new Set<(state: SafetyState) => void>();
	let latest: SafetyState | undefined;

	async function refresh(): Promise<SafetyState> {
		latest = await host.safety();
		for (const listener of listeners) listener(latest);
		return latest;
	}

	async function thenTell<T>(work: Promise<Result<T, Failure>>): Promise<Result<T>> {
		const done = await work;
		if (done.ok) await refresh();
		return done;
	}

	return {
		state: refresh,
		words: () => host.recoveryWords(),
		kit: (passphrase) => host.recoveryKit(passphrase),
		confirmKit: (entered) => thenTell(host.confirmKit(entered)),
		backup: (watched) => host.backup(stepper(watched)),
		verify: (file, watched) => thenTell(host.verifyBackup(file, stepper(watched))),
		restore: (file, watched) => thenTell(host.restore(file, stepper(watched))),
		check: (watched) => thenTell(host.checkUp(stepper(watched))),
		keptMonths: () => host.keptMonths(),
		keepMonths: (months) => host.keepMonths(months),
		folder: () => host.backupFolder(),
		setFolder: (folder) => host.setBackupFolder(folder),
		async retryUnsaved() {
			const saved = await host.retryUnsaved();
			if (saved.ok) await reopen();
			return saved;
		},
		unsavedFile: () => host.unsavedFile(),
		onChange(listener) {
			listeners.add(listener);
			if (latest) listener(latest);
			else void refresh();
			return () => listeners.delete(listener);
		},
	};
}
