/**
 * Packs VADER's lexicon and emoji names into one module of the sentiment model.
 *   node scripts/build-vader-lexicon.mjs <folder with vader_lexicon.txt and emoji_utf8_lexicon.txt>
 * Left out, because the scorer can never look them up: entries with a space, emoji of more than one code point.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
if (!folder)
	throw new Error('Say where the VADER files are: node scripts/build-vader-lexicon.mjs <folder>');
const lines = (name) =>
	readFileSync(join(folder, name), 'utf8')
		.split('\n')
		.filter((line) => line.trim())
		.map((line) => line.trim().split('\t'));

// Of a word listed twice the last one counts, as in the original.
const valences = new Map(
	lines('vader_lexicon.txt').map(([word, valence]) => [word, Number(valence)]),
);
const byValence = new Map();
for (const [word, valence] of valences) {
	if (/\s/.test(word)) continue;
	byValence.set(valence, [...(byValence.get(valence) ?? []), word]);
}
const lexicon = [...byValence]
	.sort(([a], [b]) => a - b)
	.map(([valence, entries]) => [valence, ...entries.sort()].join(' '))
	.join('\n');
const emoji = lines('emoji_utf8_lexicon.txt')
	.filter(([char]) => [...char].length === 1)
	.map(([char, name]) => char + name)
	.join('\n');

writeFileSync(
	new URL('../workers/models/sentiment/assets/vader-lexicon.ts', import.meta.url),
	`/**
 * Made by scripts/build-vader-lexicon.mjs; do not edit. VADER's lexicon and emoji names (vaderSentiment, commit
 * 44fc044c), MIT licence, Copyright (c) 2016 C.J. Hutto. Lexicon: a valence and its words per line.
 */
// prettier-ignore
export const lexicon = ${JSON.stringify(lexicon)};
// prettier-ignore
export const emoji = ${JSON.stringify(emoji)};
`,
);
