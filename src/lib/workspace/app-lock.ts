/**
 * The app lock in the data worker: the only place where unlocked keys stand. Counts idle and hidden time on what the pages
 * tell, and locks by itself. Locking closes every open workspace; pages hear of it on a channel.
 */
import type { Bytes } from '#core/bytes.ts';
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { LogDatabase } from '#log/database.ts';
import { kitState } from '#log/notes.ts';
import type { LockState, LockTimes, PasskeyHint, Vault } from '#log/vault.ts';

export interface AppLock {
	lockState(): Promise<LockState>;
	turnLockOn(passphrase: string, times: LockTimes): Promise<Result<void>>;
	turnLockOff(passphrase: string): Promise<Result<void>>;
	setLockTimes(times: LockTimes): Promise<Result<void>>;
	addPasskey(passphrase: string, hint: PasskeyHint, secret: Bytes): Promise<Result<void>>;
	unlock(passphrase: string): Promise<Result<void>>;
	unlockWithPasskey(secret: Bytes): Promise<Result<void>>;
	lockNow(): Promise<void>;
	/** A page was touched, or came into sight or went out of it. */
	touch(visible: boolean): void;
}

export const LOCK_CHANNEL = 'perennial-lock';
export type LockEvent = 'changed';

interface AppLockParts {
	readonly vault: Vault;
	readonly workspaces: () => Promise<readonly { readonly id: string }[]>;
	/** Closes what is open: nothing may keep a key. */
	readonly closeAll: () => Promise<void>;
	readonly tell: () => void;
	readonly clock: Clock;
}

const MINUTE = 60_000;
const LOOK_EVERY_MS = 5_000;

export function createAppLock({ vault, workspaces, closeAll, tell, clock }: AppLockParts): AppLock {
	let touched = clock();
	let hiddenSince: number | undefined;
	let watching: ReturnType<typeof setInterval> | undefined;

	async function lock(): Promise<void> {
		await vault.lock();
		await closeAll();
		tell();
	}

	async function due(): Promise<boolean> {
		const { on, locked, times } = await vault.state();
		if (!on || locked) return false;
		const idle = clock() - touched >= times.idle * MINUTE;
		return idle || (hiddenSince !== undefined && clock() - hiddenSince >= times.hidden * MINUTE);
	}

	async function look(): Promise<void> {
		if (await due()) await lock();
	}

	function watch(): void {
		touched = clock();
		hiddenSince = undefined;
		watching ??= setInterval(() => void look(), LOOK_EVERY_MS);
	}

	async function after(result: Result<void>): Promise<Result<void>> {
		if (result.ok) {
			watch();
			tell();
		}
		return result;
	}

	async function obstacle(): Promise<Result<void>> {
		for (const { id } of await workspaces()) {
			const database = new LogDatabase(id);
			const kit = await kitState(database).finally(() => database.close());
			if (kit === 'unsaved')
				return fail(
					'Invalid',
					'Save the recovery kit first: without it a forgotten passphrase would lock you out for good.',
					{ field: 'kit' },
				);
		}
		return ok(undefined);
	}

	return {
		async lockState() {
			// A device that slept wakes up locked: asked before anything is shown.
			await look();
			const state = await vault.state();
			if (state.on && !state.locked && !watching) watch();
			return state;
		},
		async turnLockOn(passphrase, times) {
			const hindered = await obstacle();
			return hindered.ok ? after(await vault.turnOn(passphrase, times)) : hindered;
		},
		turnLockOff: async (passphrase) => after(await vault.turnOff(passphrase)),
		setLockTimes: async (times) => after(await vault.setTimes(times)),
		addPasskey: async (passphrase, hint, secret) =>
			after(await vault.addPasskey(passphrase, hint, secret)),
		unlock: async (passphrase) => after(await vault.unlock(passphrase)),
		unlockWithPasskey: async (secret) => after(await vault.unlockWithPasskey(secret)),
		lockNow: lock,
		touch(visible) {
			// Late by the clock: the lock comes first, the touch does not count any more.
			void look().then(() => {
				if (visible) {
					touched = clock();
					hiddenSince = undefined;
				} else hiddenSince ??= clock();
			});
		},
	};
}
