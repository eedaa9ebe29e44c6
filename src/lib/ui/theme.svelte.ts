/** Light, dark, or as the system says; a manual choice is remembered on this device. `static/boot.js` reads the same key. */
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'perennial.theme';

function stored(): Theme {
	try {
		const value = localStorage.getItem(KEY);
		return value === 'light' || value === 'dark' ? value : 'auto';
	} catch {
		return 'auto';
	}
}

class ThemeState {
	#current = $state<Theme>(stored());

	get current(): Theme {
		return this.#current;
	}

	choose(theme: Theme): void {
		this.#current = theme;
		const root = document.documentElement;
		if (theme === 'auto') root.removeAttribute('data-theme');
		else root.setAttribute('data-theme', theme);
		try {
			if (theme === 'auto') localStorage.removeItem(KEY);
			else localStorage.setItem(KEY, theme);
		} catch {
			// Storage is blocked: the choice lasts as long as the page.
		}
	}

	/** From whatever is on the screen now to the other one. */
	toggle(): void {
		const dark =
			this.#current === 'auto'
				? matchMedia('(prefers-color-scheme: dark)').matches
				: this.#current === 'dark';
		this.choose(dark ? 'light' : 'dark');
	}
}

export const theme = new ThemeState();
