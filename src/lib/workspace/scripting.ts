/**
 * `globalThis.perennial`: the app without its screens, for power users and for the end-to-end tests. Every call resolves to
 * `{ ok: true, value }` or `{ ok: false, error: { type, message } }` and never rejects. docs/scripting.md tells the whole of it.
 */
import { fail, ok, type Result } from '#core/result.ts';
import { entityNamed } from '#entities/registry.ts';
import type { ImportOptions, ImportSource } from '#exchange/contract.ts';
import type { Role } from '#log/workspaces.ts';
import type { Query, Where } from '#readmodel/view.ts';
import { fieldForColumn } from '#schema/derive/import-aliases.ts';
import type { Fields } from '#schema/values.ts';
import type { LockTimes } from '#log/vault.ts';
import type { RestoreOptions } from './restore.ts';
import type { NewWorkspace, Session } from './session.ts';
import type { InviteWish, Pairing, RelayConfig, Task, Watched, Workspace } from './workspace.ts';

type Call = (...args: never[]) => Promise<Result<unknown>>;
type Calls = Call | { readonly [name: string]: Calls };

export function createScripting(session: Session) {
	/** Runs a call on the open workspace; says so when there is none; turns a fault into a value. */
	const within =
		<A extends unknown[], T>(call: (workspace: Workspace, ...args: A) => Promise<Result<T>>) =>
		async (...args: A): Promise<Result<T>> => {
			const workspace = session.current;
			if (!workspace)
				return fail('NotFound', 'No workspace is open. Call perennial.workspaces.open(id) first.');
			return guarded(() => call(workspace, ...args));
		};

	/** On the invite that is being opened, else on the open workspace. */
	const paired = <T>(call: (pairing: Pairing) => Promise<Result<T>>): Promise<Result<T>> =>
		guarded(async () =>
			session.pairing
				? call(session.pairing)
				: fail('NotFound', 'Nothing to pair for: open a workspace, or an invite, first.'),
		);

	return {
		/** Resolves when the app is started; `workspace` is the id of the open one. */
		ready: async () => ok({ workspace: session.current?.info.id }),
		workspaces: {
			create: (options: NewWorkspace) =>
				guarded(async () => {
					const created = await session.create({ ...defaults(), ...options });
					return created.ok ? ok(created.value.info) : created;
				}),
			list: () => guarded(async () => ok(await session.list())),
			/** From a backup and the recovery words, on a device that does not hold it. */
			restore: (file: Blob, options: RestoreOptions) =>
				guarded(async () => {
					const restored = await session.restore(file, options);
					return restored.ok ? ok(restored.value.info) : restored;
				}),
			/** By its id, or as `create` and `list` gave it. */
			open: (which: string | { id: string }) =>
				guarded(async () => {
					const opened = await session.open(typeof which === 'string' ? which : which.id);
					return opened.ok ? ok(opened.value.info) : opened;
				}),
		},
		records: {
			create: within((workspace, entity: string, fields: Fields) =>
				workspace.commands.create(entity, byFieldName(entity, fields)),
			),
			update: within((workspace, id: string, patch: Fields) =>
				workspace.commands.update(id, byFieldName(id.split(':')[0]!, patch)),
			),
			get: within(async (workspace, id: string) => {
				const row = await workspace.view.get(id);
				return row ? ok(flat(row)) : fail('NotFound', `There is no record ${id} here.`);
			}),
			remove: within((workspace, id: string | string[]) => workspace.commands.remove(id)),
			restore: within((workspace, id: string | string[]) => workspace.commands.restore(id)),
			query: within(async (workspace, entity: string, query: Query = {}) => {
				const unknown = unknownEntity(entity);
				if (unknown) return unknown;
				const page = await workspace.view.query(entity, query);
				return ok({ rows: page.rows.map(flat), next: page.next ?? null });
			}),
			count: within(async (workspace, entity: string, where?: Where) => {
				const unknown = unknownEntity(entity);
				return unknown ?? ok(await workspace.view.count(entity, where));
			}),
		},
		imports: {
			run: within((workspace, source: ImportSource, options?: ImportOptions, task?: Task) =>
				workspace.imports.run(source, options, task),
			),
			preview: within((workspace, source: ImportSource, options?: ImportOptions) =>
				workspace.imports.preview(source, options),
			),
			list: within(async (workspace) => ok(await workspace.imports.list())),
			revert: within((workspace, importId: string) => workspace.imports.revert(importId)),
			failedCsv: within((workspace, importId: string) => workspace.imports.failedCsv(importId)),
		},
		sample: {
			load: within((workspace) => workspace.commands.loadSample()),
			remove: within((workspace) => workspace.commands.removeSample()),
		},
		share: {
			invite: within((workspace, wish: InviteWish) => workspace.share.invite(wish)),
			invites: within(async (workspace) => ok(await workspace.share.invites())),
			cancelInvite: within((workspace, id: string) => workspace.share.cancelInvite(id)),
			pending: within(async (workspace) =>
				ok((await workspace.share.pending()).map((one) => ({ id: one.requestId, ...one }))),
			),
			admit: within((workspace, requestId: string) => workspace.share.admit(requestId)),
			refuse: within((workspace, requestId: string) => workspace.share.refuse(requestId)),
			pairing: {
				offer: () => paired((pairing) => pairing.offer()),
				answer: (code: string) => paired((pairing) => pairing.answer(code)),
				accept: (code: string) => paired((pairing) => pairing.accept(code)),
				answered: (answer: string) => paired((pairing) => pairing.answered(answer)),
			},
			members: within(async (workspace) => ok(await workspace.share.members())),
			setRole: within((workspace, member: string, role: Role) =>
				workspace.share.setRole(member, role),
			),
			revoke: within((workspace, devices: string | string[]) =>
				workspace.share.revoke(typeof devices === 'string' ? [devices] : devices),
			),
			quarantine: within(async (workspace) => ok(await workspace.share.quarantine())),
			reauthor: within((workspace, did: string) => workspace.share.reauthor(did)),
			discard: within((workspace, did: string) => workspace.share.discard(did)),
			erase: within((workspace, ids: string | string[]) =>
				workspace.share.erase(typeof ids === 'string' ? [ids] : ids),
			),
			erasures: within(async (workspace) => ok(await workspace.share.erasures())),
			join: (url: string, options: { userName?: string } = {}) =>
				guarded(async () => {
					const joined = await session.join(url, options);
					return joined.ok ? ok(joined.value.info) : joined;
				}),
		},
		trail: {
			audit: within(async (workspace, page?: { before?: number; limit?: number }) =>
				ok(await workspace.trail.audit(page)),
			),
			history: within(async (workspace, id: string) => ok(await workspace.trail.history(id))),
			verify: within((workspace, task?: Task) => workspace.trail.verify(task)),
		},
		sync: {
			status: within(async (workspace) => ok(await workspace.sync.status())),
			traffic: within(async (workspace) => ok(await workspace.sync.traffic())),
		},
		mail: {
			status: within(async (workspace) => ok(await workspace.mail.status())),
			setRelay: within((workspace, config?: RelayConfig) => workspace.mail.setRelay(config)),
			setFolder: within((workspace, folder?: FileSystemDirectoryHandle) =>
				workspace.mail.setFolder(folder),
			),
		},
		safety: {
			status: within(async (workspace) => ok(await workspace.safety.state())),
			words: within((workspace) => workspace.safety.words()),
			confirm: within((workspace, entered: Record<number, string>) =>
				workspace.safety.confirmKit(entered),
			),
			/** A Blob, read back and good; `verify` the copy that you keep. */
			backup: within((workspace) => workspace.safety.backup()),
			verify: within((workspace, file: Blob) => workspace.safety.verify(file)),
			restore: within((workspace, file: Blob) => workspace.safety.restore(file)),
			/** Everything kept here, checked and mended. */
			check: within((workspace, watched?: Watched) => workspace.safety.check(watched)),
		},
		lock: {
			state: () => guarded(async () => ok(await session.lock.refresh())),
			turnOn: (passphrase: string, times: LockTimes) =>
				guarded(() => session.lock.turnOn(passphrase, times)),
			turnOff: (passphrase: string) => guarded(() => session.lock.turnOff(passphrase)),
			unlock: (passphrase: string) => guarded(() => session.lock.unlock(passphrase)),
			now: () => guarded(async () => ok(await session.lock.lockNow())),
		},
		analysis: {
			list: within(async (workspace) => ok(workspace.analysis.list())),
			run: within((workspace, name: string, params?: object, task?: Task) =>
				workspace.analysis.run(name, params, task),
			),
		},
	} satisfies Record<string, Calls>;
}

