/**
 * VADER for English: a word list with intensities and a handful of grammar rules (negation, degree words, capitals,
 * "but", punctuation). A port that gives the original's compound score for every reference text within 1e-3, its quirks
 * included: agreement can be tested, improvement cannot. Source: Hutto and Gilbert, ICWSM 2014.
 */
import type { Term } from '#analysis/contract.ts';
import { emoji, lexicon } from './assets/vader-lexicon.ts';

export interface Vader {
	/** -1 to 1. */
	readonly compound: number;
	/** Words that counted, with their valence after all rules. */
	readonly terms: readonly Term[];
}

/** Correlation with the mean of 20 people's ratings, over the reference tweets; the conformance test measures it again. */
export const measured = { tweets: 4200, correlation: 0.872, wordListOnly: 0.851 } as const;

const DEGREE = 0.293;
const CAPITALS = 0.733;
const NEGATION = -0.74;

const words = (text: string) => text.trim().split(/\s+/);

const negations = new Set(
	words(`aint arent cannot cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neednt
		oughtnt shant shouldnt wasnt werent wont wouldnt neither never none nope nor not nothing nowhere uhuh uh-uh
		without rarely seldom despite`),
);

const degrees = new Map<string, number>([
	...words(`absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous
		enormously entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin
		fracking fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely
		incredible incredibly intensely major majorly more most particularly purely quite really remarkably so
		substantially thoroughly total totally tremendous tremendously uber unbelievably unusually utter utterly very`).map(
		(word): [string, number] => [word, DEGREE],
	),
	...words(`almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly
		scarce scarcely slight slightly somewhat sorta sortof sort-of`).map((word): [string, number] => [
		word,
		-DEGREE,
	]),
	['just enough', -DEGREE],
	['kind of', -DEGREE],
	['sort of', -DEGREE],
]);

const idioms = new Map([
	['the shit', 3],
	['the bomb', 3],
	['bad ass', 1.5],
	['badass', 1.5],
	['bus stop', 0],
	['yeah right', -2],
	['kiss of death', -1.5],
	['to die for', 3],
	['beating heart', 3.1],
	['broken heart', -2.9],
]);

let valences: Map<string, number> | undefined;
let emojiNames: Map<string, string> | undefined;

function load() {
	valences ??= new Map(
		lexicon.split('\n').flatMap((line) => {
			const [valence, ...entries] = line.split(' ');
			return entries.map((entry): [string, number] => [entry, Number(valence)]);
		}),
	);
	emojiNames ??= new Map(
		emoji.split('\n').map((line) => {
			const [char] = line;
			return [char!, line.slice(char!.length)];
		}),
	);
	return { valences, emojiNames };
}

/** An emoji becomes its name, set off by a space on its left only, as in the original. */
function spellEmoji(text: string, names: Map<string, string>): string {
	let out = '';
	for (const char of text) {
		const name = names.get(char);
		if (name === undefined) out += char;
		else out += out === '' || out.endsWith(' ') ? name : ` ${name}`;
	}
	return out.trim();
}

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Without the punctuation around it, unless it is so short that it may be an emoticon. */
function bare(token: string): string {
	let from = 0;
	let to = token.length;
	while (from < to && PUNCTUATION.includes(token[from]!)) from++;
	while (to > from && PUNCTUATION.includes(token[to - 1]!)) to--;
	const stripped = token.slice(from, to);
	return [...stripped].length <= 2 ? token : stripped;
}

const isUpper = (word: string) => word === word.toUpperCase() && word !== word.toLowerCase();
const negates = (word: string) => negations.has(word) || word.includes("n't");

function emphasis(text: string): number {
	const exclamations = Math.min(4, text.split('!').length - 1);
	const questions = text.split('?').length - 1;
	return exclamations * 0.292 + (questions < 2 ? 0 : questions <= 3 ? questions * 0.18 : 0.96);
}

