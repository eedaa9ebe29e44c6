/** What every link must do, whatever carries it. A transport calls this once with its way to make a connected pair. */
import { expect, test } from 'vitest';
import { toHex, type Bytes } from '#core/bytes.ts';
import { createRandom } from '#core/random.ts';
import type { Link } from '#sync/link.ts';

const random = createRandom(7);
const message = (length: number): Bytes => Uint8Array.from({ length }, () => random.below(256));

/** The next `count` messages. */
function next(link: Link, count: number): Promise<Bytes[]> {
	const got: Bytes[] = [];
	return new Promise((resolve) =>
		link.onMessage((bytes) => {
			got.push(bytes);
			if (got.length === count) resolve(got);
		}),
	);
}

export function linkSuite(pair: () => Promise<readonly [Link, Link]>): void {
	test('carries messages of every size, whole and in order, both ways at once', async () => {
		const [a, b] = await pair();
		const sizes = [0, 1, 2, 65_534, 65_535, 65_536, 200_000, 3, 262_145];
		const there = sizes.map(message);
		const back = sizes.map(message);
		const [gotThere, gotBack] = [next(b, sizes.length), next(a, sizes.length)];
		for (const [i] of sizes.entries()) {
			void a.send(there[i]!);
			void b.send(back[i]!);
		}
		expect((await gotThere).map(toHex)).toEqual(there.map(toHex));
		expect((await gotBack).map(toHex)).toEqual(back.map(toHex));
		a.close();
	});

	test('keeps what came before anybody listened', async () => {
		const [a, b] = await pair();
		const sent = [message(10), message(20)];
		for (const one of sent) await a.send(one);
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(await next(b, 2)).toEqual(sent);
		a.close();
	});

	test('has the same binding at both ends, and another for another pair', async () => {
		const [a, b] = await pair();
		const [c] = await pair();
		expect(a.binding).toEqual(b.binding);
		expect(a.binding).not.toEqual(c.binding);
		a.close();
		c.close();
	});

	test('holds a fast sender back, and loses nothing for it', async () => {
		const [a, b] = await pair();
		const count = 200;
		const got = next(b, count);
		let sum = 0;
		for (let i = 0; i < count; i++) {
			const one = message(50_000);
			sum += one[17]!;
			await a.send(one);
		}
		expect((await got).reduce((total, one) => total + one[17]!, 0)).toBe(sum);
		a.close();
	});

	test('tells both ends of closing, once, and swallows what is sent after', async () => {
		const [a, b] = await pair();
		let closings = 0;
		const closed = Promise.all(
			[a, b].map(
				(link) => new Promise<void>((resolve) => link.onClose(() => (closings++, resolve()))),
			),
		);
		a.close();
		await closed;
		a.close();
		b.close();
		await a.send(message(5));
		expect(closings).toBe(2);
		await new Promise<void>((resolve) => b.onClose(resolve));
	});
}
