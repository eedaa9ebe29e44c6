/**
 * The session as reactive state, shared with every view by context. Undefined members mean "not there yet": views paint
 * their frame first and fill it when the data side has started.
 */
import { createContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import type { Failure } from '#core/result.ts';
import type { Role } from '#log/workspaces.ts';
import type { PageLock, Session } from '#workspace/session.ts';
import type { Member, SyncStatus, Workspace } from '#workspace/workspace.ts';

type LockState = PageLock['state'];

export class App {
	#session = $state.raw<Session>();
	/** The start failed for a reason of the device, such as blocked storage. */
	trouble = $state.raw<unknown>();
	/** The same, where the data side knows why. */
	failure = $state.raw<Failure>();
	#subscribe = createSubscriber((update) => this.#session?.onChange(update));
	#sync = $derived.by(() => {
		const { workspace } = this;
		let status: SyncStatus | undefined;
		const subscribe = createSubscriber((update) =>
			workspace?.sync.onChange((next) => {
				status = next;
				update();
			}),
		);
		return {
			get status() {
				subscribe();
				return status;
			},
		};
	});

	/** This device as the members' list has it, told only when its rights changed. */
	#self = $derived.by(() => {
		const { workspace } = this;
		let member: Member | undefined;
		const subscribe = createSubscriber((update) =>
			workspace?.share.onChange(() => {
				void workspace.share.members().then((all) => {
					const now = all.find(({ self }) => self);
					const same = now?.role === member?.role && now?.ended === member?.ended;
					member = now;
					if (!same) update();
				});
			}),
		);
		return {
			get member() {
				subscribe();
				return member;
			},
		};
	});

	/** The first attempt to open a workspace is over; without one, this device has none or another tab holds it. */
	ready = $state(false);

	/** Opens the workspace that was used last, if there is one. */
	async start(session: Session): Promise<void> {
		this.#session = session;
		if (!session.current) {
			const known = await session.list();
			const last = known.reduce<(typeof known)[number] | undefined>(
				(latest, info) => (latest && latest.openedAt >= info.openedAt ? latest : info),
				undefined,
			);
			const opened = last && (await session.open(last.id));
			if (opened && !opened.ok && opened.error.type !== 'Busy' && opened.error.type !== 'Locked') {
				this.failure = opened.error;
				this.trouble = new Error(opened.error.message);
			}
		}
		this.ready = true;
	}

	get session(): Session | undefined {
		return this.#session;
	}

	get workspace(): Workspace | undefined {
		if (!this.#session) return undefined;
		this.#subscribe();
		return this.#session.current;
	}

	/** Another tab holds the data. */
	get elsewhere(): boolean {
		if (!this.#session) return false;
		this.#subscribe();
		return this.#session.elsewhere;
	}

	/** The app lock is closed: nothing of a workspace may be shown. */
	get locked(): boolean {
		return this.lockState?.locked === true;
	}

	get lockState(): LockState | undefined {
		if (!this.#session) return undefined;
		this.#subscribe();
		return this.#session.lock.state;
	}

	/** Undefined until first heard. */
	get sync(): SyncStatus | undefined {
		return this.#sync.status;
	}

	/** What this person may do, also when it changes while the page is open. */
	get role(): Role {
		return this.#self.member?.role ?? this.workspace?.role ?? 'viewer';
	}

	/** Why this device may write no more. */
	get ended(): Member['ended'] {
		return this.#self.member?.ended;
	}

	get readOnly(): boolean {
		return this.workspace !== undefined && (this.role === 'viewer' || this.ended !== undefined);
	}
}

export const [getApp, setApp] = createContext<App>();

/** The open workspace, for views that only stand where one is open. */
export function getWorkspace(): Workspace {
	const { workspace } = getApp();
	if (!workspace) throw new Error('This view stands outside of a workspace.');
	return workspace;
}
