/**
 * Sample data: a small excerpt of a real shop's orders and a few invented people and notes in both languages, shipped as files,
 * brought in like any import and taken back in one press. Its days are moved by whole weeks so that its last one lies in the
 * week when the workspace began: recent, the right weekday, and the same on every device.
 */
import { DAY } from '#core/clock.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Imports } from './workspace.ts';

/** Every sample record carries it. */
const TAG = 'sample';
/** The last day in the files, as scripts/make-sample.mjs writes them. */
const LAST_DAY = Date.parse('2011-12-09');

/** In the order they are imported: orders and notes find their contacts by number and e-mail. */
const files = [
	{ name: 'sample-contacts.csv', entity: 'contact' },
	{ name: 'sample-orders.csv', dialect: 'orders' },
	{ name: 'sample-notes.csv', entity: 'activity' },
	{ name: 'sample-tasks.csv', entity: 'task' },
] as const;

/** `began` is when the workspace was made, milliseconds UTC. */
export async function loadSample(
	imports: Pick<Imports, 'list' | 'run'>,
	began: number,
): Promise<Result<{ readonly records: number }>> {
	if ((await sampleImports(imports)).length)
		return fail('Invalid', 'The sample data is here already. Remove it first to load it again.');
	let records = 0;
	for (const { name, ...options } of files) {
		const text = await readFile(name);
		if (text === undefined)
			return fail(
				'Unreadable',
				'The sample files are missing from this installation. Reload the app.',
			);
		const data = moveDays(text, began);
		const ran = await imports.run({ name, data }, { ...options, tags: [TAG] });
		if (!ran.ok) return ran;
		records += ran.value.created;
	}
	return ok({ records });
}

/** Every day of the text, written `yyyy-mm-dd`, later by the whole weeks that lie between the excerpt and `began`. */
export function moveDays(text: string, began: number): string {
	const by = Math.floor((began - LAST_DAY) / (7 * DAY)) * 7 * DAY;
	const moved = new Map<string, string>();
	return text.replace(/\b\d{4}-\d{2}-\d{2}(?=T|\b)/g, (day) => {
		let later = moved.get(day);
		if (!later) moved.set(day, (later = new Date(Date.parse(day) + by).toISOString().slice(0, 10)));
		return later;
	});
}

async function readFile(name: string): Promise<string | undefined> {
	const response = await fetch(`/sample/${name}`).catch(() => undefined);
	return response?.ok ? response.text() : undefined;
}

export const isSampleName = (name: string): boolean => files.some((file) => file.name === name);

const sampleImports = async (imports: Pick<Imports, 'list'>) =>
	(await imports.list()).filter(({ name, reverted }) => !reverted && isSampleName(name));

/** Whether sample data is here: then its source is named beside what is made of it. */
export const hasSample = async (imports: Pick<Imports, 'list'>): Promise<boolean> =>
	(await sampleImports(imports)).length > 0;

/** Records that somebody has changed since stay: they are the team's own by now. */
export async function removeSample(
	imports: Pick<Imports, 'list' | 'revert'>,
): Promise<Result<{ readonly records: number }>> {
	let records = 0;
	for (const { importId } of await sampleImports(imports)) {
		const reverted = await imports.revert(importId);
		if (!reverted.ok) return reverted;
		records += reverted.value.removed;
	}
	return ok({ records });
}
