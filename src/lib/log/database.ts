/**
 * The log's own database: what cannot be rebuilt from anything else. Strict durability: a transaction completes when the
 * bytes are on the disk, and only then is a write acknowledged. (y-indexeddb would lose data silently on a full disk.)
 */
import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Did } from '#crypto/device.ts';
import type { Bytes } from '#core/bytes.ts';
import type { StoredMembership } from './membership.ts';

export interface StoredEntry {
	readonly did: Did;
	readonly seq: number;
	readonly id: Bytes;
	readonly head: Bytes;
	readonly sig: Bytes;
	readonly ct: Bytes;
	readonly receivedAt: number;
	/** `did/part` of each document that the body changes. */
	readonly parts: readonly string[];
}

export interface ChainHead {
	readonly did: Did;
	readonly seq: number;
	readonly id: Bytes;
	readonly hlc: number;
	readonly bytes: number;
}

/** How far the log says a device document reaches: what the cached document is checked against. */
export interface PartHead {
	/** `did/part`. */
	readonly key: string;
	readonly seq: number;
	/** Yjs clock after the last entry. */
	readonly clock: number;
}

/** What another device has confirmed to hold: device -> sequence number. */
export interface Ack {
	readonly did: Did;
	readonly holds: Readonly<Record<Did, number>>;
	readonly at: number;
}

export interface InviteSecret {
	/** Id of the invite entry. */
	readonly id: string;
	readonly seed: Bytes;
	readonly url: string;
}

export interface ImportRecord {
	readonly id: string;
	/** The report with its first rows. */
	readonly report?: unknown;
	readonly at: number;
	readonly reverted?: boolean;
}

/** The rows of an import that are not in, as a table that can be mended and imported again. */
export interface ImportFailures {
	readonly importId: string;
	/** CSV, gzip. */
	readonly packed: Bytes;
}

/** Undo of an import, one row a batch. */
export interface ImportBatch {
	readonly importId: string;
	readonly n: number;
	readonly created: readonly string[];
	readonly updated: readonly { readonly id: string; readonly before: Record<string, unknown> }[];
	readonly hlc: number;
}

export class LogDatabase extends Dexie {
	declare entries: Table<StoredEntry, [Did, number]>;
	declare chains: EntityTable<ChainHead, 'did'>;
	declare parts: EntityTable<PartHead, 'key'>;
	declare membership: EntityTable<StoredMembership, 'id'>;
	declare secrets: Table<unknown, string>;
	declare invites: EntityTable<InviteSecret, 'id'>;
	declare acks: EntityTable<Ack, 'did'>;
	declare imports: EntityTable<ImportRecord, 'id'>;
	declare importFailures: EntityTable<ImportFailures, 'importId'>;
	declare importBatches: Table<ImportBatch, [string, number]>;

	/** `scope` keeps devices apart that live in one process: the simulator's and the tests'. */
	constructor(wid: string, scope = '') {
		super(`perennial-log-${scope}${wid}`, { chromeTransactionDurability: 'strict' });
		this.version(1).stores({
			entries: '[did+seq], *parts',
			chains: 'did',
			parts: 'key',
			membership: 'id',
			secrets: '',
			invites: 'id',
			acks: 'did',
			imports: 'id',
			importFailures: 'importId',
			importBatches: '[importId+n]',
		});
	}
}
