/** Two ends of a link inside one process: for tests and the simulator. */
import { randomBytes } from '#crypto/hash.ts';
import type { Bytes } from '#core/bytes.ts';
import { createInbox, type Link } from './link.ts';

export function createMemoryLinks(): [Link, Link] {
	const binding = randomBytes(32);
	const inboxes = [createInbox(), createInbox()] as const;
	const end = (own: 0 | 1): Link => {
		const mine = inboxes[own];
		const theirs = inboxes[own === 0 ? 1 : 0];
		return {
			binding,
			async send(message: Bytes) {
				if (!mine.closed) queueMicrotask(() => theirs.closed || theirs.push(message.slice()));
			},
			onMessage: mine.onMessage,
			onClose: mine.onClose,
			close() {
				mine.close();
				queueMicrotask(theirs.close);
			},
		};
	};
	return [end(0), end(1)];
}