export function vader(text: string): Vader {
	const { valences, emojiNames } = load();
	const spelled = spellEmoji(text, emojiNames);
	const tokens = spelled
		.split(/[\s\x1c-\x1f\x85]+/)
		.filter(Boolean)
		.map(bare);
	const lower = tokens.map((token) => token.toLowerCase());
	const capitals = tokens.filter(isUpper).length;
	const mixedCase = capitals > 0 && capitals < tokens.length;

	const scores = tokens.map((token, i) => {
		const word = lower[i]!;
		if (degrees.has(word) || (word === 'kind' && lower[i + 1] === 'of')) return 0;
		const valence = valences.get(word);
		return valence === undefined ? 0 : inContext(valence, token, i);
	});

	function inContext(listed: number, token: string, i: number): number {
		const back = (n: number) => lower[i - n];
		let valence = listed;
		if (lower[i] === 'no' && i < lower.length - 1 && valences!.has(lower[i + 1]!)) valence = 0;
		if (
			back(1) === 'no' ||
			back(2) === 'no' ||
			(back(3) === 'no' && (back(1) === 'or' || back(1) === 'nor'))
		)
			valence = listed * NEGATION;
		if (mixedCase && isUpper(token)) valence += valence > 0 ? CAPITALS : -CAPITALS;
		for (let distance = 1; distance <= 3 && distance <= i; distance++) {
			const before = back(distance)!;
			if (valences!.has(before)) continue;
			valence += degree(tokens[i - distance]!, valence) * [1, 0.95, 0.9][distance - 1]!;
			valence *= negationFactor(distance, back);
			if (distance === 3) valence = idiom(valence, i);
		}
		if (
			back(1) === 'least' &&
			!valences!.has('least') &&
			(i < 2 || (back(2) !== 'at' && back(2) !== 'very'))
		)
			valence *= NEGATION;
		return valence;
	}

	function degree(token: string, valence: number): number {
		let amount = degrees.get(token.toLowerCase());
		if (amount === undefined) return 0;
		if (valence < 0) amount = -amount;
		if (mixedCase && isUpper(token)) amount += valence > 0 ? CAPITALS : -CAPITALS;
		return amount;
	}

	function idiom(valence: number, i: number): number {
		const phrase = (from: number, to: number) => lower.slice(i + from, i + to + 1).join(' ');
		const known = [phrase(-1, 0), phrase(-2, 0), phrase(-2, -1), phrase(-3, -1), phrase(-3, -2)]
			.map((sequence) => idioms.get(sequence))
			.find((found) => found !== undefined);
		let out = known ?? valence;
		if (i + 1 < lower.length) out = idioms.get(phrase(0, 1)) ?? out;
		if (i + 2 < lower.length) out = idioms.get(phrase(0, 2)) ?? out;
		for (const sequence of [phrase(-3, -1), phrase(-3, -2), phrase(-2, -1)])
			out += degrees.get(sequence) ?? 0;
		return out;
	}

	weighBut(scores, lower.indexOf('but'));
	const sum = scores.reduce((total, score) => total + score, 0);
	const strong = sum + Math.sign(sum) * emphasis(spelled);
	return {
		compound: strong / Math.sqrt(strong * strong + 15),
		terms: tokens.flatMap((term, i) => (scores[i] ? [{ term, weight: scores[i]! }] : [])),
	};
}

/** What a negation `distance` words back does; "never so" strengthens instead, "without doubt" does nothing. */
function negationFactor(distance: number, back: (n: number) => string | undefined): number {
	const soOrThis = (word: string | undefined) => word === 'so' || word === 'this';
	if (distance === 2) {
		if (back(2) === 'never' && soOrThis(back(1))) return 1.25;
		if (back(2) === 'without' && back(1) === 'doubt') return 1;
	}
	if (distance === 3) {
		if ((back(3) === 'never' && soOrThis(back(2))) || soOrThis(back(1))) return 1.25;
		if (back(3) === 'without' && (back(2) === 'doubt' || back(1) === 'doubt')) return 1;
	}
	return negates(back(distance)!) ? NEGATION : 1;
}

/**
 * Halves what stands before "but" and strengthens what follows. The original looks each score up by value, so an equal
 * score earlier on is changed in its place; parity needs the same.
 */
function weighBut(scores: number[], but: number): void {
	if (but < 0) return;
	for (let at = 0; at < scores.length; at++) {
		const found = scores.indexOf(scores[at]!);
		if (found < but) scores[found]! *= 0.5;
		else if (found > but) scores[found]! *= 1.5;
	}
}
