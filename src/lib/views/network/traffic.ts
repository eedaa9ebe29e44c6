/** Requests in groups that a person can read: by host, then by the part of the app that asked. */
import { groupBy } from '#core/group.ts';
import type { Traffic } from '#workspace/workspace.ts';
import type { Request } from '#workspace/requests.ts';

export interface HostTraffic {
	readonly host: string;
	readonly own: boolean;
	readonly groups: readonly {
		readonly from: Request['from'];
		readonly count: number;
		readonly bytes: number;
		readonly last: number;
	}[];
}

/** Blobs and data addresses never leave the device. */
const leaves = ({ url }: Request) => /^https?:/.test(url);

export function byHost(requests: readonly Request[]): HostTraffic[] {
	const hosts = groupBy(requests.filter(leaves), ({ url }) => new URL(url).host);
	return [...hosts].map(([host, all]) => ({
		host,
		own: host === location.host,
		groups: [...groupBy(all, ({ from }) => from)].map(([from, some]) => ({
			from,
			count: some.length,
			bytes: some.reduce((sum, { bytes }) => sum + bytes, 0),
			last: some.reduce((latest, { at }) => Math.max(latest, at), 0),
		})),
	}));
}

/** A connection is as indirect as its more indirect end. */
export function wayOf({ local, remote }: Traffic['connections'][number]) {
	const types = [local?.type, remote?.type];
	return (['relay', 'srflx', 'prflx'] as const).find((type) => types.includes(type)) ?? 'host';
}
