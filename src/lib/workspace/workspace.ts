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
import type { BackupNote, CheckNote } from '#log/notes.ts';
import type { SafetyState } from './safety.ts';
import type { UnsavedState } from './unsaved.ts';
import type { RelayConfig } from '#sync/relay.ts';
import type { Traffic } from '#sync/traffic.ts';
import type { MailStatus } from './mail.ts';

export type { MailStatus, RelayConfig, Traffic };

export interface Workspace {
	readonly info: WorkspaceInfo;
	/** What this device might do here when it was opened; `share.members` tells of changes. */
	readonly role: Role;
	readonly view: View;
	readonly commands: Commands;
	readonly imports: Imports;
	readonly share: Share;
	readonly sync: Sync;
	readonly trail: Trail;
	readonly mail: Mailboxes;
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
	readonly offline: boolean;
	readonly own: boolean;
}

export interface InviteWish {
	readonly role: Role;
	readonly uses?: number;
	/** Any colleague's device may let the newcomer in, without an owner: for 72 hours. */
	readonly offline?: boolean;
	/** For a further device of one's own. */
	readonly own?: boolean;
}

/** What a device wrote that does not count; waits for an owner. */
export interface Quarantined {
	readonly did: string;
	readonly name: string;
	readonly edits: readonly {
		readonly seq: number;
		/** When the writer says it was. */
		readonly at: number;
		readonly receivedAt: number;
		readonly verb: string;
		readonly ids: readonly string[];
	}[];
}

export interface Erasing {
	readonly id: string;
	readonly count: number;
	readonly by: string;
	readonly at: number;
	/** Devices that have not confirmed. */
	readonly waiting: readonly string[];
	/** Ended devices whose late edits must be decided before what they wrote can be erased. */
	readonly late: readonly string[];
}

export interface About {
	/** Removed, let in, given keys and so on; they may be unknown here. */
	readonly devices: readonly string[];
	/** Given to a person, or offered by an invite. */
	readonly role?: Role;
	/** An invite for a further device of this person. */
	readonly own?: boolean;
	/** What a newcomer called themselves. */
	readonly name?: string;
	/** Erased. */
	readonly records?: number;
}

export interface AuditLine {
	readonly did: string;
	/** Of a data entry. */
	readonly seq?: number;
	/** Of an entry about people. */
	readonly id?: string;
	/** When the writer says it was, and when it came to this device. */
	readonly at: number;
	readonly receivedAt?: number;
	readonly verb: string;
	readonly entity: string;
	readonly count: number;
	/** Whom and what an act about people concerned; nothing where this version cannot read it. */
	readonly about?: About;
	/** False for what was refused or came after the end of its device. */
	readonly counts: boolean;
}

/** One field of a record, as one device wrote it. */
export interface Change {
	readonly did: string;
	readonly seq: number;
	readonly at: number;
	readonly receivedAt: number;
	readonly field: string;
	readonly value: unknown;
}

export interface Verdict {
	readonly entries: number;
	/** Bodies that nobody needs any more: their writers ended them, or they were erased. Their heads verify, as do those that follow. */
	readonly dropped: number;
	/** Bodies that only other devices have. */
	readonly awaited: number;
	/** Bodies that were left with the others on purpose. */
	readonly leftOut: number;
	readonly bad: readonly { readonly did: string; readonly seq: number; readonly why: string }[];
	/** Chains of which an owner's checkpoint knows more than this device holds. */
	readonly missing: readonly string[];
}

