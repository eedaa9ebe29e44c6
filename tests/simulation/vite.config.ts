/** The simulator alone: without the app's plugins it starts in a second, and one planted defect after the other needs that. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { plantDefect } from './plant.ts';

export default defineConfig({
	root: fileURLToPath(new URL('../..', import.meta.url)),
	plugins: [plantDefect(process.env.PLANT)],
	test: {
		include: ['tests/simulation/**/*.test.ts', 'tests/property/merge.test.ts'],
		environment: 'node',
		// One process that loads the house once; who wants more runs several.
		isolate: false,
		maxWorkers: 1,
		execArgv: ['--single-threaded-gc', '--max-semi-space-size=64'],
		testTimeout: 120_000,
	},
});