export type Scripting = ReturnType<typeof createScripting>;

/** On the page's global object, once. Before the session is there, `ready()` waits for it. */
export function installScripting(starting: Promise<Session>): void {
	let scripting: Scripting | undefined;
	const started = starting.then((session) => (scripting = createScripting(session)));
	const later = (path: readonly string[]): unknown =>
		new Proxy(() => {}, {
			get: (_, name) =>
				typeof name === 'string' && name !== 'then' ? later([...path, name]) : undefined,
			apply: async (_, __, args: unknown[]) => {
				const root = scripting ?? (await started);
				const call = path.reduce<unknown>(
					(object, name) => (object as Record<string, unknown>)?.[name],
					root,
				);
				if (typeof call !== 'function')
					return fail('NotFound', `perennial.${path.join('.')} does not exist.`);
				return (call as (...args: unknown[]) => unknown)(...args);
			},
		});
	Object.defineProperty(globalThis, 'perennial', { value: later([]), configurable: true });
}

async function guarded<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
	try {
		return await call();
	} catch (error) {
		return fail('Invalid', error instanceof Error ? error.message : String(error));
	}
}

const defaults = () => ({
	language: navigator.language.startsWith('zh') ? ('zh' as const) : ('en' as const),
	currency: 'EUR',
	timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** A script may name a field as a file would: `date` is an order's `placedAt`. */
function byFieldName(entityName: string, fields: Fields): Fields {
	const entity = entityNamed(entityName);
	if (!entity) return fields;
	const named = Object.entries(fields).map(([name, value]) => [
		entity.fields[name] ? name : (fieldForColumn(entity, name) ?? name),
		value,
	]);
	return Object.fromEntries(named) as Fields;
}

const unknownEntity = (name: string) =>
	entityNamed(name) ? undefined : fail('Invalid', `There is no entity "${name}".`);

/** The record's fields beside what is known about it; fields never have these names. */
const flat = (row: { fields: Fields }) => {
	const { fields, ...about } = row;
	return { ...fields, ...about, fields };
};
