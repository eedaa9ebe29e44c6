/**
 * A link over our own RTCDataChannel beside y-webrtc's: frames of 64 KiB under back-pressure. Chromium refuses messages over
 * 256 KiB, and an unbounded queue would hold a newcomer's whole workspace in memory.
 */
import type { Bytes } from '#core/bytes.ts';
import { createAssembler, createInbox, toFrames, type Link } from './link.ts';

const HIGH_WATER = 1024 * 1024;
const LOW_WATER = 256 * 1024;

/** `channel` is open. */
export function createChannelLink(channel: RTCDataChannel, binding: Bytes): Link {
	const inbox = createInbox();
	const assemble = createAssembler();
	channel.binaryType = 'arraybuffer';
	channel.bufferedAmountLowThreshold = LOW_WATER;
	channel.onmessage = ({ data }: MessageEvent<unknown>) => {
		if (!(data instanceof ArrayBuffer) || data.byteLength === 0) return;
		try {
			const message = assemble(new Uint8Array(data));
			if (message) inbox.push(message);
		} catch {
			channel.close();
		}
	};
	channel.onclose = inbox.close;
	channel.onerror = inbox.close;

	const drained = () =>
		new Promise<void>((resolve) => {
			channel.addEventListener('bufferedamountlow', () => resolve(), { once: true });
			inbox.onClose(resolve);
		});

	let last: Promise<void> = Promise.resolve();
	async function push(message: Bytes): Promise<void> {
		for (const frame of toFrames(message)) {
			if (channel.readyState !== 'open') return;
			if (channel.bufferedAmount > HIGH_WATER) await drained();
			if (channel.readyState === 'open') channel.send(frame);
		}
	}

	return {
		binding,
		send: (message) => (last = last.then(() => push(message)).catch(() => inbox.close())),
		onMessage: inbox.onMessage,
		onClose: inbox.onClose,
		close() {
			channel.close();
			inbox.close();
		},
	};
}

/** SHA-256 over both DTLS fingerprints (RFC 8122) in sorted order, so that both ends compute the same. */
export async function bindingOf(
	connection: Pick<RTCPeerConnection, 'localDescription' | 'remoteDescription'>,
): Promise<Bytes | undefined> {
	const prints = [connection.localDescription, connection.remoteDescription].map(printIn);
	if (!prints[0] || !prints[1]) return undefined;
	const text = (prints as string[]).sort().join('\n');
	return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/** Undefined where several are named: the browser would connect to the holder of one, and this end would vouch for another. */
function printIn(description: RTCSessionDescription | null): string | undefined {
	const named = description?.sdp.matchAll(/^a=fingerprint:[ \t]*(\S+)[ \t]+(\S+)/gim) ?? [];
	const prints = new Set([...named].map(([, hash, print]) => `${hash} ${print}`.toUpperCase()));
	return prints.size === 1 ? [...prints][0] : undefined;
}
