/**
 * What a page holds of an open workspace. Views read `view`, write through `commands`, and never reach further.
 * Everything returns a Result; nothing throws for a reason a person can cause.
 */
import type { Result } from '#core/result.ts';
import type { Fields } from '#schema/values.ts';
import type { ModelCard } from '#analysis/contract.ts';
import type { View } from '#readmodel/view.ts';
import type {
	ImportOptions,
	ImportProgress,
	ImportReport,
	ImportSource,
	Preview,
} from '#exchange/contract.ts';
import type { Reason } from '#exchange/reasons.ts';
import type { Role, WorkspaceInfo } from '#log/workspaces.ts';
import type { BackupNote } from '#log/secrets.ts';
import type { SafetyState } from './safety.ts';
import type { UnsavedState } from './unsaved.ts';

export interface Workspace {
	readonly info: WorkspaceInfo;
	/** What this device may do here. */
	readonly role: Role;
	readonly view: View;
	readonly commands: Commands;
	readonly imports: Imports;
	readonly share: Share;
	readonly sync: Sync;
	readonly analysis: Analysis;
	readonly safety: WorkspaceSafety;
	dispose(): Promise<void>;
}

export interface Commands {
	create(entity: string, fields: Fields): Promise<Result<string>>;
	update(id: string, patch: Fields): Promise<Result<void>>;
	/** Into the bin: 30 days, `restore` brings it back. */
	remove(ids: string | readonly string[]): Promise<Result<void>>;
	restore(ids: string | readonly string[]): Promise<Result<void>>;
	loadSample(): Promise<Result<{ readonly records: number }>>;
	removeSample(): Promise<Result<{ readonly records: number }>>;
}

export interface Progress {
	readonly done: number;
	/** Undefined while it is not known. */
	readonly total?: number;
	readonly stage: ImportProgress['stage'] | 'computing' | 'receiving';
	/** Rows of a file read so far. */
	readonly rows?: number;
}

export interface Task {
	onProgress?(progress: Progress): void;
	readonly signal?: AbortSignal;
}

export interface Imports {
	preview(source: ImportSource, options?: ImportOptions): Promise<Result<Preview>>;
	run(source: ImportSource, options?: ImportOptions, task?: Task): Promise<Result<ImportReport>>;
	revert(importId: string): Promise<Result<{ readonly removed: number; readonly kept: number }>>;
	/** The imports that this device made, the latest first. */
	list(): Promise<readonly KeptReport[]>;
	/** All rows that are not in, with their reasons, as CSV. */
	failedCsv(importId: string): Promise<Result<Blob>>;
}

/** `failed` and `warnings` hold the first 200 rows; the counts and reasons are about all. */
export interface KeptReport extends ImportReport {
	readonly failedCount: number;
	readonly warningCount: number;
	readonly failedReasons: readonly Reason[];
	readonly warningReasons: readonly Reason[];
}

export interface Pending {
	readonly requestId: string;
	readonly name: string;
	readonly role: Role;
	/** Six digits that both screens show. */
	readonly code: string;
	readonly askedAt: number;
}

export interface Invite {
	readonly id: string;
	readonly role: Role;
	readonly url: string;
	readonly uses: number;
	readonly usesLeft: number;
	readonly expiresAt: number;
}

export interface Share {
	invite(options: { role: Role; uses?: number }): Promise<Result<Invite>>;
	invites(): Promise<readonly Invite[]>;
	cancelInvite(id: string): Promise<Result<void>>;
	pending(): Promise<readonly Pending[]>;
	admit(requestId: string): Promise<Result<void>>;
	refuse(requestId: string): Promise<Result<void>>;
	members(): Promise<readonly Member[]>;
	/** Called at once and at every change of members, invites or requests; returns unsubscribe. */
	onChange(listener: () => void): () => void;
}

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

export interface Member {
	readonly did: string;
	readonly name: string;
	readonly role: Role;
	readonly here: boolean;
	readonly self: boolean;
	readonly joinedAt: number;
	/** Where this person is in the app, from presence. */
	readonly at?: string;
}

export interface SyncStatus {
	readonly state: 'alone' | 'connecting' | 'connected' | 'receiving';
	/** Authenticated devices connected now. */
	readonly peers: number;
	/** Entries of this device that no other device has confirmed. */
	readonly unsent: number;
	/** Devices besides this one known to hold everything. */
	readonly copies: number;
	/** Bytes still to come in, while receiving. */
	readonly receiving?: { readonly done: number; readonly total: number };
	readonly persisted: boolean;
	/** The device refuses to store; edits rest until a person has made room. */
	readonly storage?: UnsavedState;
	/** A sentence when something needs a person. */
	readonly trouble?: string;
}

export interface Sync {
	/** With the fingerprint: a hash of the merged view, equal on devices that hold the same data. */
	status(): Promise<SyncStatus & { readonly fingerprint: string }>;
	/** Cheap, for the always visible line; called at once and at every change. */
	onChange(listener: (status: SyncStatus) => void): () => void;
	/** Tell the others where this person is. */
	setPlace(place: string): void;
}

export interface Analysis {
	list(): readonly { readonly name: string }[];
	run<V = Record<string, unknown>>(
		name: string,
		params?: object,
		task?: Task,
	): Promise<Result<V & { readonly card: ModelCard }>>;
	/** The answer, if it has been computed already for the data as it stands; starts nothing. */
	known<V = Record<string, unknown>>(
		name: string,
		params?: object,
	): Promise<Result<V & { readonly card: ModelCard }> | undefined>;
}

export { bundleName as backupName } from '#log/bundle.ts';