export interface Share {
	invite(options: InviteWish): Promise<Result<Invite>>;
	invites(): Promise<readonly Invite[]>;
	cancelInvite(id: string): Promise<Result<void>>;
	pending(): Promise<readonly Pending[]>;
	admit(requestId: string): Promise<Result<void>>;
	refuse(requestId: string): Promise<Result<void>>;
	/** Connects devices by codes, where no meeting point is. */
	readonly pairing: Pairing;
	members(): Promise<readonly Member[]>;
	setRole(member: string, role: Role): Promise<Result<void>>;
	/** Devices, or all of a person's. Protects the future: what they have, they have. */
	revoke(devices: readonly string[]): Promise<Result<void>>;
	quarantine(): Promise<readonly Quarantined[]>;
	reauthor(did: string): Promise<Result<number>>;
	discard(did: string): Promise<Result<void>>;
	erase(ids: readonly string[]): Promise<Result<void>>;
	erasures(): Promise<readonly Erasing[]>;
	setPolicy(settings: Readonly<Record<string, unknown>>): Promise<Result<void>>;
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
	/** Checks everything kept here and mends it; unasked once a day. */
	check(watched?: Watched): Promise<Result<CheckNote>>;
	/** Of orders, calls and visits the last so many months are kept here; 0 for all. */
	keptMonths(): Promise<number>;
	keepMonths(months: number): Promise<Result<void>>;
	retryUnsaved(): Promise<Result<void>>;
	unsavedFile(): Promise<Blob>;
	/** At once, and whenever `state` may have changed. */
	onChange(listener: (state: SafetyState) => void): () => void;
}

export interface Pairing {
	/** A link for one other device to scan or paste; alive for ten minutes, while this page is open. */
	offer(): Promise<Result<string>>;
	/** Takes an offer: of a device of this workspace, or of a newcomer with an invite. Gives the link to show in return. */
	answer(code: string): Promise<Result<string>>;
	/** Takes the answer to an offer made here; resolves when the other device is connected. */
	accept(code: string): Promise<Result<void>>;
	/** Resolves when the device that got this answer has connected, or has not. */
	answered(answer: string): Promise<Result<void>>;
}

export interface Member {
	readonly did: string;
	/** The person; their devices share it. */
	readonly member: string;
	readonly name: string;
	readonly role: Role;
	readonly here: boolean;
	readonly self: boolean;
	readonly joinedAt: number;
	/** Entries that it is not known to hold. */
	readonly lacks: number;
	/** When it last said what it holds. */
	readonly lastSeen?: number;
	readonly ended?: 'revoked' | 'forked' | 'succeeded';
	/** Let in without an owner. */
	readonly unreviewed?: boolean;
	/** This device may remove it, and change the role of its person. */
	readonly mayChange?: boolean;
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
	/** Another device's clock differs by so many milliseconds, more than five minutes. */
	readonly skew?: number;
}

export interface Sync {
	/** With the fingerprint: a hash of the merged view, equal on devices that hold the same data. */
	status(): Promise<SyncStatus & { readonly fingerprint: string }>;
	/** Cheap, for the always visible line; called at once and at every change. */
	onChange(listener: (status: SyncStatus) => void): () => void;
	/** Tell the others where this person is. */
	setPlace(place: string): void;
	/** Meeting points or ICE servers were chosen anew. */
	networkChanged(): void;
	/** What this workspace is connected to at this moment. */
	traffic(): Promise<Traffic>;
}

export interface Trail {
	audit(page?: { before?: number; limit?: number }): Promise<readonly AuditLine[]>;
	/** Every change of a record that is still held in full, oldest first. */
	history(id: string): Promise<readonly Change[]>;
	/** Checks every signature, hash and body again. */
	verify(task?: Task): Promise<Result<Verdict>>;
}

/** Store and forward, as set up on this device: a relay, a shared folder, both or none. */
export interface Mailboxes {
	status(): Promise<MailStatus>;
	/** Undefined takes it out. */
	setRelay(config: RelayConfig | undefined): Promise<Result<void>>;
	/** Connects and says what is wrong, if anything. */
	testRelay(config: RelayConfig): Promise<Result<void>>;
	relay(): Promise<RelayConfig | undefined>;
	setFolder(folder: FileSystemDirectoryHandle | undefined): Promise<Result<void>>;
	folder(): Promise<FileSystemDirectoryHandle | undefined>;
	/** Looks now. */
	check(): Promise<void>;
	/** Called at once and at every change; returns unsubscribe. */
	onChange(listener: (status: MailStatus) => void): () => void;
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
