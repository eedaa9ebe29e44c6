/**
 * A link carries whole messages to one other device, in order, and knows nothing of what they mean. A transport makes links;
 * tests/conformance/link-suite.ts says what every link must do.
 */
import { concat, type Bytes } from '#core/bytes.ts';

export interface Link {
	/**
	 * What the link is tied to below: a hash of both ends' DTLS fingerprints. Signed in the handshake, so that nobody in the
	 * middle can pass one end's proof on to another connection. Equal at both ends.
	 */
	readonly binding: Bytes;
	/** Resolves when more may be sent. Sending on a closed link does nothing. */
	send(message: Bytes): Promise<void>;
	/** Messages that came before are delivered first. One handler. */
	onMessage(handler: (message: Bytes) => void): void;
	/** At once when closed already. */
	onClose(handler: () => void): void;
	close(): void;
}

/** A message above this ends the link. */
export const MAX_MESSAGE = 1024 * 1024;
const FRAME = 64 * 1024 - 1;

/** Frames of at most 64 KiB: one byte that says whether it is the message's last, then its bytes. */
export function* toFrames(message: Bytes): Generator<Bytes> {
	for (let at = 0; ; at += FRAME) {
		const last = at + FRAME >= message.length;
		yield concat(Uint8Array.of(last ? 1 : 0), message.subarray(at, at + FRAME));
		if (last) return;
	}
}

/** Puts frames together again. Undefined while a message is incomplete; throws when it grows too large. */
export function createAssembler(): (frame: Bytes) => Bytes | undefined {
	let parts: Bytes[] = [];
	let size = 0;
	return (frame) => {
		parts.push(frame.subarray(1));
		size += frame.length - 1;
		if (size > MAX_MESSAGE) throw new Error('The message is too large.');
		if (frame[0] !== 1) return undefined;
		const message = parts.length === 1 ? parts[0]!.slice() : concat(...parts);
		parts = [];
		size = 0;
		return message;
	};
}

/** Holds messages back until somebody listens, and tells of closing once. The shared part of all links. */
export function createInbox() {
	const waiting: Bytes[] = [];
	let deliver: ((message: Bytes) => void) | undefined;
	let closed = false;
	const closers: (() => void)[] = [];
	return {
		push(message: Bytes) {
			if (deliver) deliver(message);
			else waiting.push(message);
		},
		onMessage(handler: (message: Bytes) => void) {
			deliver = handler;
			for (const message of waiting.splice(0)) handler(message);
		},
		onClose(handler: () => void) {
			if (closed) handler();
			else closers.push(handler);
		},
		get closed() {
			return closed;
		},
		close() {
			if (closed) return;
			closed = true;
			for (const handler of closers.splice(0)) handler();
		},
	};
}
