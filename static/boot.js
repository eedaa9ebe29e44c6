// Before the first paint: the chosen theme and language, so that nothing flashes. Keys: theme.svelte.ts, language.svelte.ts.
try {
	const theme = localStorage.getItem('perennial.theme');
	if (theme) document.documentElement.setAttribute('data-theme', theme);
	const language = localStorage.getItem('perennial.language') || navigator.language;
	document.documentElement.lang = /^zh/i.test(language) ? 'zh-CN' : 'en';
} catch {
	// Storage is blocked: the system's choice stands.
}
