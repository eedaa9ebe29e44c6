/** Joining from the page: meet the owner in the invite's room, let the data worker do the talking, show the six digits. */
import * as Comlink from 'comlink';
import { fail, type Result } from '#core/result.ts';
import { openMesh } from '#sync/mesh.ts';
import { bridgeToPort } from '#sync/port-link.ts';
import type { DataApi } from './data-api.ts';
import { networkSettings } from './network-settings.ts';
import type { Session } from './session.ts';

type JoinOptions = Parameters<Session['join']>[1];

/** Resolves to the workspace's id when this device is let in. */
export async function joinWorkspace(
	data: Comlink.Remote<DataApi>,
	url: string,
	{ userName = '', onStage, signal }: JoinOptions,
): Promise<Result<string>> {
	const started = await data.startJoin(url);
	if (!started.ok) return started;
	const { joinId, room, meetingPoint } = started.value;
	const network = networkSettings();
	const meetingPoints = meetingPoint ? [meetingPoint] : network.meetingPoints;
	onStage?.({ stage: 'searching' });

	return new Promise((resolve) => {
		const finish = (result: Result<string>) => {
			mesh.close();
			resolve(result);
		};
		const mesh = openMesh({
			room,
			iceServers: network.iceServers,
			meetingPoints,
			async onLink(link) {
				const { port1, port2 } = new MessageChannel();
				bridgeToPort(link, port1);
				let shown = false;
				const onCode = Comlink.proxy((code: string, workspace: string) => {
					shown = true;
					onStage?.({ stage: 'waiting', code, workspace });
				});
				const transferred = Comlink.transfer(port2, [port2]);
				const joined = await data.joinLink(joinId, userName, link.binding, transferred, onCode);
				// Others may wait in the room too; only the owner's word ends the search.
				if (joined.ok || joined.error.type === 'Forbidden' || joined.error.type === 'Storage')
					finish(joined);
				// The owner went away: the next meeting has other digits.
				else if (shown) onStage?.({ stage: 'searching' });
			},
		});
		signal?.addEventListener('abort', () =>
			finish(fail('Cancelled', 'Joining was cancelled. The link still works.')),
		);
	});
}
