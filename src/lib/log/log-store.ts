/**
 * Where a log keeps what cannot be made again: rows in, rows out, each change one durable transaction. `database.ts` keeps it in
 * IndexedDB, `memory-store.ts` in memory for the simulator; both pass the same conformance suite.
 */
import type { Bytes } from '#core/bytes.ts';
import { fail, type Result } from '#core/result.ts';
import type { DeviceKeys, Did } from '#crypto/device.ts';
import type { EpochKey } from './keyring.ts';
import type { StoredMembership } from './membership.ts';
import type { Range } from './payload.ts';

export interface StoredEntry {
	readonly did: Did;
	readonly seq: number;
	readonly id: Bytes;
	readonly head: Bytes;
	readonly sig: Bytes;
	/** Empty when the body is not here: dropped for good, or a gap. */
	readonly ct: Bytes;
	readonly receivedAt: number;
	/** `did/part` of each document that the body continues. */
	readonly parts: readonly string[];
	/** The body is wanted: never arrived or found damaged (1), or left with the others on purpose (2). */
	readonly gap?: Gap;
}

export type Gap = 1 | 2;

export interface ChainHead {
	readonly did: Did;
	/** Entries stored here. */
	readonly seq: number;
	readonly id: Bytes;
	readonly hlc: number;
	readonly bytes: number;
	/** How far the documents follow: entries beyond are void (R3) or have not been read yet. */
	readonly applied: number;
	/** Entries that retire documents (R10), not carried out yet. */
	readonly retiring?: readonly number[];
	/** Rewritings that do not say what they replaced (R10): where, and which records they changed. */
	readonly takenBack?: readonly TakenBack[];
	/** Entries that were found to say again what was said before, and nothing else: no lines of the trail. */
	readonly repeats?: readonly Range[];
	/** It was searched for what had been erased (a name of all that), and nothing was found. */
	readonly cleared?: string;
	/** Somebody has taken it over: it ended, its bodies are gone, and nobody wants them. */
	readonly taken?: boolean;
}

export interface TakenBack {
	readonly seq: number;
	readonly ids: readonly string[];
}

/** How far the log says a device document reaches: what the cached document is checked against. */
export interface PartHead {
	/** `did/part`. */
	readonly key: string;
	/** Yjs clock after the last entry that follows without a gap; -1 when its writer has finished with it. */
	readonly clock: number;
}

/** What another device has confirmed to hold: device -> sequence number. */
export interface Ack {
	readonly did: Did;
	readonly holds: Readonly<Record<Did, number>>;
	readonly at: number;
	/** It left bodies with the others on purpose: no full copy. */
	readonly partial?: boolean;
}

export interface Secrets {
	readonly device: DeviceKeys;
	/** Oldest first. */
	readonly epochs: readonly EpochKey[];
}

/** One transaction's worth of change. */
export interface LogChange {
	/** The chain heads as this writer knows them; the transaction fails when they are not those stored. */
	readonly expect?: Readonly<Record<Did, number>>;
	readonly entries?: readonly StoredEntry[];
	readonly chains?: readonly ChainHead[];
	readonly parts?: readonly PartHead[];
	readonly removeParts?: readonly string[];
	readonly membership?: readonly StoredMembership[];
	/** A second copy of the founding entry: without it nothing else can be read, nor any peer asked. */
	readonly founding?: StoredMembership;
	/** `recovery`: the recovery key, kept until the person has saved its words. */
	readonly secrets?: Partial<Secrets & { readonly recovery: Bytes }>;
}

export const notHere = () =>
	fail('NotFound', 'This device does not hold that workspace. Open its link, or join again.');

/** Somebody else has written to the chain: another tab, after taking this workspace over. */
export class StaleChain extends Error {}

export interface LogStore {
	/** `NotFound` when the workspace is not on this device, `Locked` while the app lock is closed. */
	secrets(): Promise<Result<Secrets>>;
	founding(): Promise<StoredMembership | undefined>;
	membership(): Promise<readonly StoredMembership[]>;
	chains(): Promise<readonly ChainHead[]>;
	parts(): Promise<readonly PartHead[]>;
	acks(): Promise<readonly Ack[]>;
	get(did: Did, seq: number): Promise<StoredEntry | undefined>;
	/** At most `limit` entries of a chain from `from` on, in order. */
	page(did: Did, from: number, limit: number): Promise<readonly StoredEntry[]>;
	/** Sequence numbers of the entries that change the document, in order. */
	seqsOfPart(did: Did, part: string): Promise<readonly number[]>;
	/** Entries whose bodies are wanted. */
	gaps(gap: Gap): Promise<readonly (readonly [Did, number])[]>;
	/** Resolves when the bytes are on the disk; rejects with nothing of it written. */
	write(change: LogChange): Promise<void>;
	/** A confirmation of others; losing one costs only asking again. */
	putAck(ack: Ack): Promise<void>;
	/** Everything of this workspace, for good. */
	destroy(): Promise<void>;
	close(): void;
}
