/**
 * Expected failures are values, not exceptions: a `Failure` is a plain object that survives comlink, storage and
 * JSON, and carries a sentence that tells a person what to do. Bugs still throw.
 */
export type ErrorType =
	| 'Invalid' // the input breaks a rule of its entity; `field` says which
	| 'NotFound'
	| 'Refused' // too little data for an honest answer; `needed` and `got` say how much is missing
	| 'Forbidden' // this device's role does not allow it
	| 'BadLink'
	| 'Cancelled'
	| 'Unreadable' // a file or message whose form is not understood
	| 'Storage' // the device refused to store; nothing was saved
	| 'Locked' // the app lock is on; unlock first
	| 'Busy' // another tab or task holds what is needed
	| 'Offline'
	| 'Timeout'
	| 'Damaged'; // bytes do not verify

export interface Failure {
	readonly type: ErrorType;
	readonly message: string;
	readonly field?: string;
	readonly needed?: number;
	readonly got?: number;
	/** Of `Storage`: what the browser's refusal means. */
	readonly storage?: StorageTrouble;
	/** Of `Storage`: the change is kept in memory and is saved when the device stores again. It need not be entered anew. */
	readonly kept?: true;
}

export type StorageTrouble =
	'full' | 'closed' | 'silent' | 'blocked' | 'missing' | 'corrupt' | 'unknown';

export type Result<T, E extends Failure = Failure> =
	{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export const fail = (
	type: ErrorType,
	message: string,
	more: Partial<Omit<Failure, 'type' | 'message'>> = {},
): { ok: false; error: Failure } => ({ ok: false, error: { type, message, ...more } });

/** The value of a result that must be good: for places where a failure is a bug, and for tests. */
export function unwrap<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	throw new Error(`${result.error.type}: ${result.error.message}`);
}
