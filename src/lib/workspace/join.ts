/**
 * Joining from the page: meet the owner in the invite's room, let the data worker do the talking, show the six digits. Where no
 * meeting point answers, the newcomer's own code does.
 */
import * as Comlink from 'comlink';
import { fail, type Result } from '#core/result.ts';
import { openMesh } from '#sync/mesh.ts';
import { bridgeToPort } from '#sync/port-link.ts';
import type { DataApi } from './data-api.ts';
import { rendezvous } from './network.ts';
import { chosenNetwork, networkSettings, saveNetwork } from './network-settings.ts';
import { createPairingDesk } from './pairing.ts';
import type { Session } from './session.ts';

/** The owner introduces this device to the rest of the team over the same connection. */
const LINGER_MS = 20_000;

/** Resolves to the workspace's id when this device is let in. */
export async function joinWorkspace(
	data: Comlink.Remote<DataApi>,
	url: string,
	{ userName = '', onStage, signal }: Parameters<Session['join']>[1],
): Promise<Result<string>> {
	const started = await data.startJoin(url);
	if (!started.ok) return started;
	const { joinId, room, meetingPoint } = started.value;
	const network = networkSettings();
	const meetingPoints = [
		...new Set([...(meetingPoint ? [meetingPoint] : []), ...network.meetingPoints]),
	];
	return new Promise((resolve) => {
		const finish = (result: Result<string>) => {
			setTimeout(mesh.close, result.ok ? LINGER_MS : 0);
			if (result.ok && meetingPoint) keepMeetingPoint(meetingPoint);
			resolve(result);
		};
		const mesh = openMesh({
			room,
			rendezvous,
			as: 'guest',
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
				else if (shown) search();
			},
		});
		const pairing = createPairingDesk(
			() => [mesh],
			() => mesh,
		);
		const search = () => onStage?.({ stage: 'searching', pairing });
		search();
		signal?.addEventListener('abort', () =>
			finish(fail('Cancelled', 'Joining was cancelled. The link still works.')),
		);
	});
}

/** Where the team meets, as its invite says; this device's own choice stays. */
function keepMeetingPoint(url: string): void {
	const chosen = chosenNetwork();
	if (networkSettings().meetingPoints.includes(url)) return;
	saveNetwork({ ...chosen, meetingPoints: [...networkSettings().meetingPoints, url] });
}
