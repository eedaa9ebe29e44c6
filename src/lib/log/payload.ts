/** The body of a data entry before sealing: what was meant, and the updates of the writer's own documents that do it. */
import type { Bytes } from '#core/bytes.ts';
import { createWriter, read, type Reader } from '#core/codec.ts';
import type { Result } from '#core/result.ts';

export interface Intent {
	/** create, update, remove, restore, import, revert … shown in the audit trail. */
	readonly verb: string;
	readonly entity: string;
	readonly count: number;
}

export interface PartUpdate {
	readonly part: string;
	/** Yjs clock of the document before the update, and after it. */
	readonly from: number;
	readonly clock: number;
	readonly update: Bytes;
}

/** First and last of consecutive sequence numbers. */
export type Range = readonly [number, number];

export interface Payload {
	readonly intent: Intent;
	readonly updates: readonly PartUpdate[];
	/**
	 * Documents of the writer's that are finished with, and former generations of them: their cells stand in newer documents, or
	 * are erased (R10, R13). Each such entry repeats what those before it said, so that they are obsolete too.
	 */
	readonly retires?: readonly string[];
	/** The writer's entries whose bodies nobody needs any more; rising, none twice. */
	readonly obsolete?: readonly Range[];
}

const PART = /^[a-z0-9-]{1,48}$/;
const MOST = 1000;
export const MOST_RANGES = 20_000;

export function encodePayload({ intent, updates, retires = [], obsolete = [] }: Payload): Bytes {
	const writer = createWriter()
		.text(intent.verb)
		.text(intent.entity)
		.uint(intent.count)
		.uint(updates.length);
	for (const { part, from, clock, update } of updates)
		writer.text(part).uint(from).uint(clock).bytes(update);
	writer.uint(retires.length);
	for (const part of retires) writer.text(part);
	writer.uint(obsolete.length);
	for (const [first, last] of obsolete) writer.uint(first).uint(last);
	return writer.done();
}

export const decodePayload = (bytes: Bytes): Result<Payload> =>
	read(bytes, 'entry body', (reader) => {
		const intent = { verb: reader.text(), entity: reader.text(), count: reader.uint() };
		const updates = list(reader, () => {
			const part = partName(reader);
			const from = reader.uint();
			const clock = reader.uint();
			if (clock < from) throw new Error('a document runs backwards');
			return { part, from, clock, update: reader.bytes() };
		});
		if (new Set(updates.map(({ part }) => part)).size < updates.length)
			throw new Error('it changes a document twice');
		const retires = list(reader, () => partName(reader));
		const obsolete = list(reader, () => [reader.uint(), reader.uint()] as const, MOST_RANGES);
		// Each range is walked: many that overlap would cost their product with the chain.
		let end = 0;
		for (const [first, last] of obsolete) {
			if (first <= end || last < first) throw new Error('it lists an entry twice');
			end = last;
		}
		// What a newer version adds stands behind; this one keeps it and does not read it.
		if (reader.left) reader.any();
		return {
			intent,
			updates,
			...(retires.length && { retires }),
			...(obsolete.length && { obsolete }),
		};
	});

function list<T>(reader: Reader, one: () => T, most = MOST): T[] {
	const count = reader.uint();
	if (count > most) throw new Error('it lists too much');
	return Array.from({ length: count }, one);
}

function partName(reader: Reader): string {
	const part = reader.text();
	if (!PART.test(part)) throw new Error('a document has a strange name');
	return part;
}
