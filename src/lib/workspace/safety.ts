/**
 * What keeps a workspace safe beyond this device, as the data worker does it: the recovery kit, backups that are read back
 * before they count, and restoring, which is a merge: it adds what is missing and never takes anything away.
 */
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { wordsOf } from '#crypto/recovery.ts';
import { decodeDataHead, type SealedEntry, type SignedEntry } from '#log/entry.ts';
import type { EpochKey } from '#log/keyring.ts';
import { openBundle, peekBundle, verifyBundle } from '#log/read-bundle.ts';
import {
	forgetRecovery,
	kitState,
	lastBackup,
	lastCheck,
	noteBackup,
	readRecovery,
	type BackupNote,
	type CheckNote,
	type KitState,
} from '#log/notes.ts';
import { writeBundle } from '#log/write-bundle.ts';
import { sealedKit } from './kit.ts';
import type { BrowserStore } from './open-store.ts';

export interface SafetyState {
	readonly kit: KitState;
	readonly backup?: BackupNote;
	/** The last check of everything kept here. */
	readonly check?: CheckNote;
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
	store: Pick<BrowserStore, 'log' | 'restore' | 'database'>,
	clock: Clock,
): Safety {
	const { log, database } = store;
	const recovery = () => readRecovery(database);
	const key = () => ({ epochs: log.keyring.all() });

	async function write(onStep: OnStep): Promise<Result<Blob>> {
		// Each piece is handed to the browser at once, which keeps large files on the disk.
		const parts: Blob[] = [];
		try {
			for await (const { bytes, done, total } of writeBundle({ log, at: clock() })) {
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
		const good = await verifyBundle(file, key(), onStep);
		if (!good.ok) return good;
		const { at, entries, lacks } = good.value;
		return ok({ at, entries, size: file.size, ...(lacks && { lacks }) });
	}

	async function remember(note: BackupNote): Promise<void> {
		const known = await lastBackup(database);
		if (!known || known.at <= note.at) await noteBackup(database, note);
	}

	/** Membership and keys first: they say who may have written what follows, and open it. */
	async function merge(file: Blob, onStep: OnStep): Promise<Result<{ added: number }>> {
		const opened = await openBundle(file, key());
		if (!opened.ok) return opened;
		let added = 0;
		const gaps = await wantedBodies();
		for await (const piece of opened.value.pieces()) {
			if (!piece.ok) return piece;
			const entries: SealedEntry[] = [];
			const members: SignedEntry[] = [];
			const keys: EpochKey[] = [];
			for (const record of piece.value.records) {
				if (record.type === 'membership') members.push(record.entry);
				else if (record.type === 'epochs') keys.push(...record.keys);
				else entries.push(record.entry);
			}
			if (members.length) {
				const received = await log.receiveMembership(members);
				if (!received.ok) return received;
			}
			if (keys.length) {
				const learnt = await log.learnKeys(keys);
				if (!learnt.ok) return learnt;
			}
			const taken = await take(entries, gaps);
			if (!taken.ok) return taken;
			added += taken.value;
			if (!(await onStep(file.size + piece.value.read, 2 * file.size)))
				return fail('Cancelled', 'Stopped. What was restored so far stays.');
		}
		return ok({ added });
	}

	async function take(
		entries: readonly SealedEntry[],
		gaps: ReadonlySet<string>,
	): Promise<Result<number>> {
		const missing = entries.filter(({ head, ct }) => {
			const decoded = decodeDataHead(head);
			if (!decoded.ok) return false;
			const { did, seq } = decoded.value;
			return seq > (log.chain(did)?.seq ?? 0) || (ct.length > 0 && gaps.has(`${did} ${seq}`));
		});
		if (!missing.length) return ok(0);
		const first = await store.restore(missing);
		if (!first.ok || first.value.stored === missing.length)
			return first.ok ? ok(missing.length) : first;
		// What stood before a bad entry is in by now: asked again, the bad one answers for itself.
		const rest = await store.restore(missing);
		return rest.ok ? ok(first.value.stored + rest.value.stored) : rest;
	}

	/** Entries whose bodies are not here: damaged, or left with other devices. */
	async function wantedBodies(): Promise<ReadonlySet<string>> {
		const gaps = [...(await log.store.gaps(1)), ...(await log.store.gaps(2))];
		return new Set(gaps.map(([did, seq]) => `${did} ${seq}`));
	}

	return {
		async state() {
			const [kit, backup, check] = await Promise.all([
				kitState(database),
				lastBackup(database),
				lastCheck(database),
			]);
			return { kit, ...(backup && { backup }), ...(check && { check }) };
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
			await forgetRecovery(database, clock());
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
