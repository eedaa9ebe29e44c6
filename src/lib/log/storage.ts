/** What the browser says when it will not store, in words that say what to do. Nothing was written in any of these cases. */
import { fail, type Failure } from '#core/result.ts';

export function storageFailure(error: unknown): { ok: false; error: Failure } {
	const { name, inner, message } = error as {
		name?: string;
		inner?: { name?: string };
		message?: string;
	};
	const names = [name, inner?.name];
	if (names.includes('QuotaExceededError'))
		return fail(
			'Storage',
			'This device is full. Nothing was lost, but nothing new can be saved: free some space, then try again.',
		);
	if (names.includes('DatabaseClosedError') || names.includes('InvalidStateError'))
		return fail(
			'Storage',
			'The browser closed the storage. Reload the page, then make the change again.',
		);
	return fail('Storage', `The change could not be saved: ${message ?? String(error)}. Try again.`);
}
