/** The safety state as reactive state, and what the meter makes of it. */
import { createSubscriber } from 'svelte/reactivity';
import type { SafetyState } from '#workspace/safety.ts';
import type { Workspace } from '#workspace/workspace.ts';
import { getApp } from '../app.svelte.ts';

export const WEEK = 7 * 86_400_000;

/** `workspace` is asked for again when it changes: the line above every page outlives the open workspace. */
export function useSafety(workspace: () => Pick<Workspace, 'safety'>) {
	const watched = $derived.by(() => {
		const { safety } = workspace();
		let state: SafetyState | undefined;
		const subscribe = createSubscriber((update) =>
			safety.onChange((next) => {
				state = next;
				update();
			}),
		);
		return () => {
			subscribe();
			return state;
		};
	});
	return {
		/** Undefined until first heard. */
		get state() {
			return watched();
		},
	};
}

export type Level = 'good' | 'warn' | 'bad';

/** Red until one, amber until both of {a second device, a backup under 7 days} hold. */
export function useMeter(workspace: () => Workspace) {
	const app = getApp();
	const safety = useSafety(workspace);
	const installed = matchMedia('(display-mode: standalone)').matches;
	return {
		get state() {
			return safety.state;
		},
		get copies() {
			return (app.sync?.copies ?? 0) > 0;
		},
		get fresh() {
			const at = safety.state?.backup?.at;
			return at !== undefined && Date.now() - at < WEEK;
		},
		get persisted() {
			return app.sync?.persisted === true;
		},
		installed,
		get level(): Level {
			const nets = Number(this.copies) + Number(this.fresh);
			return nets === 2 ? 'good' : nets === 1 ? 'warn' : 'bad';
		},
	};
}
