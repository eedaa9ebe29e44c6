/**
 * Before the end-to-end tests: the built app on a free port, with its meeting point, exactly as `npm start` serves it; and once
 * more without one, as a host of files does.
 */
import type { TestProject } from 'vitest/node';
import { buildApp } from '../../scripts/build.mjs';
import { root } from '../../scripts/install.mjs';
import { serve } from '../../scripts/serve.mjs';

declare module 'vitest' {
	interface ProvidedContext {
		origin: string;
		quietOrigin: string;
	}
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	buildApp();
	const place = { folder: `${root}/build`, port: 0, host: 'localhost' };
	const served = await serve(place);
	const quiet = await serve({ ...place, meet: false });
	project.provide('origin', `http://localhost:${served.port}`);
	project.provide('quietOrigin', `http://localhost:${quiet.port}`);
	return async () => {
		await Promise.all([served.stop(), quiet.stop()]);
	};
}
