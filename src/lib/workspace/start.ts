/** The composition root of a page: starts the data worker and answers with the session. */
import { ok, type Result } from '#core/result.ts';
import type { Remote } from 'comlink';
import type { RemoteHost } from './data-api.ts';
import { joinWorkspace } from './join.ts';
import { openWorkspace, type OpenedWorkspace } from './open.ts';
import { received } from './received.ts';
import { createQueue } from './queue.ts';
import { reportRequests } from './requests.ts';
import type { Session } from './session.ts';
import type { Pairing, Workspace } from './workspace.ts';
import { startDataWorker } from './workers.ts';

export async function startSession(): Promise<Session> {
	reportRequests('page');
	const data = startDataWorker();
	const listeners = new Set<() => void>();
	const opening = createQueue();
	let current: OpenedWorkspace | undefined;
	let elsewhere: string | undefined;
	let joining: Pairing | undefined;
	const changed = () => listeners.forEach((listener) => listener());

	/** comlink hands the proxied host over as a remote one; its types do not see that. */
	const hostProxy = async (id: string) => (await data.host(id)) as unknown as Remote<RemoteHost>;

	/** One at a time: the app opens the last workspace while a script or a link may ask for one too. */
	const open = (id: string, steal = false) => opening.run(() => openNext(id, steal));

	async function openNext(id: string, steal: boolean): Promise<Result<Workspace>> {
		if (current?.info.id === id) return ok(current);
		const opened = await data.open(id, steal);
		if (!opened.ok) {
			elsewhere = opened.error.type === 'Busy' ? id : undefined;
			changed();
			return opened;
		}
		await current?.dispose();
		const workspace = openWorkspace(opened.value, await hostProxy(id));
		workspace.onMoved(() => {
			if (current !== workspace) return;
			current = undefined;
			elsewhere = id;
			void workspace.dispose();
			changed();
		});
		current = workspace;
		elsewhere = undefined;
		changed();
		return ok(workspace);
	}

	return {
		get current() {
			return current;
		},
		get elsewhere() {
			return elsewhere !== undefined;
		},
		get pairing() {
			return joining ?? current?.share.pairing;
		},
		async takeOver() {
			if (elsewhere) await open(elsewhere, true);
		},
		list: () => data.list(),
		async create(options) {
			const founded = await data.create(options);
			if (!founded.ok) return founded;
			// Asked for at the moment when somebody starts to keep things here.
			void navigator.storage?.persist?.();
			const opened = await open(founded.value);
			if (!opened.ok || !options.sample) return opened;
			const sample = await opened.value.commands.loadSample();
			return sample.ok ? opened : sample;
		},
		open: (id) => open(id),
		async join(url, options) {
			const joined = await joinWorkspace(data, url, {
				...options,
				onPairing(pairing) {
					joining = pairing;
					changed();
				},
			});
			if (!joined.ok) return joined;
			void navigator.storage?.persist?.();
			const opened = await open(joined.value);
			if (opened.ok) await received(opened.value, options);
			return opened;
		},
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
