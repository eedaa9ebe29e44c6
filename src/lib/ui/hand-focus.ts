/**
 * A button that gives way to a progress bar, and back, takes the focus with it, and whoever works by keyboard begins anew. Here
 * what comes in its place has the focus.
 */
import type { Attachment } from 'svelte/attachments';

export const handFocus: Attachment<HTMLElement> = (place) => {
	let last: Element | undefined;
	const observer = new MutationObserver(() => {
		if (!last || last.isConnected) return;
		last = undefined;
		if (document.activeElement !== document.body) return;
		place.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
	});
	const note = ({ target }: FocusEvent) => (last = target as Element);
	// Left on purpose, unless it is being taken away: some browsers tell of that before it is done.
	const forget = ({ target }: FocusEvent) =>
		queueMicrotask(() => {
			if (last === target && last?.isConnected) last = undefined;
		});
	place.addEventListener('focusin', note);
	place.addEventListener('focusout', forget);
	observer.observe(place, { childList: true, subtree: true });
	return () => {
		observer.disconnect();
		place.removeEventListener('focusin', note);
		place.removeEventListener('focusout', forget);
	};
};
