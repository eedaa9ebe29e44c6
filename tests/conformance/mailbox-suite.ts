/** What every mailbox must do, whatever keeps it. An implementation calls this once with its way to open one place anew. */
import { expect, test } from 'vitest';
import { toHex, type Bytes } from '#core/bytes.ts';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { LATEST, MOST_FRAME, type Mailbox } from '#sync/mailbox.ts';

const random = createRandom(7);
const hex = (length: number) =>
	Array.from({ length }, () => random.below(16).toString(16)).join('');
const frame = (length: number): Bytes => Uint8Array.from({ length }, () => random.below(256));

interface Seen {
	readonly whole: boolean;
	readonly mark: string | undefined;
	/** `topic name` -> hex. */
	readonly frames: ReadonlyMap<string, string>;
	readonly order: readonly string[];
}

/** `least` frames: whoever answers in a cluster may be a moment behind the one that said they are kept. */
async function look(mailbox: Mailbox, space: string, least: number, from?: string): Promise<Seen> {
	let seen = await lookOnce(mailbox, space, from);
	for (let n = 0; seen.frames.size < least && n < 200; n++) {
		await new Promise((resolve) => setTimeout(resolve, 50));
		seen = await lookOnce(mailbox, space, from);
	}
	return seen;
}

async function lookOnce(mailbox: Mailbox, space: string, from?: string): Promise<Seen> {
	const { whole, frames } = unwrap(await mailbox.read(space, from));
	const seen = new Map<string, string>();
	const order: string[] = [];
	let mark = from;
	for await (const one of frames) {
		seen.set(`${one.topic} ${one.name}`, toHex(await one.load()));
		order.push(one.name);
		mark = one.mark;
	}
	return { whole, mark, frames: seen, order };
}

export function mailboxSuite(open: () => Promise<Mailbox>): void {
	test('keeps frames of every size, for whoever comes later', async () => {
		const [space, topic] = [hex(32), hex(32)];
		const sizes = [1, 2, 1000, 65_536, MOST_FRAME];
		const sent = new Map<string, string>();
		const ann = await open();
		for (const [i, size] of sizes.entries()) {
			const bytes = frame(size);
			unwrap(await ann.append(space, topic, `00${i}-00${i}-aaaaaaaa`, bytes, undefined));
			sent.set(`${topic} 00${i}-00${i}-aaaaaaaa`, toHex(bytes));
		}
		await ann.close();
		const bo = await open();
		const seen = await look(bo, space, sizes.length);
		expect(seen.whole).toBe(true);
		expect(seen.frames).toEqual(sent);
		expect(seen.order).toEqual([...seen.order].sort());
		await bo.close();
	});

	test('keeps spaces and topics apart', async () => {
		const mailbox = await open();
		const [a, b, one, two] = [hex(32), hex(32), hex(32), hex(32)];
		const place = [
			[a, one],
			[a, two],
			[b, one],
		] as const;
		for (const [space, topic] of place)
			unwrap(await mailbox.append(space, topic, '1-1-aaaaaaaa', frame(10), undefined));
		expect([...(await look(mailbox, a, 2)).frames.keys()].sort()).toEqual(
			[one, two].map((topic) => `${topic} 1-1-aaaaaaaa`).sort(),
		);
		expect((await look(mailbox, b, 1)).frames.size).toBe(1);
		expect((await look(mailbox, hex(32), 0)).frames.size).toBe(0);
		await mailbox.close();
	});

	test('after its own mark, gives what is new or everything', async () => {
		const [mailbox, other] = [await open(), await open()];
		const [space, topic] = [hex(32), hex(32)];
		unwrap(await mailbox.append(space, topic, '1-1-aaaaaaaa', frame(10), undefined));
		const first = await look(mailbox, space, 1);
		unwrap(await other.append(space, topic, '2-2-aaaaaaaa', frame(10), undefined));
		const second = await look(mailbox, space, 1, first.mark);
		expect(second.order).toEqual(
			second.whole ? ['1-1-aaaaaaaa', '2-2-aaaaaaaa'] : ['2-2-aaaaaaaa'],
		);
		const mark = unwrap(await mailbox.append(space, topic, '3-3-aaaaaaaa', frame(10), second.mark));
		const third = await look(mailbox, space, 0, mark);
		if (!third.whole) expect(third.order).toEqual([]);
		// Somebody else's frame between is never jumped over.
		unwrap(await other.append(space, topic, '4-4-aaaaaaaa', frame(10), undefined));
		const over = unwrap(await mailbox.append(space, topic, '5-5-aaaaaaaa', frame(10), third.mark));
		expect((await look(mailbox, space, 1, over)).order).toContain('4-4-aaaaaaaa');
		await mailbox.close();
		await other.close();
	});

	test('the same frame twice is one, or two of the same', async () => {
		const mailbox = await open();
		const [space, topic, bytes] = [hex(32), hex(32), frame(100)];
		for (let n = 0; n < 2; n++)
			unwrap(await mailbox.append(space, topic, '1-1-aaaaaaaa', bytes, undefined));
		expect([...(await look(mailbox, space, 1)).frames]).toEqual([
			[`${topic} 1-1-aaaaaaaa`, toHex(bytes)],
		]);
		await mailbox.close();
	});

	test('of a replaceable frame only the last one stays', async () => {
		const mailbox = await open();
		const [space, topic] = [hex(32), hex(32)];
		unwrap(await mailbox.replace(space, topic, frame(50)));
		const { mark } = await look(mailbox, space, 1);
		const last = frame(20);
		unwrap(await mailbox.replace(space, topic, last));
		for (const from of [undefined, mark])
			await expect
				.poll(async () => [...(await look(mailbox, space, 1, from)).frames], { timeout: 10_000 })
				.toEqual([[`${topic} ${LATEST}`, toHex(last)]]);
		await mailbox.close();
	});

	test('ten writers at once, nothing lost', async () => {
		const space = hex(32);
		const all = await Promise.all(Array.from({ length: 10 }, open));
		await Promise.all(
			all.map(async (mailbox) => {
				const topic = hex(32);
				for (let n = 1; n <= 10; n++)
					unwrap(await mailbox.append(space, topic, `${n}-${n}-aaaaaaaa`, frame(300), undefined));
			}),
		);
		expect((await look(all[0]!, space, 100)).frames.size).toBe(100);
		await Promise.all(all.map((mailbox) => mailbox.close()));
	});
}
