/** How far an import is, in words: what has been counted, and how long it will take. */
import { m } from '#messages/catalogue.ts';
import { t } from '#messages/language.svelte.ts';
import type { Format } from '../format.svelte.ts';
import type { importRun } from './run.svelte.ts';

export function progressWords(run: typeof importRun, format: Format): string {
	const { progress, secondsLeft } = run;
	if (run.cancelling) return t(m.imports.cancelling);
	if (!progress) return '';
	const parts: string[] = [];
	if (progress.rows !== undefined) parts.push(t(m.imports.rows(progress.rows)));
	else if (progress.total && progress.stage !== 'reading')
		parts.push(t(m.imports.of(format.number(progress.done), format.number(progress.total))));
	if (secondsLeft !== undefined && secondsLeft >= 1)
		parts.push(
			t(
				secondsLeft < 90
					? m.imports.secondsLeft(roundUp(secondsLeft))
					: m.imports.minutesLeft(Math.ceil(secondsLeft / 60)),
			),
		);
	return parts.join(' · ');
}

export const stageWords = ({ progress }: typeof importRun): string =>
	t(m.imports.stages[progress?.stage as keyof typeof m.imports.stages] ?? m.imports.reading);

/** An estimate that changes every second is no estimate. */
const roundUp = (seconds: number) =>
	seconds < 10 ? Math.ceil(seconds) : 5 * Math.ceil(seconds / 5);
