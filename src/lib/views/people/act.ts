/** An act on people or their edits: says in a toast that it is done, or why not, in the data side's own words. */
import type { Result } from '#core/result.ts';
import { notify, notifyError } from '#ui/toast.ts';
import { failureReason } from '../failure.ts';

export async function act<T>(
	doing: Promise<Result<T>>,
	said: (value: T) => string,
): Promise<boolean> {
	const done = await doing;
	if (done.ok) notify(said(done.value));
	else notifyError(failureReason(done.error));
	return done.ok;
}
