/** Into the bin with a way back: every deletion in the app goes through here and offers its undo. */
import { m } from '#messages/catalogue.ts';
import { t } from '#messages/language.svelte.ts';
import { notify } from '#ui/toast.ts';
import type { Commands } from '#workspace/workspace.ts';
import { notifyFailure } from './failure.ts';

export async function removeRecords(
	commands: Commands,
	ids: readonly string[],
	said: string,
	saidBack: string,
): Promise<boolean> {
	const removed = await commands.remove(ids);
	if (!removed.ok) {
		notifyFailure(removed.error);
		return false;
	}
	notify(said, {
		label: t(m.common.undo),
		run: async () => {
			const restored = await commands.restore(ids);
			if (restored.ok) notify(saidBack);
			else notifyFailure(restored.error);
		},
	});
	return true;
}
