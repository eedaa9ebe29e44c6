/**
 * A workspace as the data worker serves it: commands, search, imports, people, sync. The page's `Workspace` is a thin face of
 * this over comlink; everything here takes and gives plain data.
 */
import { systemClock } from '#core/clock.ts';
import { isLanguage } from '#core/bilingual.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { readPurchases } from '#analysis/purchases.ts';
import type { Purchases } from '#analysis/contract.ts';
import { createRecord, setDeleted, updateRecord } from '#commands/records.ts';
import { revertBatch } from '#commands/import.ts';
import type { ImportReport } from '#exchange/contract.ts';
import type { ImportTarget } from '#exchange/target.ts';
import { backupFolder, setBackupFolder, type BackupNote, type CheckNote } from '#log/notes.ts';
import type { Role, WorkspaceInfo } from '#log/workspaces.ts';
import { fingerprintView } from '#readmodel/fingerprint.ts';
import type { Fields } from '#schema/values.ts';
import { createEngine, type EngineStatus } from '#sync/engine.ts';
import { auditTrail, historyOf, verifyAll, type GoOn } from './audit.ts';
import {
	failedRows,
	forgetOldRows,
	forgetReport,
	keepReport,
	keptReports,
} from './import-reports.ts';
import { checkUp, isCheckDue } from './checkup.ts';
import { createImportTarget } from './import-target.ts';
import { openMail, type MailOptions, type MailSettings } from './mail.ts';
import { openKeeping } from './keeping.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import { createSafety, type OnStep, type SafetyState } from './safety.ts';
import { createTeam, type Team } from './team.ts';
import { applyUnsaved, type UnsavedState } from './unsaved.ts';
import type { AuditLine, Change, KeptReport, Verdict } from './workspace.ts';

export type { Purpose } from './team.ts';

export interface HostStatus extends EngineStatus {
	/** The device refuses to store; edits rest. */
	readonly storage?: UnsavedState;
}

export interface Host extends Omit<Team, 'close'>, MailSettings {
	info(): { readonly workspace: WorkspaceInfo; readonly did: string; readonly role: Role };
	create(entity: string, fields: Fields): Promise<Result<string>>;
	update(id: string, patch: Fields): Promise<Result<void>>;
	setDeleted(ids: readonly string[], deleted: boolean): Promise<Result<void>>;
	find(entity: string, text: string, limit: number): Promise<readonly string[]>;
	/** One for each import. */
	importTarget(): ImportTarget;
	/** Keeps the report; once when the import begins, so that one that is cut off can be taken back, and once when it ended. */
	keepImport(report: ImportReport): Promise<void>;
	/** It ended without a report; what it wrote, if anything, can still be taken back. */
	forgetImport(importId: string): Promise<void>;
	imports(): Promise<readonly KeptReport[]>;
	failedRows(importId: string): Promise<Result<Blob>>;
	revertImport(importId: string): Promise<Result<{ removed: number; kept: number }>>;
	purchases(): Promise<Purchases>;
	/** Months of events that this device keeps; 0 for all. */
	keptMonths(): number;
	keepMonths(months: number): Promise<Result<void>>;
	status(): HostStatus;
	fingerprint(): Promise<string>;
	/** Changes whenever the data does, and whenever rows are made again; cheap. */
	version(): string;
	rebuild(): Promise<void>;
	/** See `checkup.ts`; once a day unasked. */
	checkUp(onStep?: OnStep): Promise<Result<CheckNote>>;
	audit(page?: { before?: number; limit?: number }): Promise<readonly AuditLine[]>;
	history(id: string): Promise<readonly Change[]>;
	verify(goOn?: GoOn): Promise<Result<Verdict>>;
	/** See `safety.ts`. */
	safety(): Promise<SafetyState>;
	recoveryWords(): Promise<Result<readonly string[]>>;
	recoveryKit(passphrase: string): Promise<Result<string>>;
	confirmKit(entered: Readonly<Record<number, string>>): Promise<Result<void>>;
	backup(onStep: OnStep): Promise<Result<Blob>>;
	verifyBackup(file: Blob, onStep: OnStep): Promise<Result<BackupNote>>;
	/** A backup, or a file of unsaved changes. */
	restore(file: Blob, onStep: OnStep): Promise<Result<{ readonly added: number }>>;
	backupFolder(): Promise<FileSystemDirectoryHandle | undefined>;
	setBackupFolder(folder: FileSystemDirectoryHandle | undefined): Promise<void>;
	/** See `unsaved.ts`. */
	retryUnsaved(): Promise<Result<void>>;
	unsavedFile(): Blob;
	onChange(listener: (what: 'sync' | 'share') => void): () => void;
	close(): Promise<void>;
}

/** By then whoever opened the app has found what they came for. */
const REST_MS = 30_000;

