/** A `Workspace` for the page: reads Dexie itself, sends every write to the data worker, keeps the network. */
import * as Comlink from 'comlink';
import { ViewDatabase } from '#readmodel/database.ts';
import { createView } from '#readmodel/open-view.ts';
import { createAnalysis } from './analysis.ts';
import { channelName, type DataEvent, type OpenInfo, type RemoteHost } from './data-api.ts';
import { keepDailyBackups } from './daily-backup.ts';
import type { HostStatus } from './host.ts';
import { createImports } from './imports.ts';
import { openNetwork } from './network.ts';
import { createPageSafety } from './page-safety.ts';
import { chosenNetwork } from './network-settings.ts';
import { loadSample, removeSample } from './sample.ts';
import type { SyncStatus, Workspace } from './workspace.ts';

/** What the session also needs of a workspace. */
export interface OpenedWorkspace extends Workspace {
	/** Another worker has taken the data over. */
	onMoved(listener: () => void): void;
}

export function openWorkspace(
	{ workspace: info, did, role }: OpenInfo,
	host: Comlink.Remote<RemoteHost>,
): OpenedWorkspace {
	const database = new ViewDatabase(info.id);
	const view = createView(database, (entity, text, limit) => host.find(entity, text, limit));
	const channel = new BroadcastChannel(channelName(info.id));
	const network = openNetwork(info.id, did, host);
	const listeners = { sync: new Set<(status: SyncStatus) => void>(), share: new Set<() => void>() };
	let persisted = false;
	let latest: SyncStatus | undefined;
	let moved: (() => void) | undefined;
	const toStatus = (status: HostStatus): SyncStatus => ({
		state: status.receiving ? 'receiving' : status.here.length ? 'connected' : 'alone',
		peers: status.here.length,
		unsent: status.unsent,
		copies: status.copies,
		persisted,
		...(status.receiving && { receiving: status.receiving }),
		...(status.trouble && { trouble: status.trouble }),
		...(status.storage && { storage: status.storage }),
		...(status.skew && { skew: status.skew }),
	});
	const showSync = (status: HostStatus) => {
		latest = toStatus(status);
		for (const listener of listeners.sync) listener(latest);
	};
	const showShare = () => listeners.share.forEach((listener) => listener());
	const askAgain = async () => showSync(await host.status());

	channel.onmessage = ({ data }: MessageEvent<DataEvent>) => {
		if (data.type === 'sync') {
			showSync(data.status);
			showShare();
		} else if (data.type === 'share') {
			network.refresh();
			showShare();
		} else moved?.();
	};
	network.onPresence(showShare);
	void navigator.storage?.persisted?.().then((granted) => {
		persisted = granted;
		void askAgain();
	});

	const safety = createPageSafety(host, async () => {
		database.close({ disableAutoOpen: false });
		await database.open();
	});
	const stopBackups = keepDailyBackups(info, safety);
	const imports = createImports(info, host);
	const analysis = createAnalysis(host);
	const some = (ids: string | readonly string[]) => (typeof ids === 'string' ? [ids] : ids);
	return {
		info,
		view,
		commands: {
			create: (entity, fields) => host.create(entity, fields),
			update: (id, patch) => host.update(id, patch),
			remove: (ids) => host.setDeleted(some(ids), true),
			restore: (ids) => host.setDeleted(some(ids), false),
			loadSample: () => loadSample(imports, info.createdAt),
			removeSample: () => removeSample(imports),
		},
		imports,
		share: {
			async invite(wish) {
				// Named in the link when the team meets elsewhere than at the app's own address.
				const [meetingPoint] = chosenNetwork().meetingPoints;
				const invited = await host.invite(wish, location.origin, meetingPoint);
				network.refresh();
				return invited;
			},
			invites: () => host.invites(),
			cancelInvite: (id) => host.cancelInvite(id),
			pending: () => host.pending(),
			admit: (id) => host.admit(id),
			refuse: (id) => host.refuse(id),
			pairing: network.pairing,
			async members() {
				const places = network.places();
				return (await host.members()).map((member) => {
					const at = places.get(member.did);
					return at ? { ...member, at } : member;
				});
			},
			setRole: (member, to) => host.setRole(member, to),
			revoke: (devices) => host.revoke(devices),
			quarantine: () => host.quarantine(),
			reauthor: (device) => host.reauthor(device),
			discard: (device) => host.discard(device),
			erase: (ids) => host.erase(ids),
			erasures: () => host.erasures(),
			setPolicy: (settings) => host.setPolicy(settings),
			onChange(listener) {
				listeners.share.add(listener);
				listener();
				return () => listeners.share.delete(listener);
			},
		},
		sync: {
			async status() {
				const [status, fingerprint] = await Promise.all([host.status(), host.fingerprint()]);
				return { ...toStatus(status), fingerprint };
			},
			onChange(listener) {
				listeners.sync.add(listener);
				if (latest) listener(latest);
				else void askAgain();
				return () => listeners.sync.delete(listener);
			},
			setPlace: network.setPlace,
			networkChanged: network.refresh,
			traffic: network.traffic,
		},
		trail: {
			audit: (page) => host.audit(page),
			history: (id) => host.history(id),
			verify: (task) =>
				host.verify(
					Comlink.proxy((done: number, total: number) => {
						task?.onProgress?.({ stage: 'computing', done, total });
						return !task?.signal?.aborted;
					}),
				),
		},
		mail: {
			status: () => host.mailStatus(),
			setRelay: (config) => host.setRelay(config),
			testRelay: (config) => host.testRelay(config),
			relay: () => host.relay(),
			setFolder: (folder) => host.setFolder(folder),
			folder: () => host.folder(),
			check: () => host.checkMail(),
			onChange(listener) {
				const tell = async () => listener(await host.mailStatus());
				void tell();
				listeners.sync.add(tell);
				return () => listeners.sync.delete(tell);
			},
		},
		analysis,
		safety,
		role,
		onMoved(listener) {
			moved = listener;
		},
		async dispose() {
			stopBackups();
			network.close();
			channel.close();
			database.close();
			imports.dispose();
			analysis.dispose();
			host[Comlink.releaseProxy]();
		},
	};
}
