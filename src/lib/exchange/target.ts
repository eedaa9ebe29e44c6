/**
 * What an import needs of the workspace: finding records by key, reading them, writing batches. The data worker
 * implements it; tests use one over a Map.
 */
import type { ImportOp } from '#commands/import.ts';
import type { Result } from '#core/result.ts';
import type { Fields } from '#schema/values.ts';

export type WriteOp = ImportOp;

export interface ImportTarget {
	/** Normalised keys (`keyOf` in schema/derive/index-keys) of an identifying field -> record ids, in order. */
	find(
		entity: string,
		field: string,
		keys: readonly string[],
	): Promise<readonly (string | undefined)[]>;
	/** Current fields by record id, in order. */
	read(ids: readonly string[]): Promise<readonly (Fields | undefined)[]>;
	/** One acknowledged batch; all of it or nothing. Updates are remembered so that the import can be reverted. */
	write(importId: string, batch: readonly WriteOp[]): Promise<Result<void>>;
}