export async function openHost(
	wid: string,
	options: StoreOptions & MailOptions = {},
): Promise<Result<Host>> {
	const opened = await openStore(wid, options);
	if (!opened.ok) return opened;
	const store = opened.value;
	const { log, view, search, context, database, unsaved } = store;
	const { did } = log.device;
	const clock = options.clock ?? systemClock;
	const keeping = await openKeeping(database, log, clock);
	const engine = await createEngine(store, { clock, since: keeping.since });
	const listeners = new Set<(what: 'sync' | 'share') => void>();
	const tell = (what: 'sync' | 'share') => listeners.forEach((listener) => listener(what));
	const team = createTeam({ store, engine, database, clock, changed: () => tell('share') });
	const safety = createSafety(store, clock);
	let print: string | undefined;
	store.onChange(() => {
		print = undefined;
		engine.announce();
	});
	store.holdWhile(() => engine.catchingUpWithItself);
	engine.onChange(() => tell('sync'));
	const resting = setTimeout(() => void whileNobodyWaits().catch(console.error), REST_MS);
	const mail = await openMail(
		{
			log,
			database,
			receive: (entries) => store.receive(entries),
			epochs: log.keyring.all,
			onHolds: (holder, { vector, partial }) => engine.confirm(holder, vector, partial),
			clock,
		},
		options,
		() => tell('sync'),
	);
	store.onChange(mail.nudge);
	listeners.add((what) => what === 'share' && mail.nudge());

	let closing = false;
	let checking: Promise<Result<CheckNote>> | undefined;

	let watching: OnStep | undefined;

	/** One at a time; whoever asks meanwhile follows that one. */
	function check(onStep?: OnStep): Promise<Result<CheckNote>> {
		watching = onStep ?? watching;
		const goOn: OnStep = async (done, total) =>
			!closing && (await watching?.(done, total)) !== false;
		checking ??= checkUp(store, clock, goOn).finally(() => {
			checking = watching = undefined;
			// Whoever is here is asked for what only others have.
			engine.announce();
		});
		return checking;
	}

	async function whileNobodyWaits(): Promise<void> {
		if (!closing) await unsaved.observe(async () => ok(await forgetOldRows(database, clock())));
		if (!closing && (await isCheckDue(store, clock))) await check();
	}

	const version = () => JSON.stringify([Object.entries(log.vector()).sort(), store.remade]);

	const { nudge: _nudge, close: closeMail, ...mailSettings } = mail;
	return ok({
		...team,
		...mailSettings,
		info() {
			const { genesis, createdAt } = log.membership;
			const language = isLanguage(genesis.language) ? genesis.language : 'en';
			const workspace = { id: wid, ...genesis, language, createdAt, openedAt: clock() };
			return { workspace, did, role: store.role };
		},
		create: (entity, fields) => createRecord(context, entity, fields),
		update: (id, patch) => unsaved.observe(() => updateRecord(context, id, patch)),
		setDeleted: (ids, deleted) => unsaved.observe(() => setDeleted(context, ids, deleted)),
		find: search.find,
		importTarget: () => createImportTarget(store),
		keepImport: (report) => keepReport(database, report, log.membership.erasedIds),
		forgetImport: (importId) => forgetReport(database, importId),
		imports: () => keptReports(database),
		failedRows: (importId) => failedRows(database, importId),
		async revertImport(importId) {
			const record = await database.imports.get(importId);
			if (!record)
				return fail('NotFound', 'This device did not make that import, so it cannot take it back.');
			if (record.reverted) return fail('Invalid', 'This import has been taken back already.');
			const batches = await database.importBatches
				.where('[importId+n]')
				.between([importId, 0], [importId, Infinity])
				.reverse()
				.toArray();
			let removed = 0;
			let kept = 0;
			for (const batch of batches) {
				const reverted = await revertBatch(context, batch);
				if (!reverted.ok) return reverted;
				removed += reverted.value.removed;
				kept += reverted.value.kept;
			}
			await database.imports.update(importId, { reverted: true });
			return ok({ removed, kept });
		},
		purchases: () => readPurchases(view, log.membership.genesis.currency),
		keptMonths: () => keeping.months,
		async keepMonths(months) {
			const kept = await keeping.setMonths(months);
			// Whoever is here is asked for what was left out.
			engine.announce();
			return kept;
		},
		status() {
			const storage = unsaved.state();
			return { ...engine.status(), ...(storage && { storage }) };
		},
		version,
		fingerprint: () =>
			store.settled(async () => {
				print ??= await fingerprintView(view);
				return print;
			}),
		rebuild: () => store.rebuild(),
		checkUp: check,
		audit: (page) => auditTrail(store, page),
		history: (id) => historyOf(store, id),
		verify: (goOn) => verifyAll(store, goOn),
		safety: safety.state,
		recoveryWords: safety.words,
		recoveryKit: safety.kit,
		confirmKit: safety.confirmKit,
		backup: safety.backup,
		verifyBackup: safety.verify,
		restore: async (file, onStep) =>
			(await file.slice(0, 1).text()) === '{'
				? applyUnsaved(file, wid, did, context.write)
				: safety.restore(file, onStep),
		backupFolder: () => backupFolder(database),
		setBackupFolder: (folder) => setBackupFolder(database, folder),
		retryUnsaved: unsaved.retry,
		unsavedFile: () => unsaved.file(wid),
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			closing = true;
			clearTimeout(resting);
			await checking?.catch(() => {});
			team.close();
			engine.close();
			await closeMail();
			await store.close();
		},
	});
}
