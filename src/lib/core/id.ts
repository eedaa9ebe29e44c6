/**
 * Record ids: sixteen base64url characters, 96 random bits, unique without a server. An id derived from an outside
 * key (a row of an import) is the same on every device, so two people importing one file offline create one record.
 */
import { toBase64url, utf8 } from './bytes.ts';

export type Id = string;

export const newId = (): Id => toBase64url(crypto.getRandomValues(new Uint8Array(12)));

/** The id that `scope` and `key` always have. Collisions: 96 bits of SHA-256. */
export async function derivedId(scope: string, key: string): Promise<Id> {
	const digest = await crypto.subtle.digest('SHA-256', utf8(`${scope}\n${key}`));
	return toBase64url(new Uint8Array(digest, 0, 12));
}

/** A record's id carries its type: `contact:AbC…` is a contact. */
export const entityOf = (id: string): string => id.slice(0, id.indexOf(':'));

export const isId = (text: unknown): text is Id =>
	typeof text === 'string' && /^[\w-]{8,36}$/.test(text);

/** As `entityOf` can read it. */
export const isRecordId = (text: unknown): text is string =>
	typeof text === 'string' && /^[a-z]{1,24}:[\w-]{8,36}$/.test(text);
