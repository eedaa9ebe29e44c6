/**
 * The one door from a page into the data side: which workspaces this device has, which one is open, and how to make or
 * join one. `startSession` is in `start.ts`; views get the session from context.
 */
import type { Language } from '#core/bilingual.ts';
import type { Result } from '#core/result.ts';
import type { LockState, LockTimes } from '#log/vault.ts';
import type { WorkspaceInfo } from '#log/workspaces.ts';
import type { RestoreOptions } from './restore.ts';
import type { Pairing, Task, Watched, Workspace } from './workspace.ts';

export interface NewWorkspace {
	readonly name: string;
	readonly language: Language;
	/** ISO 4217. */
	readonly currency: string;
	/** IANA. */
	readonly timeZone: string;
	readonly sample?: boolean;
	/** How colleagues see the person at this device. */
	readonly userName?: string;
}

export type JoinStage =
	/** `pairing`: for a code of this device, as soon as it stands in the invite's room. */
	| { readonly stage: 'searching'; readonly pairing?: Pairing }
	/** Both screens show the code; the owner taps Admit. */
	| { readonly stage: 'waiting'; readonly code: string; readonly workspace: string }
	| { readonly stage: 'receiving'; readonly done: number; readonly total: number };

export interface PageLock {
	/** As last heard. */
	readonly state: LockState;
	refresh(): Promise<LockState>;
	turnOn(passphrase: string, times: LockTimes): Promise<Result<void>>;
	turnOff(passphrase: string): Promise<Result<void>>;
	setTimes(times: LockTimes): Promise<Result<void>>;
	unlock(passphrase: string): Promise<Result<void>>;
	lockNow(): Promise<void>;
	/** Whether this browser says that its passkeys can keep a secret. */
	passkeysWork(): Promise<boolean>;
	addPasskey(passphrase: string, name: string): Promise<Result<void>>;
	unlockWithPasskey(): Promise<Result<void>>;
}

export interface Session {
	/** Undefined until one is opened. */
	readonly current: Workspace | undefined;
	/** Whether another tab without a shared worker holds the data; then `takeOver` moves it here. */
	readonly elsewhere: boolean;
	takeOver(): Promise<void>;
	readonly lock: PageLock;
	list(): Promise<readonly WorkspaceInfo[]>;
	create(options: NewWorkspace): Promise<Result<Workspace>>;
	open(id: string): Promise<Result<Workspace>>;
	/** Of the invite that is being opened, else of the open workspace. */
	readonly pairing: Pairing | undefined;
	/** Resolves when this device is admitted and holds everything it needs to work. */
	join(
		url: string,
		options: { userName?: string; onStage?(stage: JoinStage): void } & Pick<Task, 'signal'>,
	): Promise<Result<Workspace>>;
	/** A workspace back onto this device, from a backup and the recovery words. */
	restore(file: Blob, options: RestoreOptions & Watched): Promise<Result<Workspace>>;
	/** Called at every change of `current`, `elsewhere` or the lock; returns unsubscribe. */
	onChange(listener: () => void): () => void;
}
