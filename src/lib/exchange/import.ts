/**
 * The two acts of an import: `preview` shows what would come in, `runImport` brings it in, batch by acknowledged batch. Neither
 * throws for anything a file can hold. An import that is cancelled or cannot go on reports what it wrote, so that this can be
 * reverted; running the same file again goes on from there.
 */
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import type {
	ImportInfo,
	ImportOptions,
	ImportProgress,
	ImportReport,
	ImportSource,
	Preview,
} from './contract.ts';
import type { DialectModule, Opened } from './dialects/dialect.ts';
import { isGoogleColumn } from './dialects/google.ts';
import { dialects } from './dialects/registry.ts';
import { isKnownToSomeEntity } from './mapping/entity.ts';
import { roleOf } from './mapping/order-roles.ts';
import { readBytes } from './reading/bytes.ts';
import { decodePieces, sniffEncoding } from './reading/encoding.ts';
import { openTable, type Table } from './reading/table.ts';
import type { ImportTarget } from './target.ts';
import { withTags } from './writing/tags.ts';
import { createTally } from './writing/tally.ts';

const isKnown = (column: string) =>
	isKnownToSomeEntity(column) || roleOf(column) !== undefined || isGoogleColumn(column);

async function open(
	source: ImportSource,
	given: ImportOptions,
): Promise<Result<{ opened: Opened; dialect: DialectModule; options: ImportOptions }>> {
	// Without a prototype: a column may be called anything.
	const mapping = Object.assign(Object.create(null), given.mapping) as ImportOptions['mapping'];
	const options = { ...given, mapping };
	const reading = await readBytes(source.data);
	if (!reading.ok) return reading;
	const bytes = reading.value;
	if (bytes.length === 0) return fail('Unreadable', 'The file is empty.');
	const sniffed = options.encoding ? ok(options.encoding) : sniffEncoding(bytes);
	if (!sniffed.ok) return sniffed;
	const encoding = sniffed.value;
	let head: string;
	try {
		head = decodePieces(bytes.subarray(0, 1 << 16), encoding).next().value ?? '';
	} catch {
		return fail('Invalid', `The encoding "${encoding}" is not known. Try utf-8 or gb18030.`);
	}
	let table: Result<Table> | undefined;
	const opened: Opened = {
		bytes,
		encoding,
		head,
		table: () => (table ??= openTable(bytes, encoding, isKnown)),
	};
	const dialect = options.dialect
		? dialects.find(({ name }) => name === options.dialect)
		: dialects.find((one) => one.recognises(opened, options));
	if (dialect) return ok({ opened, dialect, options });
	const names = dialects.map(({ name }) => name).join(', ');
	return fail('Invalid', `The dialect "${options.dialect}" is not known. Choose one of: ${names}.`);
}

export async function preview(
	source: ImportSource,
	given: ImportOptions = {},
	info: Partial<Pick<ImportInfo, 'currency'>> = {},
): Promise<Result<Preview>> {
	const opening = await open(source, given);
	if (!opening.ok) return opening;
	const { opened, dialect, options } = opening.value;
	const body = dialect.preview(opened, { options, currency: info.currency ?? 'EUR' });
	return body.ok ? ok({ ...body.value, dialect: dialect.name, encoding: opened.encoding }) : body;
}

export interface RunOptions extends ImportInfo {
	readonly onProgress?: (progress: ImportProgress) => void;
	readonly signal?: AbortSignal;
}

export async function runImport(
	source: ImportSource,
	given: ImportOptions,
	target: ImportTarget,
	run: RunOptions,
): Promise<Result<ImportReport>> {
	const opening = await open(source, given);
	if (!opening.ok) return opening;
	const { opened, dialect, options } = opening.value;
	const tally = createTally();
	const { onProgress = () => {}, signal, ...info } = run;
	const done = await dialect.run(
		opened,
		{ options, currency: info.currency },
		{ target: withTags(target, options.tags), info, tally, signal },
		onProgress,
	);
	if (done.ok) return ok(tally.report(source.name, info));
	const isReport = done.error.type === 'Cancelled' || tally.wrote();
	return isReport ? ok(tally.report(source.name, info, explained(done.error))) : done;
}

const explained = (failure: Failure): Failure => ({
	...failure,
	message: `${failure.message} What was written until then is in; revert it, or import the same file again to go on.`,
});
