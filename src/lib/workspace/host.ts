/**
 * A workspace as the data worker serves it: commands, search, imports, sharing, sync. The page's `Workspace` is a thin face of
 * this over comlink; everything here takes and gives plain data.
 */
import { systemClock } from '#core/clock.ts';
import { isLanguage } from '#core/bilingual.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { readPurchases } from '#analysis/purchases.ts';
import type { Purchases } from '#analysis/contract.ts';
import { createRecord, setDeleted, updateRecord } from '#commands/records.ts';
import { revertBatch } from '#commands/import.ts';
import { randomBytes } from '#crypto/hash.ts';
import type { ImportReport } from '#exchange/contract.ts';
import type { ImportTarget } from '#exchange/target.ts';
import { backupFolder, setBackupFolder, type BackupNote } from '#log/secrets.ts';
import type { Role, WorkspaceInfo } from '#log/workspaces.ts';
import { fingerprintView } from '#readmodel/fingerprint.ts';
import type { Fields } from '#schema/values.ts';
import { inviteTrouble, receiveNewcomer, type Request } from '#sync/admission.ts';
import { createEngine, type EngineStatus } from '#sync/engine.ts';
import {
	SEED_LENGTH,
	inviteKeys,
	inviteRoom,
	inviteUrl,
	workspaceRoom,
	type Room,
} from '#sync/invite.ts';
import type { Link } from '#sync/link.ts';
import { failedRows, forgetReport, keepReport, keptReports } from './import-reports.ts';
import { createImportTarget } from './import-target.ts';
import { createSafety, type OnStep, type SafetyState } from './safety.ts';
import { openStore, type StoreOptions } from './store.ts';
import { applyUnsaved, type UnsavedState } from './unsaved.ts';
import type { Invite, KeptReport, Member, Pending } from './workspace.ts';

/** `workspace`, or the id of an invite. */
export type Purpose = string;

export interface HostStatus extends EngineStatus {
	/** The device refuses to store; edits rest. */
	readonly storage?: UnsavedState;
}

