/** What a peer may say over y-webrtc's own channel: presence, and nothing that stays. */
import { expect, test } from 'vitest';
import * as awarenessProtocol from 'y-protocols/awareness';
import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';
import { createPeer, type Peer } from '#sync/peer.ts';

async function hall(name: string) {
	const doc = new Y.Doc();
	const awareness = new awarenessProtocol.Awareness(doc);
	const provider = new WebrtcProvider(name, doc, {
		...{ signaling: [], awareness, filterBcConns: false },
		peerOpts: { trickle: false, channelConfig: { negotiated: true, id: 0 } },
	});
	await provider.key;
	return { doc, awareness, room: provider.room! };
}

test('presence comes over, a document does not: nobody fills the memory of the others with one', async () => {
	const [eve, ann] = [await hall('eve'), await hall('ann')];
	const up = (room: typeof eve.room, remoteId: string, initiator: boolean, other: () => Peer) => {
		let peer: Peer | undefined;
		const link = new Promise<void>((resolve, reject) => {
			peer = createPeer({
				...{ room, remoteId, initiator, attempt: 'one', within: 10_000, linger: 0 },
				signal: (signal) => other().signal(signal),
				link: () => resolve(),
				introductions() {},
				gone: () => reject(new Error('It did not connect.')),
			});
		});
		return { peer: peer!, link };
	};
	const calling = up(eve.room, 'ann', true, () => called.peer);
	const called = up(ann.room, 'eve', false, () => calling.peer);
	await Promise.all([calling.link, called.link]);
	eve.doc.getMap('m').set('heavy', 'x'.repeat(1000));
	eve.awareness.setLocalState({ did: 'eve' });
	const seen = () => [...ann.awareness.getStates().values()];
	await expect.poll(seen, { timeout: 5000 }).toContainEqual({ did: 'eve' });
	expect(Y.encodeStateVector(ann.doc)).toEqual(Y.encodeStateVector(new Y.Doc()));
	called.link.catch(() => {});
	calling.link.catch(() => {});
	calling.peer.close();
	called.peer.close();
});
