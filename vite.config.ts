import { sveltekit } from '@sveltejs/kit/vite';
import { playwright } from '@vitest/browser-playwright';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { manifest } from './src/manifest.ts';

const node = (name: string, include: string[], more: object = {}) => ({
	extends: true as const,
	test: { name, include, environment: 'node', testTimeout: 120_000, ...more },
});

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
			injectManifest: {
				maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
			},
		}),
	],
	worker: { format: 'es' },
	server: { fs: { allow: ['workers'] } },
	build: { target: 'es2022', chunkSizeWarningLimit: 2000 },
	test: {
		projects: [
			node('unit', ['tests/unit/**/*.test.ts']),
			node('property', ['tests/property/**/*.test.ts']),
			node('conformance', ['tests/conformance/**/*.test.ts']),
			node('architecture', ['tests/architecture/**/*.test.ts']),
			{
				extends: true,
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
