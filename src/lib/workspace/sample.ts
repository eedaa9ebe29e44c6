/**
 * Sample data: a small excerpt of a real shop's orders and a few notes in both languages, shipped as files, brought in like
 * any import and taken back in one press.
 */
import { fail, ok, type Result } from '#core/result.ts';
import type { Imports } from './workspace.ts';

/** Static files in the order they are imported; README.txt beside them names source and licence. */
const files = [
	{ name: 'sample-contacts.csv', entity: 'contact' },
	{ name: 'sample-orders.csv', dialect: 'orders' },
	{ name: 'sample-notes.csv', entity: 'activity' },
	{ name: 'sample-tasks.csv', entity: 'task' },
] as const;

export async function loadSample(imports: Imports): Promise<Result<{ readonly records: number }>> {
	if ((await sampleImports(imports)).length)
		return fail('Invalid', 'The sample data is here already. Remove it first to load it again.');
	let records = 0;
	for (const { name, ...options } of files) {
		const response = await fetch(`/sample/${name}`);
		if (!response.ok)
			return fail(
				'Unreadable',
				'The sample files are missing from this installation. Reload the app.',
			);
		const ran = await imports.run({ name, data: await response.blob() }, options);
		if (!ran.ok) return ran;
		records += ran.value.created;
	}
	return ok({ records });
}

const sampleImports = async (imports: Imports) =>
	(await imports.list()).filter(
		({ name, reverted }) => !reverted && files.some((file) => file.name === name),
	);

/** Records that somebody has changed since stay: they are the team's own by now. */
export async function removeSample(
	imports: Imports,
): Promise<Result<{ readonly records: number }>> {
	let records = 0;
	for (const { importId } of await sampleImports(imports)) {
		const reverted = await imports.revert(importId);
		if (!reverted.ok) return reverted;
		records += reverted.value.removed;
	}
	return ok({ records });
}
