/** The composition root of a page: starts the data worker and answers with the session. */
import { ok, type Result } from '#core/result.ts';
import type { Remote } from 'comlink';
import type { RemoteHost } from './data-api.ts';
import { joinWorkspace } from './join.ts';
import { openWorkspace, type OpenedWorkspace } from './open.ts';
import { createPageLock } from './page-lock.ts';
import { stepper } from './page-safety.ts';
import { received } from './received.ts';
import { createQueue } from '#core/queue.ts';
import { reportRequests } from './requests.ts';
import type { Session } from './session.ts';
import type { Pairing, Watched, Workspace } from './workspace.ts';
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
	/** What was open when the app locked itself, or was asked for while it was locked. */
	let waiting: string | undefined;
	const lock = createPageLock(data, () => void follow());

	async function follow(): Promise<void> {
		if (lock.state.locked && current) {
			waiting = current.info.id;
			void current.dispose();
			current = undefined;
		} else if (!lock.state.locked && waiting) {
			const id = waiting;
			waiting = undefined;
			await open(id);
		}
		changed();
	}

	/** comlink hands the proxied host over as a remote one; its types do not see that. */
	const hostProxy = async (id: string) => (await data.host(id)) as unknown as Remote<RemoteHost>;

	/** One at a time: the app opens the last workspace while a script or a link may ask for one too. */
	const open = (id: string, steal = false) => opening.run(() => openNext(id, steal));

	async function openNext(id: string, steal: boolean): Promise<Result<Workspace>> {
		if (current?.info.id === id) return ok(current);
		const opened = await data.open(id, steal);
		if (!opened.ok) {
			elsewhere = opened.error.type === 'Busy' ? id : undefined;
			if (opened.error.type === 'Locked') {
				waiting = id;
				await lock.refresh();
			}
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
		// Chromium asks nobody and may say yes today: without its promise a full disk empties this origin.
		if ('userAgentData' in navigator) void navigator.storage?.persist?.();
		changed();
		return ok(workspace);
	}

	void lock.refresh();
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
		lock,
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
				onStage(stage) {
					if (stage.stage === 'searching') joining = stage.pairing;
					options.onStage?.(stage);
				},
			});
			joining = undefined;
			if (!joined.ok) return joined;
			void navigator.storage?.persist?.();
			const opened = await open(joined.value);
			if (opened.ok) await received(opened.value, options);
			return opened;
		},
		async restore(file, { onShare, signal, ...options }) {
			const watched = (from: number): Watched => ({
				onShare: (share) => onShare?.(from + share / 2),
				...(signal && { signal }),
			});
			const restored = await data.restore(file, options, stepper(watched(0)));
			if (!restored.ok) return restored;
			void navigator.storage?.persist?.();
			const opened = await open(restored.value);
			if (!opened.ok) return opened;
			const merged = await opened.value.safety.restore(file, watched(0.5));
			return merged.ok ? opened : merged;
		},
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
