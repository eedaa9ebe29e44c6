/** The body of a data entry before sealing: what was meant, and the updates of the writer's own documents that do it. */
import type { Bytes } from '#core/bytes.ts';
import { createWriter, read } from '#core/codec.ts';
import type { Result } from '#core/result.ts';

export interface Intent {
	/** create, update, remove, restore, import, revert … shown in the audit trail. */
	readonly verb: string;
	readonly entity: string;
	readonly count: number;
}

export interface PartUpdate {
	readonly part: string;
	readonly update: Bytes;
	/** Yjs clock of the document after the update. */
	readonly clock: number;
}

export interface Payload {
	readonly intent: Intent;
	readonly updates: readonly PartUpdate[];
}

export function encodePayload({ intent, updates }: Payload): Bytes {
	const writer = createWriter()
		.text(intent.verb)
		.text(intent.entity)
		.uint(intent.count)
		.uint(updates.length);
	for (const { part, update, clock } of updates) writer.text(part).uint(clock).bytes(update);
	return writer.done();
}

export const decodePayload = (bytes: Bytes): Result<Payload> =>
	read(bytes, 'entry body', (reader) => {
		const intent = { verb: reader.text(), entity: reader.text(), count: reader.uint() };
		const count = reader.uint();
		if (count > 1000) throw new Error('it changes too many documents');
		const updates = Array.from({ length: count }, () => {
			const part = reader.text();
			if (!/^[a-z0-9-]{1,48}$/.test(part)) throw new Error('a document has a strange name');
			return { part, clock: reader.uint(), update: reader.bytes() };
		});
		return { intent, updates };
	});
