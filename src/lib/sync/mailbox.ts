/**
 * A place that several devices drop sealed frames into and that keeps them, so that devices which are never online together
 * still reach each other. A mailbox knows spaces, topics in them, and named frames in those; it can read none of it.
 *
 * A kept frame never changes. One frame per topic may be replaceable instead (`replace`). Nothing here is trusted: the
 * courier checks every frame, and a mailbox that forgot something is filled again.
 */
import type { Bytes } from '#core/bytes.ts';
import type { Result } from '#core/result.ts';

/** Name of the frame that `replace` writes. */
export const LATEST = 'latest';
/** The largest frame a courier makes, bytes: entries, and what sealing adds. */
export const MOST_FRAME = 256 * 1024;

export interface Frame {
	readonly topic: string;
	readonly name: string;
	/** Where reading goes on after this frame. */
	readonly mark: string | undefined;
	/** Rejects with a `MailboxError`. */
	load(): Promise<Bytes>;
}

export interface Reading {
	/** The mark was not honoured (none was given, or the mailbox has lost or replaced something): all frames are given. */
	readonly whole: boolean;
	/** Kept frames of a topic in the order in which they came, where the mailbox has one. May reject with a `MailboxError`. */
	readonly frames: AsyncIterable<Frame>;
}

export interface Mailbox {
	/** What came into `space` after `mark`, as an earlier frame or `append` told it. */
	read(space: string, mark: string | undefined): Promise<Result<Reading>>;
	/**
	 * Resolves when the frame is kept, to the mark that stands after it where nothing else came between, else to `mark`. A
	 * failure may mean that only the confirmation was lost; frames are safe to send twice.
	 */
	append(
		space: string,
		topic: string,
		name: string,
		bytes: Bytes,
		mark: string | undefined,
	): Promise<Result<string | undefined>>;
	replace(space: string, topic: string, bytes: Bytes): Promise<Result<void>>;
	/** Tells other devices that something came, where the mailbox can. */
	announce(space: string): void;
	/** Called when another device announced something in one of the spaces, or the way there is open again. */
	onNews(spaces: readonly string[], listener: () => void): () => void;
	/** A closed mailbox answers nothing any more and has to be opened anew. */
	readonly closed: boolean;
	close(): Promise<void>;
}

/** A failure met in the middle of reading. */
export class MailboxError extends Error {
	readonly failure: Extract<Result<never>, { ok: false }>['error'];
	constructor(failure: MailboxError['failure']) {
		super(failure.message);
		this.failure = failure;
	}
}
