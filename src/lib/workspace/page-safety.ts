/** The kit, backups and restoring as a page asks for them: the data worker does the work, the page chooses the places. */
import * as Comlink from 'comlink';
import type { Failure, Result } from '#core/result.ts';
import type { BackupNote } from '#log/secrets.ts';
import type { RemoteHost } from './data-api.ts';
import type { OnStep, SafetyState } from './safety.ts';

export interface Watched {
	/** 0 to 1. */
	onShare?(share: number): void;
	readonly signal?: AbortSignal;
}

export interface WorkspaceSafety {
	state(): Promise<SafetyState>;
	/** The twelve words, until they have been saved. */
	words(): Promise<Result<readonly string[]>>;
	/** One line of text that holds the words, sealed with the passphrase. */
	kit(passphrase: string): Promise<Result<string>>;
	/** Position, from 1, to word. */
	confirmKit(entered: Readonly<Record<number, string>>): Promise<Result<void>>;
	/** The file, read back; `verify` what has reached its place, then it counts. */
	backup(watched?: Watched): Promise<Result<Blob>>;
	verify(file: Blob, watched?: Watched): Promise<Result<BackupNote>>;
	/** A backup or a file of unsaved changes: adds what is missing, never takes anything away. */
	restore(file: Blob, watched?: Watched): Promise<Result<{ readonly added: number }>>;
	folder(): Promise<FileSystemDirectoryHandle | undefined>;
	setFolder(folder: FileSystemDirectoryHandle | undefined): Promise<void>;
	retryUnsaved(): Promise<Result<void>>;
	unsavedFile(): Promise<Blob>;
	/** At once, and whenever `state` may have changed. */
	onChange(listener: (state: SafetyState) => void): () => void;
}

/** Tells how far it is, and whether to go on. */
export const stepper = ({ onShare, signal }: Watched = {}): OnStep & Comlink.ProxyMarked =>
	Comlink.proxy((done: number, total: number) => {
		onShare?.(total ? Math.min(1, done / total) : 0);
		return !signal?.aborted;
	});

export function createPageSafety(host: Comlink.Remote<RemoteHost>): WorkspaceSafety {
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
		folder: () => host.backupFolder(),
		setFolder: (folder) => host.setBackupFolder(folder),
		retryUnsaved: () => host.retryUnsaved(),
		unsavedFile: () => host.unsavedFile(),
		onChange(listener) {
			listeners.add(listener);
			if (latest) listener(latest);
			else void refresh();
			return () => listeners.delete(listener);
		},
	};
}
