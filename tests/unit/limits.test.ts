import { expect, test } from 'vitest';
import { createGatherer } from '#sync/limits.ts';

const bytes = (length: number) => new Uint8Array(length);

test('parts are gathered up to so many bytes, empty ones count, and what was taken makes room', () => {
	const gatherer = createGatherer(10_000);
	const entry = { head: bytes(4000), sig: bytes(64) };
	expect(gatherer.add([entry, entry])).toBe(true);
	expect(gatherer.take()).toEqual([entry, entry]);
	expect(gatherer.add([entry])).toBe(true);
	expect(gatherer.add([entry, entry])).toBe(false);
	const empty = { head: bytes(0), sig: bytes(0) };
	expect(createGatherer(10_000).add(Array.from({ length: 1000 }, () => empty))).toBe(false);
});
