/** What the browser's own data channel carries between two pages, with nothing of ours in it: frames of 64 KiB under back-pressure. */

/** Both pages' ends are made there; descriptions are carried over by hand. */
function connect(sdp) {
	const pc = new RTCPeerConnection();
	const channel = pc.createDataChannel('raw', { negotiated: true, id: 0 });
	channel.binaryType = 'arraybuffer';
	globalThis.raw = { pc, channel };
	return (async () => {
		if (sdp) await pc.setRemoteDescription({ type: 'offer', sdp });
		await pc.setLocalDescription();
		while (pc.iceGatheringState !== 'complete')
			await new Promise((resolve) => pc.addEventListener('icegatheringstatechange', resolve));
		return pc.localDescription.sdp;
	})();
}

/** Megabytes a second from one page to the other. */
export async function rawRate(from, to, megabytes) {
	const offer = await from.evaluate(connect);
	const answer = await to.evaluate(connect, offer);
	await from.evaluate(async (sdp) => {
		const { pc, channel } = globalThis.raw;
		await pc.setRemoteDescription({ type: 'answer', sdp });
		if (channel.readyState !== 'open') await new Promise((resolve) => (channel.onopen = resolve));
	}, answer);
	const arrived = to.evaluate(
		(bytes) =>
			new Promise((resolve) => {
				let [size, first] = [0, 0];
				globalThis.raw.channel.onmessage = ({ data }) => {
					first ||= performance.now();
					size += data.byteLength;
					if (size >= bytes) resolve(performance.now() - first);
				};
			}),
		megabytes * 1e6,
	);
	await from.evaluate(async (bytes) => {
		const { channel } = globalThis.raw;
		const frame = new Uint8Array(64 * 1024);
		channel.bufferedAmountLowThreshold = 256 * 1024;
		for (let sent = 0; sent < bytes; sent += frame.length) {
			if (channel.bufferedAmount > 1024 * 1024)
				await new Promise((resolve) =>
					channel.addEventListener('bufferedamountlow', resolve, { once: true }),
				);
			channel.send(frame);
		}
	}, megabytes * 1e6);
	const ms = await arrived;
	for (const page of [from, to]) await page.evaluate(() => globalThis.raw.pc.close());
	return megabytes / (ms / 1000);
}
