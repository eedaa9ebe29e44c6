/** Before the end-to-end tests: the built app on a free port, with its meeting point, exactly as `npm start` serves it. */
import type { TestProject } from 'vitest/node';
import { buildApp } from '../../scripts/build.mjs';
import { root } from '../../scripts/install.mjs';
import { serve } from '../../scripts/serve.mjs';

declare module 'vitest' {
	interface ProvidedContext {
		origin: string;
	}
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	buildApp();
	const { port, stop } = await serve({ folder: `${root}/build`, port: 0, host: 'localhost' });
	project.provide('origin', `http://localhost:${port}`);
	return stop;
}
