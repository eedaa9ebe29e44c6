/**
 * Where devices meet and which ICE servers they may use. Per device, in localStorage. Empty means: the meeting point on the
 * app's own address, as `npm start` serves it, and no foreign server at all. A team's choice can be laid under it later:
 * everything reads it through `networkSettings`.
 */
import { fail, ok, type Result } from '#core/result.ts';
import type { NetworkOptions } from '#sync/mesh.ts';

export { testMeetingPoint } from '#sync/meeting-point.ts';

/** What was chosen; nothing chosen is an empty list. */
export interface NetworkSettings {
	readonly meetingPoints: readonly string[];
	readonly iceServers: readonly IceServer[];
}

export interface IceServer {
	readonly urls: string;
	readonly username?: string;
	readonly credential?: string;
}

const KEY = 'perennial.network';

export const ownMeetingPoint = (): string => `${location.origin.replace(/^http/, 'ws')}/meet`;

/** What is used. */
export function networkSettings(): NetworkOptions {
	const { meetingPoints, iceServers } = chosenNetwork();
	return {
		meetingPoints: meetingPoints.length ? meetingPoints : [ownMeetingPoint()],
		iceServers: iceServers.map((server) => ({ ...server })),
	};
}

export function chosenNetwork(): NetworkSettings {
	try {
		const saved = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, unknown>;
		return {
			meetingPoints: list(saved.meetingPoints).filter(
				(url) => checkMeetingPoint(url).ok,
			) as string[],
			iceServers: list(saved.iceServers).filter(isIceServer),
		};
	} catch {
		return { meetingPoints: [], iceServers: [] };
	}
}

/** The open workspace takes them up at its next `network.refresh`; other tabs hear of it from the browser. */
export function saveNetwork(settings: NetworkSettings): void {
	localStorage.setItem(KEY, JSON.stringify(settings));
}

/** The address as it is kept. On an https page only wss works: browsers refuse the other. */
export function checkMeetingPoint(text: unknown): Result<string> {
	const url = typeof text === 'string' ? parseUrl(text.trim()) : undefined;
	if (!url || !/^wss?:$/.test(url.protocol) || url.hash || url.username)
		return fail('Invalid', 'A meeting point’s address begins with wss:// (or ws:// at home).');
	if (location.protocol === 'https:' && url.protocol === 'ws:')
		return fail(
			'Invalid',
			'This page is served over https, so the address must begin with wss://.',
		);
	return ok(url.href);
}

/** RFC 7064 and RFC 7065: `stun:host[:port]`, `turn:host[:port][?transport=udp|tcp]`. TURN needs a name and a password. */
export function checkIceServer(server: IceServer): Result<IceServer> {
	const urls = server.urls.trim();
	const [, kind] =
		/^(stuns?|turns?):(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/i.exec(
			urls,
		) ?? [];
	if (!kind)
		return fail('Invalid', 'An ICE server’s address looks like stun:host:3478 or turn:host:3478.');
	const username = server.username?.trim();
	const credential = server.credential?.trim();
	if (!/^turn/i.test(kind)) return ok({ urls });
	if (!username || !credential)
		return fail('Invalid', 'A TURN server needs a user and a password.');
	return ok({ urls, username, credential });
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const isIceServer = (value: unknown): value is IceServer =>
	typeof value === 'object' &&
	value !== null &&
	'urls' in value &&
	typeof value.urls === 'string' &&
	checkIceServer(value as IceServer).ok;

function parseUrl(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}
