/**
 * What an update may hold, checked before Yjs sees it: our documents are one flat map, written by one client, so anything else is
 * somebody's attempt to make Yjs wait, recurse or grow. The check is linear in the update's bytes.
 */
import * as Y from 'yjs';
import type { Bytes } from '#core/bytes.ts';

/** All documents are written under this Yjs client id: each has one writer, whose device names it. */
export const CLIENT = 1;

/** Values nest no deeper: at which depth a browser gives up differs, and its answer would too. */
const DEEPEST = 32;

/**
 * The update writes exactly the clocks `from` to `clock` of a flat map, and deletes nothing that it could not have written.
 * `written`: the key stands in the document already. Then its next value must say which one it follows, or Yjs would walk
 * over all the former ones to find its place.
 */
export function isOwnUpdate(
	update: Bytes,
	from: number,
	clock: number,
	written: (key: string) => boolean,
): boolean {
	let decoded: ReturnType<typeof Y.decodeUpdate>;
	try {
		decoded = Y.decodeUpdate(update);
	} catch {
		return false;
	}
	let at = from;
	const keys = new Set<string>();
	for (const struct of decoded.structs) {
		if (!(struct instanceof Y.Item) || struct.id.client !== CLIENT || struct.id.clock !== at)
			return false;
		const { content, origin, parentSub } = struct;
		const parent: unknown = struct.parent;
		if (struct.length < 1 || struct.rightOrigin) return false;
		if (content instanceof Y.ContentAny) {
			if (!content.arr.every((value) => isShallow(value, DEEPEST))) return false;
		} else if (!(content instanceof Y.ContentDeleted)) return false;
		if (origin) {
			if (origin.client !== CLIENT || origin.clock >= at) return false;
		} else {
			if (parent !== 'c' || parentSub === null) return false;
			if (keys.has(parentSub) || written(parentSub)) return false;
			keys.add(parentSub);
		}
		at += struct.length;
	}
	if (at !== clock) return false;
	for (const [client, deletes] of decoded.ds.clients) {
		if (client !== CLIENT) return false;
		if (deletes.some((one) => one.clock + one.len > clock)) return false;
	}
	return true;
}

const isShallow = (value: unknown, depth: number): boolean =>
	typeof value !== 'object' ||
	value === null ||
	(depth > 0 && Object.values(value).every((one) => isShallow(one, depth - 1)));
