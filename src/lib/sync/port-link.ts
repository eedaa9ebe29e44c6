/**
 * A link across a MessagePort: WebRTC lives on the page only, the ledger in the data worker. Back-pressure crosses too: each
 * message is confirmed when the channel has taken it.
 */
import type { Bytes } from '#core/bytes.ts';
import { createInbox, type Link } from './link.ts';

type Letter = { readonly message: Bytes } | { readonly taken: number } | { readonly closed: true };

const WINDOW = 2 * 1024 * 1024;

/** The worker's end. */
export function createPortLink(port: MessagePort, binding: Bytes): Link {
	const inbox = createInbox();
	let outstanding = 0;
	const waiting: (() => void)[] = [];
	const release = () => {
		for (const resolve of waiting.splice(0)) resolve();
	};
	const close = () => {
		inbox.close();
		release();
		port.close();
	};
	port.onmessage = ({ data }: MessageEvent<Letter>) => {
		if ('message' in data) inbox.push(data.message);
		else if ('taken' in data) {
			outstanding -= data.taken;
			if (outstanding < WINDOW) release();
		} else close();
	};
	// The page is gone without a word (crashed, or closed at once): browsers that can tell, tell.
	port.addEventListener('close', close);
	port.start();
	return {
		binding,
		async send(message) {
			if (inbox.closed) return;
			outstanding += message.length;
			port.postMessage({ message } satisfies Letter);
			if (outstanding >= WINDOW) await new Promise<void>((resolve) => waiting.push(resolve));
		},
		onMessage: inbox.onMessage,
		onClose: inbox.onClose,
		close() {
			if (inbox.closed) return;
			port.postMessage({ closed: true } satisfies Letter);
			close();
		},
	};
}

/** The page's end: joins a link to the port until either closes. */
export function bridgeToPort(link: Link, port: MessagePort): void {
	link.onMessage((message) => port.postMessage({ message } satisfies Letter));
	link.onClose(() => {
		port.postMessage({ closed: true } satisfies Letter);
		port.close();
	});
	port.onmessage = async ({ data }: MessageEvent<Letter>) => {
		if ('message' in data) {
			await link.send(data.message);
			port.postMessage({ taken: data.message.length } satisfies Letter);
		} else if ('closed' in data) {
			link.close();
			port.close();
		}
	};
	port.start();
}
