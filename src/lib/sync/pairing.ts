/**
 * Connecting two devices by codes that people carry over: one makes an offer, the other answers it, the first takes the answer.
 * Nothing else is needed between them; what stands then is a connection like any other of the mesh.
 */
import { fail, ok, type Result } from '#core/result.ts';
import { fromSdp, toSdp } from './description.ts';
import type { Room } from './invite.ts';
import { encodePairing, isFor, type PairingCode } from './pairing-code.ts';
import type { Call, Peer, Signal } from './peer.ts';

export interface Pairing {
	/** The text of a code for one other device of this room; good for minutes. */
	offer(): Promise<Result<string>>;
	/** Whether the code was made for this room: an offer by anybody in it, or an answer to an offer made here. */
	recognises(code: PairingCode): Promise<boolean>;
	/** The answer to carry back; `connected` tells how it ended. */
	answer(offer: PairingCode): Promise<Result<{ text: string; connected: Promise<Result<void>> }>>;
	/** Resolves when the connection to the answering device stands. */
	accept(answer: PairingCode): Promise<Result<void>>;
	close(): void;
}

export interface PairingOptions {
	readonly room: Room;
	/** This device's id in the mesh. */
	me(): Promise<string>;
	connect(call: Call): Promise<Peer>;
	/** The mesh's peers, by id. */
	readonly peers: Map<string, Peer>;
	isFull(): boolean;
}

/** How long people may take to carry a code over, and one back. */
const BY_HAND_MS = 10 * 60_000;
/** Once both descriptions are where they belong. */
const CONNECT_MS = 30_000;
const MOST_OFFERS = 3;

interface Begun {
	readonly peer: Peer;
	/** This end's description. */
	readonly described: Signal;
	/** False when it is gone before it was up. */
	readonly up: Promise<boolean>;
}

export function createPairing({ room, me, connect, peers, isFull }: PairingOptions): Pairing {
	const offers: (Begun & { code: PairingCode })[] = [];

	async function begin(remoteId: string, offer?: Signal): Promise<Begun | undefined> {
		let setUp: (up: boolean) => void;
		const up = new Promise<boolean>((resolve) => (setUp = resolve));
		let describe: (signal: Signal | undefined) => void;
		const description = new Promise<Signal | undefined>((resolve) => (describe = resolve));
		const peer = await connect({
			remoteId,
			initiator: !offer,
			attempt: 'by hand',
			within: BY_HAND_MS,
			byHand: true,
			signal: (signal) => describe(signal),
			up: () => setUp(true),
			gone() {
				setUp(false);
				describe(undefined);
			},
		});
		if (offer) peer.signal(offer);
		const described = await description;
		return described && { peer, described, up };
	}

	/** Another way may have been quicker. */
	const stands = (id: string) => peers.get(id)?.openSince !== undefined;
	const ending = async (id: string, up: Promise<boolean>): Promise<Result<void>> =>
		(await up) || stands(id)
			? ok(undefined)
			: fail(
					'Timeout',
					'The other device did not connect. Bring both into one network, or set up a TURN server, and start again with a new code.',
				);
	const tooMany = () =>
		fail('Busy', 'This device is connected to as many others as it can be. Pair another one.');
	const noWebRtc = () =>
		fail('Offline', 'This device could not make a connection. Connect it to a network first.');

	return {
		async offer() {
			if (isFull()) return tooMany();
			const begun = await begin('');
			if (!begun) return noWebRtc();
			const { text, code } = await encodePairing(room, await me(), fromSdp(begun.described.sdp));
			offers.push({ ...begun, code });
			while (offers.length > MOST_OFFERS) offers.shift()!.peer.close();
			return ok(text);
		},
		async recognises(code) {
			if (code.kind === 'offer') return isFor(code, room);
			const answered = await Promise.all(offers.map((offer) => isFor(code, room, offer.code)));
			return answered.includes(true);
		},
		async answer(offer) {
			if (offer.peerId === (await me()))
				return fail('BadLink', 'This is this device’s own code. Show it to the other device.');
			if (stands(offer.peerId)) return fail('Invalid', 'These two devices are connected already.');
			if (isFull()) return tooMany();
			peers.get(offer.peerId)?.close();
			const begun = await begin(offer.peerId, { type: 'offer', sdp: toSdp(offer.description) });
			if (!begun) return noWebRtc();
			const answer = fromSdp(begun.described.sdp);
			const { text } = await encodePairing(room, await me(), answer, offer);
			return ok({ text, connected: ending(offer.peerId, begun.up) });
		},
		async accept(answer) {
			const fits = await Promise.all(offers.map((offer) => isFor(answer, room, offer.code)));
			const [offer] = offers.splice(fits.indexOf(true), fits.includes(true) ? 1 : 0);
			if (!offer)
				return fail(
					'BadLink',
					'This answer belongs to an earlier code. Start again with a new code.',
				);
			const { peer, up } = offer;
			if (stands(answer.peerId)) {
				peer.close();
				return ok(undefined);
			}
			peers.get(answer.peerId)?.close();
			peers.set(answer.peerId, peer);
			peer.adopt(answer.peerId);
			peer.signal({ type: 'answer', sdp: toSdp(answer.description) });
			peer.expectWithin(CONNECT_MS);
			return ending(answer.peerId, up);
		},
		close() {
			for (const { peer } of offers.splice(0)) peer.close();
		},
	};
}
