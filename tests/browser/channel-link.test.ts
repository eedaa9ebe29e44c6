/** The same suite over real WebRTC: two peer connections in Chromium, our negotiated channel, DTLS fingerprints and all. */
import { describe } from 'vitest';
import { bindingOf, createChannelLink } from '#sync/channel-link.ts';
import type { Link } from '#sync/link.ts';
import { linkSuite } from '#tests/conformance/link-suite.ts';

async function connectedPair(): Promise<readonly [Link, Link]> {
	const peers = [new RTCPeerConnection(), new RTCPeerConnection()] as const;
	const channels = peers.map((peer) =>
		peer.createDataChannel('ledger', { negotiated: true, id: 1 }),
	);
	peers.forEach((peer, i) => {
		peer.onicecandidate = ({ candidate }) =>
			void peers[1 - i]!.addIceCandidate(candidate ?? undefined);
	});
	const [a, b] = peers;
	await a.setLocalDescription(await a.createOffer());
	await b.setRemoteDescription(a.localDescription!);
	await b.setLocalDescription(await b.createAnswer());
	await a.setRemoteDescription(b.localDescription!);
	await Promise.all(
		channels.map((channel) =>
			channel.readyState === 'open'
				? undefined
				: new Promise((resolve) => channel.addEventListener('open', resolve)),
		),
	);
	const links = await Promise.all(
		channels.map(async (channel, i) => createChannelLink(channel, (await bindingOf(peers[i]!))!)),
	);
	return [links[0]!, links[1]!] as const;
}

describe('WebRTC channel link', () => linkSuite(connectedPair));
