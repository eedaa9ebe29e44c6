/**
 * What the data worker offers to pages. Each open workspace is a `Host`, reached through a comlink proxy; events go out on a
 * BroadcastChannel, so that a closed tab leaves nothing behind.
 */
import * as Comlink from 'comlink';
import { systemClock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import type { Bytes } from '#core/bytes.ts';
import type { ImportTarget } from '#exchange/target.ts';
import { createDeviceKeys, type DeviceKeys } from '#crypto/device.ts';
import { storesInBrowser } from '#log/database.ts';
import { foundWorkspace } from '#log/found.ts';
import { peekBundle } from '#log/read-bundle.ts';
import { openRegistry } from '#log/registry.ts';
import type { Role, WorkspaceInfo } from '#log/workspaces.ts';
import { askToJoin } from '#sync/admission.ts';
import { inviteRoom, parseInvite, type Room } from '#sync/invite.ts';
import { createPortLink } from '#sync/port-link.ts';
import { vaultOf } from '#log/vault.ts';
import { isStorageError, storageFailure } from '#log/storage.ts';
import { LOCK_CHANNEL, createAppLock, type AppLock, type LockEvent } from './app-lock.ts';
import { openHost, type Host, type HostStatus } from './host.ts';
import { restoreWorkspace, type RestoreOptions } from './restore.ts';
import { mendJournal, releaseReserve } from './reserve.ts';
import type { OnStep } from './safety.ts';
import type { NewWorkspace } from './session.ts';

export interface OpenInfo {
	readonly workspace: WorkspaceInfo;
	readonly did: string;
	readonly role: Role;
}

/** On the channel `perennial-<wid>`. */
export type DataEvent =
	| { readonly type: 'sync'; readonly status: HostStatus }
	| { readonly type: 'share' }
	| { readonly type: 'moved' };

/** A host as comlink can carry it: plain data in and out, ports where streams are needed. */
export type RemoteHost = Omit<Host, 'attach' | 'importTarget' | 'onChange' | 'close'> & {
	attach(purpose: string, binding: Bytes, port: MessagePort): void;
	/** Serves the import's target on the port. */
	serveImport(port: MessagePort): void;
};

export interface DataApi extends AppLock {
	list(): Promise<readonly WorkspaceInfo[]>;
	create(options: NewWorkspace): Promise<Result<string>>;
	/** `steal` takes the data over from another worker (an older version of the app, or another tab's). */
	open(wid: string, steal?: boolean): Promise<Result<OpenInfo>>;
	host(wid: string): Promise<RemoteHost>;
	/** A workspace back from a file, with the recovery words; resolves to its id. Its data comes with `host.restore`. */
	restore(file: Blob, options: RestoreOptions, onStep: OnStep): Promise<Result<string>>;
	/** The room where the invite's owner waits. */
	startJoin(url: string): Promise<Result<{ joinId: string; room: Room; meetingPoint?: string }>>;
	/** One connection made in that room; resolves when it ended, with the workspace's id when it let this device in. */
	joinLink(
		joinId: string,
		name: string,
		binding: Bytes,
		port: MessagePort,
		onCode: (code: string, workspace: string) => void,
	): Promise<Result<string>>;
}

export const channelName = (wid: string): string => `perennial-${wid}`;

export function createDataApi(): DataApi {
	let journal = mendJournal();
	const registry = openRegistry();
	const hosts = new Map<string, Promise<Result<Host>>>();
	const joins = new Map<string, { url: string; device: Promise<DeviceKeys> }>();
	/** Workspace -> what lets another worker have it. */
	const releases = new Map<string, () => void>();
	const lockChannel = new BroadcastChannel(LOCK_CHANNEL);
	const lock = createAppLock({
		vault: vaultOf(),
		workspaces: () => registry.list(),
		closeAll: async () => void (await Promise.all([...hosts.keys()].map(closeHost))),
		tell: () => lockChannel.postMessage('changed' satisfies LockEvent),
		clock: systemClock,
	});

	/** One writer per workspace in this browser, whatever tabs and versions are open. */
	async function open(wid: string, steal: boolean): Promise<Result<Host>> {
		const release = await holdLock(`perennial-data-${wid}`, steal, () => void letGo(wid));
		if (!release)
			return fail(
				'Busy',
				'This workspace is open in another tab. Close that tab, or continue here.',
			);
		const refused = await journal;
		journal = Promise.resolve(undefined);
		let opened = await tryToOpen(wid, release, refused);
		if (!opened.ok && opened.error.type === 'Storage') {
			await releaseReserve();
			opened = await tryToOpen(wid, release, opened.error);
		}
		if (!opened.ok) {
			release();
			return opened;
		}
		releases.set(wid, release);
		const host = opened.value;
		const channel = new BroadcastChannel(channelName(wid));
		const post = (event: DataEvent) => channel.postMessage(event);
		let due = false;
		host.onChange((what) => {
			if (what === 'share') post({ type: 'share' });
			if (due) return;
			due = true;
			// At most some ten a second, however fast entries come in.
			setTimeout(() => {
				due = false;
				post({ type: 'sync', status: host.status() });
			}, 100);
		});
		return opened;
	}

	async function tryToOpen(
		wid: string,
		release: () => void,
		refused?: Failure,
	): Promise<Result<Host>> {
		try {
			return await openHost(wid, { ...(refused && { refused }) });
		} catch (error) {
			if (isStorageError(error)) return storageFailure(error);
			release();
			throw error;
		}
	}

	async function letGo(wid: string): Promise<void> {
		new BroadcastChannel(channelName(wid)).postMessage({ type: 'moved' } satisfies DataEvent);
		await closeHost(wid);
	}

	async function closeHost(wid: string): Promise<void> {
		const host = await hosts.get(wid);
		hosts.delete(wid);
		if (host?.ok) await host.value.close();
		releases.get(wid)?.();
		releases.delete(wid);
	}

	async function hostOf(wid: string): Promise<Host> {
		const host = await hosts.get(wid);
		if (!host?.ok) throw new Error(`The workspace ${wid} is not open.`);
		return host.value;
	}

	const api: DataApi = {
		...lock,
		list: () => registry.list(),
		async create({ name, language, currency, timeZone, userName }) {
			if (!name.trim()) return fail('Invalid', 'The workspace needs a name.', { field: 'name' });
			if (!isCurrency(currency))
				return fail('Invalid', `${currency} is no currency code like EUR or CNY.`, {
					field: 'currency',
				});
			if (!isTimeZone(timeZone))
				return fail('Invalid', `${timeZone} is no time zone like Asia/Shanghai.`, {
					field: 'timeZone',
				});
			const genesis = { name: name.trim(), language, currency, timeZone, userName: userName ?? '' };
			return foundWorkspace(genesis, systemClock(), storesInBrowser());
		},
		async open(wid, steal = false) {
			let opening = hosts.get(wid);
			if (!opening) hosts.set(wid, (opening = open(wid, steal)));
			const forget = () => hosts.get(wid) === opening && hosts.delete(wid);
			const opened = await opening.catch((error: unknown) => {
				forget();
				throw error;
			});
			if (!opened.ok) {
				forget();
				return opened;
			}
			const info = opened.value.info();
			try {
				await registry.put(info.workspace);
			} catch (error) {
				if (!isStorageError(error)) throw error;
				// On a full device what is in the list opens all the same.
				if (!(await registry.get(wid))) return storageFailure(error);
			}
			return ok(info);
		},
		async host(wid) {
			const host = await hostOf(wid);
			const { attach: _attach, importTarget, onChange: _onChange, close: _close, ...plain } = host;
			return Comlink.proxy({
				...plain,
				async purchases() {
					const table = await host.purchases();
					return Comlink.transfer(table, [
						table.customer.buffer,
						table.time.buffer,
						table.amount.buffer,
					]);
				},
				attach(purpose: string, binding: Bytes, port: MessagePort) {
					host.attach(purpose, createPortLink(port, binding));
				},
				serveImport(port: MessagePort) {
					Comlink.expose(importTarget() satisfies ImportTarget, port);
				},
			});
		},
		async restore(file, options, onStep) {
			const peeked = await peekBundle(file);
			if (!peeked.ok) return peeked;
			if (await registry.get(peeked.value.wid))
				return fail(
					'Invalid',
					'This device holds that workspace already. Open it, and restore the file in its settings.',
				);
			return restoreWorkspace(file, options, onStep, systemClock, storesInBrowser());
		},
		async startJoin(url) {
			const link = parseInvite(url);
			if (!link.ok) return link;
			if (await registry.get(link.value.wid))
				return fail('Invalid', 'This device is already in that workspace. Open it from the list.');
			const joinId = crypto.randomUUID();
			joins.set(joinId, { url, device: createDeviceKeys() });
			const { seed, meetingPoint } = link.value;
			const room = await inviteRoom(seed);
			return ok({ joinId, room, ...(meetingPoint && { meetingPoint }) });
		},
		async joinLink(joinId, name, binding, port, onCode) {
			const join = joins.get(joinId);
			const link = join && parseInvite(join.url);
			if (!link?.ok) return fail('BadLink', 'This invite is no longer being opened.');
			return askToJoin(createPortLink(port, binding), {
				invite: link.value,
				name,
				device: await join!.device,
				now: systemClock,
				storeOf: storesInBrowser(),
				onCode,
			});
		},
	};
	return after(() => journal, api);
}

/** The same calls, each answered when what `first` gives has settled. */
const after = <Api extends object>(first: () => Promise<unknown>, api: Api): Api =>
	Object.fromEntries(
		Object.entries(api).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
			name,
			async (...args: unknown[]) => {
				await first();
				return call(...args);
			},
		]),
	) as Api;

/** Resolves to what releases it, or to nothing when another holds it. Held until then, or until somebody steals it. */
function holdLock(
	name: string,
	steal: boolean,
	onStolen: () => void,
): Promise<(() => void) | undefined> {
	return new Promise((resolve) => {
		navigator.locks
			.request(name, steal ? { steal } : { ifAvailable: true }, (lock) => {
				if (!lock) return resolve(undefined);
				return new Promise<void>((release) => resolve(release));
			})
			.catch(onStolen);
	});
}

function isCurrency(code: string): boolean {
	try {
		return Boolean(new Intl.NumberFormat('en', { style: 'currency', currency: code }));
	} catch {
		return false;
	}
}

function isTimeZone(name: string): boolean {
	try {
		return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
	} catch {
		return false;
	}
}
