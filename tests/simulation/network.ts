/**
 * Links between simulated devices. A sound one delivers everything in order after a while; a rotten one loses, doubles and
 * disorders. The protocol must come through both: what a rotten link spoils, a later link mends.
 */
import type { Bytes } from '#core/bytes.ts';
import { createInbox, type Link } from '#sync/link.ts';
import type { World } from './world.ts';

export interface Weather {
	/** Chances in [0, 1]. */
	readonly loss: number;
	readonly twice: number;
	/** Longest delay, milliseconds; when disordered, each message has its own. */
	readonly delay: number;
	readonly disorder: boolean;
}

export const SOUND: Weather = { loss: 0, twice: 0, delay: 50, disorder: false };
export const ROTTEN: Weather = { loss: 0.3, twice: 0.1, delay: 2000, disorder: true };

/** Two ends; `cut` ends both, and what is under way is lost. */
export function createSimLinks(
	world: World,
	weather: Weather,
): { readonly ends: readonly [Link, Link]; cut(): void } {
	const binding = crypto.getRandomValues(new Uint8Array(32));
	const inboxes = [createInbox(), createInbox()] as const;
	let broken = false;
	const clear = [0, 0];

	const end = (own: 0 | 1): Link => {
		const other = own === 0 ? 1 : 0;
		const deliver = (message: Bytes) => {
			const delay = world.random.below(weather.delay + 1);
			const at = weather.disorder
				? world.now() + delay
				: (clear[own] = Math.max(clear[own]!, world.now() + delay));
			world.later(at - world.now(), () => {
				if (!broken && !inboxes[other].closed) inboxes[other].push(message.slice());
			});
		};
		return {
			binding,
			async send(message) {
				if (broken || inboxes[own].closed) return;
				if (world.random.next() >= weather.loss) deliver(message);
				if (world.random.next() < weather.twice) deliver(message);
			},
			onMessage: inboxes[own].onMessage,
			onClose: inboxes[own].onClose,
			close() {
				inboxes[own].close();
				const delay = Math.max(0, clear[own]! - world.now());
				world.later(delay, inboxes[other].close);
			},
		};
	};
	return {
		ends: [end(0), end(1)],
		cut() {
			broken = true;
			for (const inbox of inboxes) inbox.close();
		},
	};
}
