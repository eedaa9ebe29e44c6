/**
 * What the browser says when it will not store, sorted and in words that say what to do. Nothing was written in any of these
 * cases.
 */
import { Dexie } from 'dexie';
import { fail, type Failure, type StorageTrouble } from '#core/result.ts';

const troubles: Readonly<Record<string, StorageTrouble>> = {
	QuotaExceededError: 'full',
	DatabaseClosedError: 'closed',
	InvalidStateError: 'closed',
	AbortError: 'closed',
	TransactionInactiveError: 'closed',
	TimeoutError: 'closed',
	SecurityError: 'blocked',
	NotAllowedError: 'blocked',
	MissingAPIError: 'blocked',
	VersionError: 'blocked',
	NotFoundError: 'missing',
	InvalidTableError: 'missing',
	UpgradeError: 'corrupt',
	DataError: 'corrupt',
	NotReadableError: 'corrupt',
};

const sentences: Readonly<Record<Exclude<StorageTrouble, 'unknown'>, string>> = {
	full: 'This device is full. Nothing was lost, but nothing new can be saved: free some space, then try again.',
	closed:
		'The browser closed the storage, most often because the device is full. Free some space, then try again; if that does not help, reload the page.',
	silent:
		'The storage of this device does not answer. Wait a little; if that does not help, download what is unsaved, close the browser and open it again.',
	blocked:
		'This browser does not let the app store anything. Leave private browsing, allow site data, or close other versions of the app.',
	missing: 'The stored data is gone: the browser or somebody has cleared it. Restore a backup.',
	corrupt:
		'The stored data cannot be read. Reload the page; if that does not help, restore a backup.',
};

/** Chromium reports a full disk in several ways: the name, the message, or the error within the error. */
export function storageTrouble(error: unknown): StorageTrouble {
	const seen = error as
		{ name?: string; inner?: unknown; message?: string; failures?: readonly unknown[] } | undefined;
	if (/quota|disk (is )?full|no.space|ENOSPC/i.test(seen?.message ?? '')) return 'full';
	if (seen?.failures?.length) return storageTrouble(seen.failures[0]);
	// The inner error is the browser's own word; Dexie's around it says what it made of that.
	const inner = seen?.inner ? storageTrouble(seen.inner) : 'unknown';
	return inner === 'unknown' ? (troubles[seen?.name ?? ''] ?? 'unknown') : inner;
}

/** As an error, where a failure cannot be handed on as a value. */
export class Refused extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.message);
		this.failure = failure;
	}
}

export function storageFailure(error: unknown): { ok: false; error: Failure } {
	if (error instanceof Refused) return { ok: false, error: error.failure };
	const storage = storageTrouble(error);
	return storage === 'unknown'
		? notStored((error as { message?: string })?.message ?? String(error))
		: fail('Storage', sentences[storage], { storage });
}

/** `why`: without its full stop. */
export const notStored = (why: string) =>
	fail('Storage', `The change could not be saved: ${why}. Try again.`, { storage: 'unknown' });

/** Of a request that nothing has been heard of: it may still come about. */
export const silence = () => fail('Storage', sentences.silent, { storage: 'silent' });

/** The browser's or Dexie's word, and not a bug of ours. */
export const isStorageError = (error: unknown): boolean =>
	error instanceof DOMException || error instanceof Dexie.DexieError || error instanceof Refused;
