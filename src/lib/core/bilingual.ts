/** The two languages of the product. A text that exists in one of them only does not compile. */
export type Language = 'en' | 'zh';
export type Bilingual = Readonly<Record<Language, string>>;

export const languages: readonly Language[] = ['en', 'zh'];
export const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');
export const isLanguage = (value: unknown): value is Language => value === 'en' || value === 'zh';
