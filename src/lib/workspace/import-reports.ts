/**
 * Reports of imports as this device keeps them. A file may hold a hundred thousand rows that cannot come in: the report keeps
 * the first of them with all counts, so that the list of imports stays quick, and the whole table lies packed beside it. The
 * rows go after a while, the counts stay.
 */
import { DAY } from '#core/clock.ts';
import type { Bytes } from '#core/bytes.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { failedCsv } from '#exchange/csv.ts';
import type { ImportReport } from '#exchange/contract.ts';
import { groupReasons } from '#exchange/reasons.ts';
import type { ImportRecord, LogDatabase } from '#log/database.ts';
import { reportWithout } from './import-forgetting.ts';
import type { KeptReport } from './workspace.ts';

const ROWS_KEPT = 200;
const REASONS_KEPT = 20;
/** They hold what somebody wrote about people: by then they are mended, or nobody will. */
const ROWS_FOR = 90 * DAY;

export async function keepReport(
	database: LogDatabase,
	report: ImportReport,
	erased: ReadonlySet<string>,
): Promise<void> {
	const { importId: id, at, failed, warnings } = report;
	const kept: KeptReport = {
		...report,
		failed: failed.slice(0, ROWS_KEPT),
		failedCount: failed.length,
		failedReasons: groupReasons(failed).slice(0, REASONS_KEPT),
		warnings: warnings.slice(0, ROWS_KEPT),
		warningCount: warnings.length,
		warningReasons: groupReasons(warnings).slice(0, REASONS_KEPT),
	};
	const packed = failed.length ? await pack(failedCsv(report)) : undefined;
	await database.transaction('rw', database.imports, database.importFailures, async () => {
		await database.imports.put({ id, report: reportWithout(kept, erased), at });
		if (packed) await database.importFailures.put({ importId: id, packed });
	});
}

export async function forgetOldRows(database: LogDatabase, now: number): Promise<void> {
	const isOld = ({ at, report }: ImportRecord) => {
		const { failed, warnings } = (report ?? { failed: [], warnings: [] }) as KeptReport;
		return now - at > ROWS_FOR && failed.length + warnings.length > 0;
	};
	for (const record of (await database.imports.toArray()).filter(isOld))
		await database.transaction('rw', database.imports, database.importFailures, async () => {
			const report: KeptReport = { ...(record.report as KeptReport), failed: [], warnings: [] };
			await database.imports.put({ ...record, report });
			await database.importFailures.delete(record.id);
		});
}

/** Takes a report away that has nothing to take back. */
export async function forgetReport(database: LogDatabase, importId: string): Promise<void> {
	const batches = database.importBatches
		.where('[importId+n]')
		.between([importId, 0], [importId, Infinity]);
	if ((await batches.count()) === 0) await database.imports.delete(importId);
}

/** The latest first. */
export async function keptReports(database: LogDatabase): Promise<readonly KeptReport[]> {
	const rows = await database.imports.toArray();
	return rows
		.sort((a, b) => b.at - a.at)
		.map(({ report, reverted }) => ({ ...(report as KeptReport), ...(reverted && { reverted }) }));
}

/** All rows of an import that are not in, as `failedCsv` writes them. */
export async function failedRows(database: LogDatabase, importId: string): Promise<Result<Blob>> {
	const kept = await database.importFailures.get(importId);
	if (kept) return ok(await unpack(kept.packed));
	return fail('NotFound', 'This device keeps no failed rows of that import.');
}

const through = (bytes: BlobPart, stream: CompressionStream | DecompressionStream) =>
	new Response(new Blob([bytes]).stream().pipeThrough(stream));

const pack = async (text: string): Promise<Bytes> =>
	new Uint8Array(await through(text, new CompressionStream('gzip')).arrayBuffer());

async function unpack(bytes: Bytes): Promise<Blob> {
	const text = await through(bytes, new DecompressionStream('gzip')).arrayBuffer();
	return new Blob([text], { type: 'text/csv' });
}
