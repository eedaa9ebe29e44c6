/** What a command needs: reading rows, and one way to write cells. `workspace/` implements it over the whole data path. */
import type { Hlc } from '#core/hlc.ts';
import type { Result } from '#core/result.ts';
import type { StoredRow } from '#readmodel/database.ts';
import type { Cell } from '#replica/cell.ts';

export interface Intent {
	readonly verb: 'create' | 'update' | 'remove' | 'restore' | 'import' | 'revert' | 'reauthor';
	readonly entity: string;
	readonly count: number;
}

export interface WriteContext {
	readonly did: string;
	/** In the order of `ids`. */
	rows(ids: readonly string[]): Promise<readonly (StoredRow | undefined)[]>;
	/** One stamp a command. */
	nextHlc(): Hlc;
	/** Resolves when stored on disk and visible in the read model; on failure nothing of it remains. */
	write(intent: Intent, cells: readonly Cell[]): Promise<Result<void>>;
}
