/**
 * What keeps a workspace safe beyond this device, as the data worker does it: the recovery kit, backups that are read back
 * before they count, and restoring, which is a merge: it adds what is missing and never takes anything away.
 */
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { wordsOf } from '#crypto/recovery.ts';
import { decodeDataHead, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import { openBundle, peekBundle, verifyBundle } from '#log/read-bundle.ts';
import {
	forgetRecovery,
	kitState,
	lastBackup,
	noteBackup,
	readRecovery,
	type BackupNote,
	type KitState,
} from '#log/secrets.ts';
import { writeBundle } from '#log/write-bundle.ts';
import { sealedKit } from './kit.ts';
import type { Store } from './store.ts';

export interface SafetyState {
	readonly kit: KitState;
	readonly backup?: BackupNote;
}

/** Answers false to stop. */
export type OnStep = (done: number, total: number) => Promise<boolean> | boolean;

export interface Safety {
	state(): Promise<SafetyState>;
	words(): Promise<Result<readonly string[]>>;
	/** The words sealed with the passphrase: one line of text for the kit's file. */
	kit(passphrase: string): Promise<Result<string>>;
	/** Position, from 1, to the word that the person entered. When all are right the words leave this device for good. */
	confirmKit(entered: Readonly<Record<number, string>>): Promise<Result<void>>;
	/** The file, read back and good; `done` counts writing and reading back. */
	backup(onStep: OnStep): Promise<Result<Blob>>;
	/** A copy that has reached its place: reads all of it, and remembers that there is a good one. */
	verify(file: Blob, onStep: OnStep): Promise<Result<BackupNote>>;
	restore(file: Blob, onStep: OnStep): Promise<Result<{ readonly added: number }>>;
}

const cancelled = () => fail('Cancelled', 'Cancelled. Nothing was changed.');

export function createSafety(
	store: Pick<Store, 'log' | 'receive'>,
	scope: string,
	clock: Clock,
): Safety {
	const { log } = store;
	const recovery = () => readRecovery(log.database, log.wid, scope);

	async function write(onStep: OnStep): Promise<Result<Blob>> {
		// Each piece is handed to the browser at once, which keeps large files on the disk.
		const parts: Blob[] = [];
		try {
			for await (const { bytes, done, total } of writeBundle({
				log,
				epochs: log.epochs,
				at: clock(),
			})) {
				parts.push(new Blob([bytes]));
				if (!(await onStep(done, 2 * total))) return cancelled();
			}
			return ok(new Blob(parts, { type: 'application/octet-stream' }));
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			return fail(
				'Storage',
				`The backup could not be written: ${why}. Free some space, try again.`,
			);
		}
	}

	async function verify(file: Blob, onStep: OnStep): Promise<Result<BackupNote>> {
		const good = await verifyBundle(file, { epochs: log.epochs }, onStep);
		if (!good.ok) return good;
		return ok({ at: good.value.at, entries: good.value.entries, size: file.size });
	}

	async function remember(note: BackupNote): Promise<void> {
		const known = await lastBackup(log.database);
		if (!known || known.at <= note.at) await noteBackup(log.database, note);
	}

	/** Membership first: it says who may have written what follows. */
	async function merge(file: Blob, onStep: OnStep): Promise<Result<{ added: number }>> {
		const opened = await openBundle(file, { epochs: log.epochs });
		if (!opened.ok) return opened;
		let added = 0;
		let members: SignedEntry[] = [];
		for await (const piece of opened.value.pieces()) {
			if (!piece.ok) return piece;
			const entries: SealedEntry[] = [];
			for (const record of piece.value.records) {
				if (record.type === 'membership') members.push(record.entry);
				else if (record.type === 'data') entries.push(record.entry);
			}
			if (members.length) {
				const received = await log.receiveMembership(members);
				if (!received.ok) return received;
				members = [];
			}
			const taken = await take(entries);
			if (!taken.ok) return taken;
			added += taken.value;
			if (!(await onStep(file.size + piece.value.read, 2 * file.size)))
				return fail('Cancelled', 'Stopped. What was restored so far stays.');
		}
		return ok({ added });
	}

	async function take(entries: readonly SealedEntry[]): Promise<Result<number>> {
		const missing = entries.filter(({ head }) => {
			const decoded = decodeDataHead(head);
			return decoded.ok && decoded.value.seq > (log.vector()[decoded.value.did] ?? 0);
		});
		if (!missing.length) return ok(0);
		const first = await store.receive(missing);
		if (!first.ok || first.value.length === missing.length)
			return first.ok ? ok(missing.length) : first;
		// What stood before a bad entry is in by now: asked again, the bad one answers for itself.
		const rest = await store.receive(missing);
		return rest.ok ? ok(first.value.length + rest.value.length) : rest;
	}

	return {
		async state() {
			const [kit, backup] = await Promise.all([kitState(log.database), lastBackup(log.database)]);
			return { kit, ...(backup && { backup }) };
		},
		async words() {
			const entropy = await recovery();
			return entropy.ok ? ok(await wordsOf(entropy.value)) : entropy;
		},
		async kit(passphrase) {
			const entropy = await recovery();
			return entropy.ok ? sealedKit(entropy.value, passphrase) : entropy;
		},
		async confirmKit(entered) {
			const entropy = await recovery();
			if (!entropy.ok) return entropy;
			const words = await wordsOf(entropy.value);
			const wrong = Object.entries(entered).find(
				([position, word]) => words[Number(position) - 1] !== word.trim().toLowerCase(),
			);
			if (wrong || Object.keys(entered).length < 3)
				return fail('Invalid', 'That is not the word in this place. Look at your kit again.', {
					...(wrong && { needed: Number(wrong[0]) }),
				});
			await forgetRecovery(log.database, clock());
			return ok(undefined);
		},
		async backup(onStep) {
			const file = await write(onStep);
			if (!file.ok) return file;
			const half = file.value.size;
			const good = await verify(file.value, (read) => onStep(half + read, 2 * half));
			return good.ok ? file : good;
		},
		async verify(file, onStep) {
			const good = await verify(file, onStep);
			if (good.ok) await remember(good.value);
			return good;
		},
		async restore(file, onStep) {
			const other = await wrongWorkspace(file, log.wid);
			if (other) return { ok: false, error: other };
			const good = await verify(file, (read, size) => onStep(read, 2 * size));
			return good.ok ? merge(file, onStep) : good;
		},
	};
}

async function wrongWorkspace(file: Blob, wid: string): Promise<Failure | undefined> {
	const peeked = await peekBundle(file);
	if (!peeked.ok) return peeked.error;
	if (peeked.value.wid === wid) return undefined;
	return {
		type: 'Invalid',
		message:
			'This backup is of another workspace. Open that workspace first, or restore it from the start page.',
	};
}