export interface Host {
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
	status(): HostStatus;
	fingerprint(): Promise<string>;
	/** Changes whenever the data does; cheap. */
	version(): string;
	rebuild(): Promise<void>;
	rooms(): Promise<readonly { purpose: Purpose; room: Room }[]>;
	attach(purpose: Purpose, link: Link): void;
	invite(role: Role, uses: number, base: string): Promise<Result<Invite>>;
	invites(): Promise<readonly Invite[]>;
	cancelInvite(id: string): Promise<Result<void>>;
	pending(): readonly Pending[];
	admit(requestId: string): Promise<Result<void>>;
	refuse(requestId: string): Result<void>;
	members(): readonly Member[];
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

const WEEK = 7 * 86_400_000;
const MOST_INVITES = 8;

export async function openHost(wid: string, options: StoreOptions = {}): Promise<Result<Host>> {
	const opened = await openStore(wid, options);
	if (!opened.ok) return opened;
	const store = opened.value;
	const { log, view, search, context } = store;
	const { did } = log.device;
	const now = options.clock ?? systemClock;
	const engine = await createEngine({ log, receive: store.receive });
	const safety = createSafety(store, options.scope ?? '', now);
	const requests = new Map<string, Request>();
	/** Invite -> links open in its room: a used-up invite's room stays until its last answer has arrived. */
	const doors = new Map<string, number>();
	const listeners = new Set<(what: 'sync' | 'share') => void>();
	const tell = (what: 'sync' | 'share') => listeners.forEach((listener) => listener(what));
	let print: { at: string; value: string } | undefined;
	store.onChange(engine.announce);
	engine.onChange(() => tell('sync'));

	const version = () => JSON.stringify(Object.entries(log.vector()).sort());
	const role = (): Role => store.role;
	const ownersOnly = () =>
		role() === 'owner'
			? undefined
			: fail('Forbidden', 'Only an owner can invite and admit people.');

	async function inviteList(): Promise<Invite[]> {
		const secrets = new Map((await log.database.invites.toArray()).map((one) => [one.id, one]));
		return [...log.membership.invites.values()].flatMap((invite) => {
			const secret = secrets.get(invite.id);
			if (!secret || inviteTrouble(invite, now())) return [];
			const { id, role, uses, used, expiresAt } = invite;
			return [{ id, role, uses, usesLeft: uses - used, expiresAt, url: secret.url }];
		});
	}

	return ok({
		info() {
			const { genesis, createdAt } = log.membership;
			const language = isLanguage(genesis.language) ? genesis.language : 'en';
			const workspace = { id: wid, ...genesis, language, createdAt, openedAt: now() };
			return { workspace, did, role: role() };
		},
		create: (entity, fields) => createRecord(context, entity, fields),
		update: (id, patch) => updateRecord(context, id, patch),
		setDeleted: (ids, deleted) => setDeleted(context, ids, deleted),
		find: search.find,
		importTarget: () => createImportTarget(store),
		keepImport: (report) => keepReport(log.database, report),
		forgetImport: (importId) => forgetReport(log.database, importId),
		imports: () => keptReports(log.database),
		failedRows: (importId) => failedRows(log.database, importId),
		async revertImport(importId) {
			const record = await log.database.imports.get(importId);
			if (!record)
				return fail('NotFound', 'This device did not make that import, so it cannot take it back.');
			if (record.reverted) return fail('Invalid', 'This import has been taken back already.');
			const batches = await log.database.importBatches
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
			await log.database.imports.put({ ...record, reverted: true });
			return ok({ removed, kept });
		},
		purchases: () => readPurchases(view, log.membership.genesis.currency),
		status() {
			const storage = store.unsaved.state();
			return { ...engine.status(), ...(storage && { storage }) };
		},
		version,
		fingerprint: () =>
			store.settled(async () => {
				const at = version();
				if (print?.at !== at) print = { at, value: await fingerprintView(view) };
				return print.value;
			}),
		rebuild: () => store.rebuild(),
		async rooms() {
			const main = { purpose: 'workspace', room: await workspaceRoom(log.epochKey) };
			if (role() !== 'owner') return [main];
			const live = new Set([...(await inviteList()).map(({ id }) => id), ...doors.keys()]);
			const secrets = (await log.database.invites.toArray()).filter(({ id }) => live.has(id));
			const invites = secrets
				.slice(-MOST_INVITES)
				.map(async ({ id, seed }) => ({ purpose: id, room: await inviteRoom(seed) }));
			return [main, ...(await Promise.all(invites))];
		},
		attach(purpose, link) {
			if (purpose === 'workspace') return engine.attach(link);
			doors.set(purpose, (doors.get(purpose) ?? 0) + 1);
			link.onClose(() => {
				const left = doors.get(purpose)! - 1;
				if (left) doors.set(purpose, left);
				else doors.delete(purpose);
				tell('share');
			});
			receiveNewcomer(
				link,
				log,
				purpose,
				now,
				(request) => {
					requests.set(request.id, request);
					tell('share');
				},
				(id) => {
					if (requests.delete(id)) tell('share');
				},
			);
		},
		async invite(forRole, uses, base) {
			const refused = ownersOnly();
			if (refused) return refused;
			if (forRole === 'owner')
				return fail('Invalid', 'An invite makes an editor or a viewer, never an owner.');
			if (!(uses >= 1 && uses <= 100))
				return fail('Invalid', 'An invite is for 1 to 100 devices.', { field: 'uses' });
			const seed = randomBytes(SEED_LENGTH);
			const { publicKey } = await inviteKeys(seed);
			const expiresAt = now() + WEEK;
			const id = await log.sign(
				{ type: 'invite', role: forRole, uses, expiresAt, publicKey },
				now(),
			);
			if (!id.ok) return id;
			const url = inviteUrl(base, { wid, seed });
			await log.database.invites.put({ id: id.value, seed, url });
			engine.shareMembers(await log.membershipEntries());
			tell('share');
			return ok({ id: id.value, role: forRole, uses, usesLeft: uses, expiresAt, url });
		},
		invites: inviteList,
		async cancelInvite(id) {
			const refused = ownersOnly();
			if (refused) return refused;
			if (!log.membership.invites.has(id)) return fail('NotFound', 'There is no such invite.');
			const signed = await log.sign({ type: 'uninvite', invite: id }, now());
			if (!signed.ok) return signed;
			engine.shareMembers(await log.membershipEntries());
			tell('share');
			return ok(undefined);
		},
		pending: () =>
			[...requests.values()].map(({ id, name, role: asked, code, askedAt }) => ({
				requestId: id,
				name,
				role: asked,
				code,
				askedAt,
			})),
		async admit(requestId) {
			const refused = ownersOnly();
			if (refused) return refused;
			const request = requests.get(requestId);
			if (!request)
				return fail('NotFound', 'That device is no longer waiting. Ask it to open the link again.');
			const admitted = await request.admit();
			if (!admitted.ok) return admitted;
			requests.delete(requestId);
			engine.shareMembers(admitted.value);
			tell('share');
			return ok(undefined);
		},
		refuse(requestId) {
			const request = requests.get(requestId);
			if (!request) return fail('NotFound', 'That device is no longer waiting.');
			requests.delete(requestId);
			request.refuse();
			tell('share');
			return ok(undefined);
		},
		members() {
			const here = new Set(engine.status().here);
			return [...log.membership.devices.values()].map((device) => ({
				did: device.did,
				name: device.name,
				role: device.role,
				joinedAt: device.joinedAt,
				self: device.did === did,
				here: device.did === did || here.has(device.did),
			}));
		},
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
		backupFolder: () => backupFolder(log.database),
		setBackupFolder: (folder) => setBackupFolder(log.database, folder),
		retryUnsaved: store.unsaved.retry,
		unsavedFile: () => store.unsaved.file(wid),
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			engine.close();
			await store.close();
		},
	});
}
