/**
 * What an update may hold, checked before Yjs sees it: our documents are one flat map, written by one client, so anything else is
 * somebody's attempt to make Yjs wait, recurse or grow. The check is linear in the update's bytes.
 */
import * as Y from 'yjs';
import type { Bytes } from '#core/bytes.ts';

/** All documents are written under this Yjs client id: each has one writer, whose device names it. */
export const CLIENT = 1;

/** The update writes exactly the clocks `from` to `clock` of a flat map, and deletes nothing that it could not have written. */
export function isOwnUpdate(update: Bytes, from: number, clock: number): boolean {
	let decoded: ReturnType<typeof Y.decodeUpdate>;
	try {
		decoded = Y.decodeUpdate(update);
	} catch {
		return false;
	}
	let at = from;
	for (const struct of decoded.structs) {
		if (struct.id.client !== CLIENT || struct.id.clock !== at || struct.length < 1) return false;
		if (struct instanceof Y.Item) {
			const { content } = struct;
			if (!(content instanceof Y.ContentAny || content instanceof Y.ContentDeleted)) return false;
			if (typeof struct.parent === 'string' && struct.parent !== 'c') return false;
		} else if (!(struct instanceof Y.GC)) return false;
		at += struct.length;
	}
	if (at !== clock) return false;
	for (const [client, deletes] of decoded.ds.clients) {
		if (client !== CLIENT) return false;
		if (deletes.some((one) => one.clock + one.len > clock)) return false;
	}
	return true;
}
