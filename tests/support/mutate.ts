/** Bytes as a broken or hostile sender makes them of genuine ones: flipped, cut, grown, spliced, or nothing but noise. */
import type { Bytes } from '#core/bytes.ts';
import type { Random } from '#core/random.ts';

/** Numbers at which varints and lengths change their form. */
const EDGES = [0, 1, 63, 64, 127, 128, 255];

export const noise = (random: Random, length: number): Bytes =>
	Uint8Array.from({ length }, () => random.below(256));

/** One change, or a few, to `bytes`; `other` is a genuine sibling to splice with. Never the same bytes again. */
export function mutate(random: Random, bytes: Bytes, other: Bytes = bytes): Bytes {
	for (;;) {
		let out = bytes;
		const times = random.below(4) ? 1 : 1 + random.below(6);
		for (let i = 0; i < times; i++) out = once(random, out, other);
		if (!sameBytes(out, bytes)) return out;
	}
}

function once(random: Random, bytes: Bytes, other: Bytes): Bytes {
	const at = random.below(bytes.length + 1);
	const length = 1 + random.below(random.below(4) ? 8 : 200);
	const out = bytes.slice();
	switch (random.below(9)) {
		case 0:
		case 1:
			if (at < out.length) out[at]! ^= 1 << random.below(8);
			return out;
		case 2:
			if (at < out.length) out[at] = EDGES[random.below(EDGES.length)]!;
			return out;
		case 3: // cut off
			return bytes.slice(0, at);
		case 4: // cut out
			return join(bytes.subarray(0, at), bytes.subarray(at + length));
		case 5: // put in
			return join(bytes.subarray(0, at), noise(random, length), bytes.subarray(at));
		case 6: // a piece twice
			return join(bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length)));
		case 7: {
			const from = random.below(other.length + 1);
			return join(bytes.subarray(0, at), other.subarray(random.below(2) ? at : from));
		}
		default: {
			// A number that says there is more than there is.
			const huge = Uint8Array.of(255, 255, 255, 255, random.below(2) ? 15 : 127);
			return join(bytes.subarray(0, at), huge, bytes.subarray(at + huge.length));
		}
	}
}

function join(...parts: readonly Uint8Array[]): Bytes {
	const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
	a.length === b.length && a.every((byte, i) => byte === b[i]);
