/**
 * The log's own database: what cannot be rebuilt from anything else. Strict durability: a transaction completes when the
 * bytes are on the disk, and only then is a write acknowledged. (y-indexeddb would lose data silently on a full disk.)
 */
import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Bytes } from '#core/bytes.ts';
import type { Did } from '#crypto/device.ts';
import type { Sealed } from '#crypto/seal.ts';
import {
	StaleChain,
	type Ack,
	type ChainHead,
	type LogStore,
	type PartHead,
	type StoredEntry,
} from './log-store.ts';
import type { StoredMembership } from './membership.ts';
import { openSecrets, sealSecrets } from './secrets.ts';

export interface InviteRow {
	/** Id of the invite entry. */
	readonly id: string;
	/** Seed and link. */
	readonly sealed: Sealed;
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
	declare invites: EntityTable<InviteRow, 'id'>;
	declare acks: EntityTable<Ack, 'did'>;
	declare imports: EntityTable<ImportRecord, 'id'>;
	declare importFailures: EntityTable<ImportFailures, 'importId'>;
	declare importBatches: Table<ImportBatch, [string, number]>;

	readonly wid: string;
	readonly scope: string;

	/** `scope` keeps devices apart that live in one process: the tests'. */
	constructor(wid: string, scope = '') {
		super(`perennial-log-${scope}${wid}`, { chromeTransactionDurability: 'strict' });
		this.wid = wid;
		this.scope = scope;
		this.version(2).stores({
			entries: '[did+seq], *parts, gap',
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

export function createLogStore(database: LogDatabase): LogStore {
	const written = [
		database.entries,
		database.chains,
		database.parts,
		database.membership,
		database.secrets,
	];
	return {
		async secrets() {
			const [device, epochs] = await database.secrets.bulkGet(['device', 'epochs']);
			return openSecrets(database, device, epochs);
		},
		founding: async () => (await database.secrets.get('founding')) as StoredMembership | undefined,
		membership: () => database.membership.toArray(),
		chains: () => database.chains.toArray(),
		parts: () => database.parts.toArray(),
		acks: () => database.acks.toArray(),
		get: (did, seq) => database.entries.get([did, seq]),
		page: (did, from, limit) =>
			database.entries
				.where('[did+seq]')
				.between([did, from], [did, Dexie.maxKey])
				.limit(limit)
				.toArray(),
		async seqsOfPart(did, part) {
			const keys = await database.entries.where('parts').equals(`${did}/${part}`).primaryKeys();
			return keys.map(([, seq]) => seq).sort((a, b) => a - b);
		},
		gaps: (gap) => database.entries.where('gap').equals(gap).primaryKeys(),
		async write(change) {
			// Before the transaction: it would end while WebCrypto works.
			const secrets = await sealSecrets(database, change.secrets);
			await database.transaction('rw', written, async () => {
				// The stored heads, not the remembered ones: no second writer can ever fork a chain.
				const expected = Object.entries(change.expect ?? {});
				const heads = await database.chains.bulkGet(expected.map(([did]) => did));
				if (expected.some(([, seq], i) => (heads[i]?.seq ?? 0) !== seq)) throw new StaleChain();
				if (change.entries?.length) await database.entries.bulkPut([...change.entries]);
				if (change.chains?.length) await database.chains.bulkPut([...change.chains]);
				if (change.removeParts?.length) await database.parts.bulkDelete([...change.removeParts]);
				if (change.parts?.length) await database.parts.bulkPut([...change.parts]);
				if (change.membership?.length) await database.membership.bulkPut([...change.membership]);
				if (change.founding) await database.secrets.put(change.founding, 'founding');
				for (const { name, value } of secrets) await database.secrets.put(value, name);
			});
		},
		putAck: async (ack) => void (await database.acks.put(ack)),
		destroy: () => database.delete(),
		close: () => database.close(),
	};
}

/** A store in this browser for each workspace; what founding and joining write to. */
export const storesInBrowser =
	(scope = '') =>
	(wid: string): LogStore =>
		createLogStore(new LogDatabase(wid, scope));
