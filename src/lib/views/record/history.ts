/** Changes of single fields, oldest first, as the steps that people took, newest first, each with what stood there before. */
import type { Change } from '#workspace/workspace.ts';

export interface Step {
	readonly did: string;
	readonly seq: number;
	readonly at: number;
	readonly receivedAt: number;
	readonly what: 'added' | 'changed' | 'binned' | 'restored';
	readonly fields: readonly {
		readonly name: string;
		readonly before: unknown;
		readonly after: unknown;
	}[];
}

type Draft = Omit<Step, 'what' | 'fields'> & { readonly changes: Change[] };

/**
 * One command is one step: its cells bear one stamp, also when they were written into a new document later. Fields that it left
 * empty where nothing stood are no news.
 */
export function stepsOf(changes: readonly Change[]): readonly Step[] {
	const drafts = new Map<string, Draft>();
	for (const change of changes) {
		const { did, seq, at, receivedAt } = change;
		const key = `${did} ${at}`;
		const draft = drafts.get(key) ?? { did, seq, at, receivedAt, changes: [] };
		draft.changes.push(change);
		drafts.set(key, draft);
	}
	const values = new Map<string, unknown>();
	const steps = [...drafts.values()].map(({ changes: own, ...about }, index): Step => {
		const fields = own.flatMap(({ field, value }) => {
			const before = values.get(field);
			values.set(field, value);
			const quiet = isEmpty(before) && isEmpty(value);
			return field === 'deleted' || quiet ? [] : [{ name: field, before, after: value }];
		});
		const deleted = own.find(({ field }) => field === 'deleted')?.value;
		const moved = deleted === undefined ? undefined : deleted ? 'binned' : 'restored';
		return { ...about, what: moved ?? (index === 0 ? 'added' : 'changed'), fields };
	});
	return steps.reverse();
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';
