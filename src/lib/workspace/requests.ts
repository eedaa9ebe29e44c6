/**
 * Every network request since the start, as the browser's own timing records it (W3C Resource Timing), on the page and in each
 * worker. Each part reports its own on a BroadcastChannel; whoever watches asks all of them. WebSockets and peer connections
 * are not resources: `sync.traffic` tells of those.
 */
export interface Request {
	readonly url: string;
	readonly from: 'page' | 'worker';
	/** Milliseconds UTC. */
	readonly at: number;
	/** On the wire; 0 when it came from a store of the browser. */
	readonly bytes: number;
}

type Letter = { readonly ask: true } | { readonly reporter: string; readonly requests: Request[] };

const CHANNEL = 'perennial-requests';
const MOST = 3000;

/** Once in each page and worker, as early as may be. */
export function reportRequests(from: Request['from']): void {
	const reporter = crypto.randomUUID();
	const requests: Request[] = [];
	const channel = new BroadcastChannel(CHANNEL);
	const post = (some: Request[]) =>
		channel.postMessage({ reporter, requests: some } satisfies Letter);
	channel.onmessage = ({ data }: MessageEvent<Letter>) => 'ask' in data && post(requests);
	const observer = new PerformanceObserver((list) => {
		const fresh = list.getEntries().map((entry) => ({
			url: entry.name,
			from,
			at: performance.timeOrigin + entry.startTime,
			bytes: (entry as PerformanceResourceTiming).transferSize ?? 0,
		}));
		requests.push(...fresh);
		requests.splice(0, requests.length - MOST);
		post(fresh);
	});
	observer.observe({ type: 'resource', buffered: true });
	if (from === 'page') observer.observe({ type: 'navigation', buffered: true });
}

/** Told all requests at once and at every new one; returns the way to stop. */
export function watchRequests(listener: (requests: readonly Request[]) => void): () => void {
	const known = new Map<string, Request>();
	const channel = new BroadcastChannel(CHANNEL);
	channel.onmessage = ({ data }: MessageEvent<Letter>) => {
		if ('ask' in data) return;
		for (const one of data.requests) known.set(`${data.reporter} ${one.at} ${one.url}`, one);
		listener([...known.values()]);
	};
	channel.postMessage({ ask: true } satisfies Letter);
	return () => channel.close();
}
