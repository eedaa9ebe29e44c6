/** Shortcuts on the whole window. Single keys rest while somebody types; combinations with Ctrl or Cmd always work. */
import { tinykeys, type KeyBindingMap } from 'tinykeys';

const typing = (event: KeyboardEvent): boolean =>
	event.composedPath().some(
		(node) =>
			node instanceof HTMLElement &&
			(node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName)) &&
			// A checkbox takes no letters.
			!/^(checkbox|radio|button)$/.test((node as HTMLInputElement).type),
	);

const modal = (): boolean => document.querySelector('dialog[open]') !== null;

/** Keys in tinykeys' spelling -> what they do. Returns how to take them off again. */
export function bindKeys(bindings: Readonly<Record<string, () => void>>): () => void {
	const map: KeyBindingMap = {};
	for (const [keys, run] of Object.entries(bindings)) {
		map[keys] = (event) => {
			const combination = event.ctrlKey || event.metaKey;
			if (!combination && (typing(event) || modal() || event.altKey)) return;
			event.preventDefault();
			run();
		};
	}
	return tinykeys(window, map);
}
