/**
 * A mailbox in a directory that several devices see: a network drive, a stick that goes round, a folder that Syncthing or
 * OneDrive keeps alike. `perennial/<space>/<topic>/<name>.sealed`, one file per frame; a file is written once and never
 * changed, so that no sync tool finds two versions to choose from. Only `latest` is replaced, and by one device alone.
 *
 * File System Access API (WICG); the origin's private file system has the same interface.
 */
import type { Bytes } from '#core/bytes.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { LATEST, MOST_FRAME, MailboxError, type Frame, type Mailbox } from './mailbox.ts';

const ROOT = 'perennial';
const ENDING = '.sealed';
/** Files that a sync tool has half written, set aside or renamed do not look like this. */
const FILE = /^([\w-]{1,64})\.sealed$/;
const TOPIC = /^[0-9a-f]{32}$/;

export async function openFolder(root: FileSystemDirectoryHandle): Promise<Result<Mailbox>> {
	let closed = false;

	const spaceIn = async (space: string) =>
		(await root.getDirectoryHandle(ROOT, { create: true })).getDirectoryHandle(space, {
			create: true,
		});

	async function* frames(directory: FileSystemDirectoryHandle): AsyncGenerator<Frame> {
		for await (const [topic, handle] of directory.entries()) {
			if (handle.kind !== 'directory' || !TOPIC.test(topic)) continue;
			const files: [string, FileSystemFileHandle][] = [];
			for await (const [name, file] of (handle as FileSystemDirectoryHandle).entries())
				if (file.kind === 'file' && FILE.test(name)) files.push([name, file]);
			// By first number, so that a chain comes in order.
			for (const [name, file] of files.sort(([a], [b]) => (a < b ? -1 : 1)))
				yield {
					topic,
					name: name.slice(0, -ENDING.length),
					mark: undefined,
					load: () => load(file),
				};
		}
	}

	async function write(space: string, topic: string, name: string, bytes: Bytes): Promise<void> {
		const directory = await (await spaceIn(space)).getDirectoryHandle(topic, { create: true });
		const file = await directory.getFileHandle(name + ENDING, { create: true });
		// Written beside and moved into place at `close`: nobody ever reads half a file.
		const stream = await file.createWritable();
		try {
			await stream.write(bytes);
			await stream.close();
		} catch (error) {
			await stream.abort().catch(() => {});
			throw error;
		}
	}

	const guarded = async <T>(run: () => Promise<T>): Promise<Result<T>> => {
		try {
			return ok(await run());
		} catch (error) {
			return { ok: false, error: folderFailure(error) };
		}
	};

	const opened = await guarded(() => root.getDirectoryHandle(ROOT, { create: true }));
	if (!opened.ok) return opened;
	return ok({
		read: (space) =>
			guarded(async () => ({ whole: true, frames: failing(frames(await spaceIn(space))) })),
		append: (space, topic, name, bytes, mark) =>
			guarded(async () => {
				await write(space, topic, name, bytes);
				return mark;
			}),
		replace: (space, topic, bytes) => guarded(() => write(space, topic, LATEST, bytes)),
		// Nobody is told; the others look now and then.
		announce() {},
		onNews: () => () => {},
		get closed() {
			return closed;
		},
		close: async () => {
			closed = true;
		},
	});
}

async function load(handle: FileSystemFileHandle): Promise<Bytes> {
	try {
		const file = await handle.getFile();
		// No frame is that large; whatever it is, it is not read into memory.
		if (file.size > 2 * MOST_FRAME) return new Uint8Array(0);
		return new Uint8Array(await file.arrayBuffer());
	} catch (error) {
		throw new MailboxError(folderFailure(error));
	}
}

async function* failing<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
	try {
		yield* source;
	} catch (error) {
		throw new MailboxError(folderFailure(error));
	}
}

function folderFailure(error: unknown): Failure {
	const { name } = error as { name?: string };
	const words = (): { readonly error: Failure } => {
		switch (name) {
			case 'NotAllowedError':
			case 'SecurityError':
				return fail('Forbidden', 'The browser wants to be asked again before it uses this folder.');
			case 'NotFoundError':
				return fail(
					'NotFound',
					'The shared folder is not there. Plug the drive in or choose it again.',
				);
			case 'QuotaExceededError':
				return fail('Storage', 'The shared folder is full. Free some space; changes wait here.');
			default:
				return fail('Offline', 'The shared folder cannot be used now.');
		}
	};
	return words().error;
}
