/** What a page tells of its connections, for people to see. Plain data. */
export interface MeetingPointStatus {
	readonly url: string;
	readonly state: 'connecting' | 'open' | 'lost';
	/** When this device first tried, and when it was last open; milliseconds UTC. */
	readonly since: number;
	readonly lastOpen?: number;
	readonly tries: number;
	readonly sent: number;
	readonly received: number;
}

/** What the browser tells of a connection: which way it goes, and between which addresses. */
export interface Route {
	/** RTCPeerConnectionState. */
	readonly state: string;
	readonly local?: Place;
	readonly remote?: Place;
	readonly sent?: number;
	readonly received?: number;
}

export interface Place {
	/** host: directly, srflx and prflx: through a router, relay: through a TURN server. */
	readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
	/** Empty when the browser hides it. */
	readonly address: string;
	readonly protocol: string;
}

export interface Connection extends Route {
	readonly openSince?: number;
	/** Paired by code, or introduced. */
	readonly byHand: boolean;
}

export interface Traffic {
	readonly meetingPoints: readonly MeetingPointStatus[];
	readonly connections: readonly (Connection & { readonly room: 'workspace' | 'invite' })[];
}
