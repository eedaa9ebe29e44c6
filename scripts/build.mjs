/** Builds the app when a source is newer than the last build. Uses nothing but Node and the installed packages. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './install.mjs';

const sources = ['src', 'static', 'workers', 'package.json', 'svelte.config.js', 'vite.config.ts'];

function newest(path) {
	const stat = statSync(path);
	if (!stat.isDirectory()) return stat.mtimeMs;
	return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export function buildApp() {
	const built = `${root}/build/200.html`;
	const changed = Math.max(...sources.map((name) => newest(join(root, name))));
	if (existsSync(built) && statSync(built).mtimeMs > changed) return;
	console.log('Building …');
	// A test runner's NODE_ENV would build an app that thinks it is under development.
	const env = { ...process.env, NODE_ENV: 'production' };
	run('npx', ['vite', 'build', '--logLevel', 'error'], {
		stdio: ['ignore', 'ignore', 'inherit'],
		env,
	});
}
