/**
 * What imports remember of records: which they made, what they replaced, so that it can be taken back, and the rows they had
 * something to say about. Of what was erased nothing of it stays.
 */
import type { ImportReport } from '#exchange/contract.ts';
import type { ImportBatch, LogDatabase } from '#log/database.ts';

type Ids = ReadonlySet<string>;
type Warned = Pick<ImportReport, 'warnings'> & { readonly warningCount: number };

export const undoWithout = (batch: ImportBatch, erased: Ids): ImportBatch => ({
	...batch,
	created: batch.created.filter((id) => !erased.has(id)),
	updated: batch.updated.filter(({ id }) => !erased.has(id)),
});

export function reportWithout<T extends Warned>(report: T, erased: Ids): T {
	const warnings = report.warnings.filter(({ id }) => !erased.has(id));
	const gone = report.warnings.length - warnings.length;
	return { ...report, warnings, warningCount: report.warningCount - gone };
}

export const forgetErased = (database: LogDatabase, erased: Ids): Promise<void> =>
	database.transaction('rw', database.imports, database.importBatches, async () => {
		await database.importBatches
			.filter(
				({ created, updated }) =>
					created.some((id) => erased.has(id)) || updated.some(({ id }) => erased.has(id)),
			)
			.modify((batch, row) => {
				row.value = undoWithout(batch, erased);
			});
		await database.imports
			.filter(({ report }) =>
				Boolean((report as Warned | undefined)?.warnings.some(({ id }) => erased.has(id))),
			)
			.modify((record, row) => {
				row.value = { ...record, report: reportWithout(record.report as Warned, erased) };
			});
	});
