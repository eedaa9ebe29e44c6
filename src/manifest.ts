import type { ManifestOptions } from 'vite-plugin-pwa';

/** What a phone shows when Perennial is installed. */
export const manifest: Partial<ManifestOptions> = {
	id: '/',
	name: 'Perennial 长青',
	short_name: 'Perennial',
	description:
		"Your team's customers, on your own devices: offline, shared by a link, without a server.",
	start_url: '/',
	scope: '/',
	display: 'standalone',
	background_color: '#f7f8f6',
	theme_color: '#1f6b4a',
	icons: [
		{ src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
		{ src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
		{ src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
	],
};
