/** The wire messages between devices, as bytes. Reading refuses anything that is not exactly one of them. */
import { toBase64url, type Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import type { Result } from '#core/result.ts';
import type { PublicKeys } from '#crypto/device.ts';
import { didBytes, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import type { Vector } from '#log/log.ts';
import { MAX_MESSAGE } from './link.ts';

export type Message =
	| { readonly type: 'hello'; readonly nonce: Bytes; readonly publicKeys: PublicKeys }
	| { readonly type: 'auth'; readonly sig: Bytes }
	/** Ids of the membership entries held. The last part of them names the sender's time of day, which only ever warns (R12). */
	| { readonly type: 'members'; readonly ids: readonly Bytes[]; readonly time?: number }
	/** `more`: the rest comes in the next one; they count together. */
	| { readonly type: 'proof'; readonly entries: readonly SignedEntry[]; readonly more: boolean }
	/** A full or partial vector: what the sender has stored. Doubles as the acknowledgement. */
	| {
			readonly type: 'have';
			readonly vector: Vector;
			/** First eight bytes of the last entry's id of each chain: two devices that hold different ends notice. */
			readonly heads?: Readonly<Record<string, Bytes>>;
			/** The sender leaves bodies of old months with the others. */
			readonly partial: boolean;
	  }
	| {
			readonly type: 'want';
			readonly did: string;
			readonly from: number;
			readonly to: number;
			/** Bodies that touch only months before this one may be left out; empty for all bodies. */
			readonly since: string;
	  }
	| { readonly type: 'put'; readonly entry: SealedEntry }
	| { readonly type: 'bye'; readonly reason: string }
	// Joining by invite, on the invite's own link:
	/** A commitment to the newcomer's nonce, so that neither side can choose the six digits. */
	| { readonly type: 'knock'; readonly commitment: Bytes }
	| {
			readonly type: 'answer';
			readonly nonce: Bytes;
			readonly did: string;
			readonly invite: Bytes;
			readonly workspace: string;
	  }
	| {
			readonly type: 'ask';
			readonly nonce: Bytes;
			readonly join: SignedEntry;
			/** By the invite's key, over this connection: nobody in the middle can pass the question on. */
			readonly bound: Bytes;
	  }
	| { readonly type: 'welcome'; readonly entries: readonly SignedEntry[]; readonly more: boolean };

const types = [
	'hello',
	'auth',
	'members',
	'proof',
	'have',
	'want',
	'put',
	'bye',
	'knock',
	'answer',
	'ask',
	'welcome',
] as const satisfies readonly Message['type'][];

const VERSION = 1;
/** Bytes of an entry's id that tell two ends of a chain apart. */
export const HEAD = 8;
const NO_TIME = 0;
const NO_HEAD = new Uint8Array(HEAD);

export function encodeMessage(message: Message): Bytes {
	const writer = createWriter().uint(VERSION).uint(types.indexOf(message.type));
	const signed = (entry: SignedEntry) => writer.bytes(entry.head).bytes(entry.sig);
	switch (message.type) {
		case 'hello':
			writer.raw(message.nonce).bytes(message.publicKeys.sign).bytes(message.publicKeys.agree);
			break;
		case 'auth':
			writer.bytes(message.sig);
			break;
		case 'members':
			writer.uint(message.ids.length);
			for (const id of message.ids) writer.raw(id);
			// Versions that know no parts read each of them as a message of its own, and believe the last time.
			writer.uint(message.time ?? NO_TIME);
			break;
		case 'proof':
		case 'welcome':
			writer.uint(message.entries.length);
			message.entries.forEach(signed);
			writer.uint(Number(message.more));
			break;
		case 'have': {
			const chains = Object.entries(message.vector);
			writer.uint(chains.length);
			for (const [did, seq] of chains)
				writer
					.raw(didBytes(did))
					.uint(seq)
					.raw(message.heads?.[did] ?? NO_HEAD);
			writer.uint(Number(message.partial));
			break;
		}
		case 'want':
			writer.raw(didBytes(message.did)).uint(message.from).uint(message.to).text(message.since);
			break;
		case 'put':
			signed(message.entry).bytes(message.entry.ct);
			break;
		case 'bye':
			writer.text(message.reason);
			break;
		case 'knock':
			writer.raw(message.commitment);
			break;
		case 'answer':
			writer
				.raw(message.nonce)
				.raw(didBytes(message.did))
				.raw(message.invite)
				.text(message.workspace);
			break;
		case 'ask':
			writer.raw(message.nonce);
			signed(message.join);
			writer.bytes(message.bound);
			break;
	}
	return writer.done();
}

/** In one message. */
const MOST = 10_000;
/** What one of a version without parts can name: more is no message on any link. */
const MOST_IDS = MAX_MESSAGE / 32;

export const decodeMessage = (bytes: Uint8Array): Result<Message> =>
	read(bytes, 'message', (reader): Message => {
		if (reader.uint() !== VERSION) throw new Error('the other device runs another version');
		const type = types[reader.uint()];
		const did = () => toBase64url(reader.raw(16));
		const signed = (): SignedEntry => ({ head: reader.bytes(), sig: reader.bytes() });
		const list = <T>(one: () => T, most = MOST): T[] => {
			const count = reader.uint();
			if (count > most) throw new Error('it lists too much');
			return Array.from({ length: count }, one);
		};
		switch (type) {
			case 'hello':
				return {
					type,
					nonce: reader.raw(32),
					publicKeys: { sign: reader.bytes(), agree: reader.bytes() },
				};
			case 'auth':
				return { type, sig: reader.bytes() };
			case 'members': {
				const ids = list(() => reader.raw(32), MOST_IDS);
				const time = reader.uint();
				return { type, ids, ...(time !== NO_TIME && { time }) };
			}
			case 'proof':
			case 'welcome':
				return { type, entries: list(signed), more: reader.uint() === 1 };
			case 'have': {
				const chains = list(() => [did(), reader.uint(), reader.raw(HEAD)] as const);
				return {
					type,
					vector: Object.fromEntries(chains.map(([chain, seq]) => [chain, seq])),
					heads: Object.fromEntries(chains.map(([chain, , head]) => [chain, head])),
					partial: reader.uint() === 1,
				};
			}
			case 'want':
				return { type, did: did(), from: reader.uint(), to: reader.uint(), since: reader.text() };
			case 'put':
				return { type, entry: { ...signed(), ct: reader.bytes() } };
			case 'bye':
				return { type, reason: reader.text().slice(0, 200) };
			case 'knock':
				return { type, commitment: reader.raw(32) };
			case 'answer':
				return {
					type,
					nonce: reader.raw(32),
					did: did(),
					invite: reader.raw(32),
					workspace: reader.text().slice(0, 200),
				};
			case 'ask':
				return { type, nonce: reader.raw(32), join: signed(), bound: reader.bytes() };
			default:
				throw new Error('its kind is unknown');
		}
	});

/** The ids of all that one holds, in as many messages as it takes. */
export function* idsInMessages(ids: readonly Bytes[], time: number): Generator<Message> {
	let at = 0;
	for (; at + MOST < ids.length; at += MOST)
		yield { type: 'members', ids: ids.slice(at, at + MOST) };
	yield { type: 'members', ids: ids.slice(at), time };
}

/** Membership entries in messages that a link can carry. */
export function* inMessages(
	type: 'proof' | 'welcome',
	entries: readonly SignedEntry[],
): Generator<Message> {
	let batch: SignedEntry[] = [];
	let size = 0;
	for (const entry of entries) {
		if (size + entry.head.length > MOST_BYTES || batch.length >= MOST) {
			yield { type, entries: batch, more: true };
			batch = [];
			size = 0;
		}
		batch.push(entry);
		size += entry.head.length + 80;
	}
	yield { type, entries: batch, more: false };
}

const MOST_BYTES = 256 * 1024;
