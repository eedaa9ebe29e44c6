import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sveltekit } from '@sveltejs/kit/vite';
import { playwright } from '@vitest/browser-playwright';
import { VitePWA, type Options as PwaOptions } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { manifest } from './src/manifest.ts';

type ManifestTransform = NonNullable<
	NonNullable<PwaOptions['injectManifest']>['manifestTransforms']
>[number];

/**
 * The shell page is written after this build, so it cannot be hashed here; but it changes only when a file that it names
 * does, or its template: their digest is its revision.
 */
const withShell: ManifestTransform = (entries) => {
	const digest = createHash('sha256').update(readFileSync('src/app.html'));
	digest.update(readFileSync('svelte.config.js'));
	for (const { url, revision } of entries) digest.update(`${url} ${revision}\n`);
	const shell = { url: '200.html', revision: digest.digest('hex').slice(0, 32), size: 0 };
	return { manifest: [...entries, shell] };
};

const node = (name: string, include: string[], more: object = {}) => ({
	extends: true as const,
	test: {
		name,
		include,
		environment: 'node',
		setupFiles: ['tests/support/indexeddb.ts'],
		testTimeout: 120_000,
		...more,
	},
});

const packagesOfPages = [
	'axe-core',
	'bits-ui',
	'comlink',
	'dexie',
	'hpke',
	'lib0/decoding',
	'lib0/encoding',
	'qr',
	'qr/decode.js',
	'svelte-sonner',
	'tinykeys',
	'valibot',
	'virtua/svelte',
	'y-indexeddb',
	'y-protocols/awareness',
	'y-webrtc',
	'yjs',
];

export default defineConfig({
	plugins: [
		sveltekit(),
		// Plain VitePWA, not @vite-pwa/sveltekit: with that one deep links fail offline without an error.
		VitePWA({
			strategies: 'injectManifest',
			srcDir: 'src',
			filename: 'sw.ts',
			injectRegister: false,
			manifest,
			includeManifestIcons: false,
			injectManifest: {
				maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
				// Everything the build leaves behind, except what only servers and browsers' installers read.
				globPatterns: ['**/*'],
				globIgnores: ['sw.js', 'manifest.webmanifest', '_app/version.json', '.vite/**', '**/*.map'],
				dontCacheBustURLsMatching: /_app\/immutable\//,
				manifestTransforms: [withShell],
			},
		}),
	],
	worker: { format: 'es' },
	server: { fs: { allow: ['workers'] } },
	build: { target: 'es2022', chunkSizeWarningLimit: 2000 },
	test: {
		// What the storage refuses at the opening of a cache y-indexeddb tells nobody; src/lib/replica/document.ts sees to it.
		onUnhandledError: ({ stack = '' }) => !/lib0\/indexeddb|y-indexeddb/.test(stack),
		projects: [
			node('unit', ['tests/unit/**/*.test.ts']),
			node('property', ['tests/property/**/*.test.ts']),
			node('conformance', ['tests/conformance/**/*.test.ts']),
			node('architecture', ['tests/architecture/**/*.test.ts']),
			// Its stories run beside the tests: scripts/sim.mjs.
			node('simulation', ['tests/simulation/**/*.test.ts'], {
				exclude: ['tests/simulation/simulation.test.ts'],
			}),
			{
				extends: true,
				// Known before the first test runs: a package met halfway makes the page reload and the test fail.
				optimizeDeps: { include: packagesOfPages, exclude: ['@lucide/svelte'] },
				test: {
					name: 'browser',
					include: ['tests/browser/**/*.test.ts'],
					testTimeout: 120_000,
					browser: {
						enabled: true,
						headless: true,
						screenshotFailures: false,
						provider: playwright({
							launchOptions: {
								executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
								args: [
									'--no-sandbox',
									'--disable-quic',
									'--no-first-run',
									'--disable-background-networking',
									'--disable-component-update',
									'--disable-sync',
								],
							},
						}),
						instances: [{ browser: 'chromium' }],
					},
				},
			},
			node('e2e', ['tests/e2e/**/*.test.ts'], {
				globalSetup: ['tests/support/serve.ts'],
				fileParallelism: false,
				testTimeout: 600_000,
				hookTimeout: 600_000,
			}),
		],
	},
});
