/** The English score agrees with the Python original on every reference text, and with people about as well as published. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sharedPath } from '#tests/support/shared.ts';
import { correlation } from '#workers/math/statistics.ts';
import { lexicon } from '#workers/models/sentiment/assets/vader-lexicon.ts';
import { measured, vader } from '#workers/models/sentiment/vader.ts';

const expectedPath = sharedPath('vader', 'expected.csv.gz');

const read = (name: string) =>
	new Map(
		readFileSync(sharedPath('vader', name)!, 'utf8')
			.split('\n')
			.filter((line) => line.trim())
			.map((line) => {
				const [id, rating, ...text] = line.replace(/\r$/, '').split('\t');
				return [id!, { rating: Number(rating), text: text.join('\t') }];
			}),
	);

describe.skipIf(!expectedPath)('VADER parity', () => {
	const expected = expectedPath
		? gunzipSync(readFileSync(expectedPath))
				.toString()
				.trim()
				.split('\n')
				.slice(1)
				.map((line) => line.trim().split(',') as [set: string, id: string, compound: string])
		: [];

	test.each([
		['tweets', 'tweets_GroundTruth.txt', 4200, 0.872],
		['amazonReviewSnippets', 'amazonReviewSnippets_GroundTruth.txt', 3708, 0.59],
	])('%s: every text within 1e-3', (set, file, count, agreement) => {
		const texts = read(file);
		const rows = expected.filter(([name]) => name === set);
		expect(rows).toHaveLength(count);
		const scores = rows.map(([, id]) => vader(texts.get(id)!.text).compound);
		const wrong = rows.filter(
			([, , compound], i) => !(Math.abs(scores[i]! - Number(compound)) <= 1e-3),
		);
		expect(wrong).toEqual([]);
		const ratings = rows.map(([, id]) => texts.get(id)!.rating);
		expect(correlation(scores, ratings)).toBeCloseTo(agreement, 3);
	});
});

test.skipIf(!expectedPath)('the card quotes what is measured, also for the baseline', () => {
	const valences = new Map(
		lexicon.split('\n').flatMap((line) => {
			const [valence, ...words] = line.split(' ');
			return words.map((word): [string, number] => [word, Number(valence)]);
		}),
	);
	const texts = [...read('tweets_GroundTruth.txt').values()];
	const ratings = texts.map(({ rating }) => rating);
	const sums = texts.map(({ text }) => {
		const words = text.toLowerCase().split(/\s+/);
		const known = words.map(
			(word) => valences.get(word) ?? valences.get(word.replace(/^\W+|\W+$/g, '')) ?? 0,
		);
		const sum = known.reduce((total, v) => total + v, 0);
		return sum / Math.sqrt(sum * sum + 15);
	});
	expect(texts).toHaveLength(measured.tweets);
	expect(
		correlation(
			texts.map(({ text }) => vader(text).compound),
			ratings,
		),
	).toBeCloseTo(measured.correlation, 3);
	expect(correlation(sums, ratings)).toBeCloseTo(measured.wordListOnly, 3);
});

test('emoji, emoticons and rules off the reference sets', () => {
	// Scores printed by the Python original for its own documentation examples.
	for (const [text, compound] of [
		['VADER is smart, handsome, and funny.', 0.8316],
		['VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!', 0.9469],
		['VADER is not smart, handsome, nor funny.', -0.7424],
		['Catch utf-8 emoji such as 💘 and 💋 and 😁', 0.875],
		['Make sure you :) or :D today!', 0.8633],
		["At least it isn't a horrible book.", 0.431],
		[
			'The plot was good, but the characters are uncompelling and the dialog is not great.',
			-0.7042,
		],
		['Not bad at all', 0.431],
	] as const)
		expect(vader(text).compound, text).toBeCloseTo(compound, 3);
});
