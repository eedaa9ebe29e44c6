/** Numbers inside sentences. Chinese has one plural form, English two (CLDR). */
import type { Bilingual } from '#core/bilingual.ts';

const english = new Intl.PluralRules('en');
const grouped = { en: new Intl.NumberFormat('en-GB'), zh: new Intl.NumberFormat('zh-CN') };

/** `{ one: '# day', other: '# days', zh: '# 天' }` with `#` replaced by the number, grouped as the language does. */
export function counted(
	n: number,
	words: { readonly one: string; readonly other: string; readonly zh: string },
): Bilingual {
	const en = english.select(n) === 'one' ? words.one : words.other;
	return {
		en: en.replaceAll('#', grouped.en.format(n)),
		zh: words.zh.replaceAll('#', grouped.zh.format(n)),
	};
}
