/**
 * Where devices meet and which ICE servers they may use. Per device, in localStorage. Empty means: the meeting point on the
 * app's own address, as `npm start` serves it, and no foreign server at all.
 */
export interface NetworkSettings {
	readonly meetingPoints: readonly string[];
	readonly iceServers: readonly RTCIceServer[];
}

const KEY = 'perennial.network';

export const ownMeetingPoint = (): string => `${location.origin.replace(/^http/, 'ws')}/meet`;

export function networkSettings(): NetworkSettings {
	const saved = readSaved();
	return {
		meetingPoints: saved.meetingPoints?.length ? saved.meetingPoints : [ownMeetingPoint()],
		iceServers: saved.iceServers ?? [],
	};
}

function readSaved(): Partial<NetworkSettings> {
	try {
		return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<NetworkSettings>;
	} catch {
		return {};
	}
}
