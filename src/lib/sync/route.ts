/** Which way a connection goes, from the browser's statistics (W3C WebRTC Statistics). */
import type { Place, Route } from './traffic.ts';

export async function routeOf(connection: RTCPeerConnection): Promise<Route> {
	const state = connection.connectionState;
	if (state === 'closed') return { state };
	const all = new Map<string, Record<string, unknown>>();
	(await connection.getStats()).forEach((one: { id: string }) => all.set(one.id, { ...one }));
	const selected = [...all.values()].find(({ type }) => type === 'transport');
	const pair =
		all.get(String(selected?.selectedCandidatePairId)) ??
		[...all.values()].find((one) => one.type === 'candidate-pair' && one.nominated);
	const place = (id: unknown): Place | undefined => {
		const one = all.get(String(id));
		if (!one) return undefined;
		const address = one.address ? `${String(one.address)}:${String(one.port)}` : '';
		return { type: one.candidateType as Place['type'], address, protocol: String(one.protocol) };
	};
	const local = place(pair?.localCandidateId);
	const remote = place(pair?.remoteCandidateId);
	// The connection's own count, where the browser has one: it may have used another pair before.
	const counted = selected?.bytesReceived === undefined ? pair : selected;
	return {
		state,
		...(local && { local }),
		...(remote && { remote }),
		...(counted && { sent: Number(counted.bytesSent), received: Number(counted.bytesReceived) }),
	};
}
