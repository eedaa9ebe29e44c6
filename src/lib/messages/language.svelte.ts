/**
 * The language on the screen, as reactive state: whoever reads `t(...)` in a component is painted again when it changes.
 * A person's own choice on this device wins, then the workspace's, then the browser's.
 */
import { languages, localeOf, type Bilingual, type Language } from '#core/bilingual.ts';

const KEY = 'perennial.language';

const isLanguage = (value: unknown): value is Language => languages.includes(value as Language);

const ofBrowser = (): Language =>
	(globalThis.navigator?.languages ?? []).find((tag) => /^(en|zh)\b/i.test(tag))?.startsWith('zh')
		? 'zh'
		: 'en';

function stored(): Language | undefined {
	try {
		const value = localStorage.getItem(KEY);
		return isLanguage(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

class LanguageState {
	#chosen = $state<Language | undefined>(stored());
	#suggested = $state<Language>(ofBrowser());

	get current(): Language {
		return this.#chosen ?? this.#suggested;
	}

	/** BCP 47, for Intl. */
	get locale(): string {
		return localeOf(this.current);
	}

	/** The person's own choice, remembered on this device. */
	choose(language: Language): void {
		this.#chosen = language;
		try {
			localStorage.setItem(KEY, language);
		} catch {
			// Storage is blocked: the choice lasts as long as the page.
		}
	}

	/** The workspace's language, used while the person has chosen none. */
	suggest(language: Language): void {
		this.#suggested = language;
	}
}

export const language = new LanguageState();

/** A text in the language on the screen. */
export const t = (text: Bilingual): string => text[language.current];
