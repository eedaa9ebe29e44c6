import adapter from '@sveltejs/adapter-static';
import { execFileSync } from 'node:child_process';

/** One name per build, the same at every evaluation of this file: a clock here builds an app that dies at start. */
function version() {
	if (process.env.BUILD_ID) return process.env.BUILD_ID;
	try {
		return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { stdio: 'pipe' })
			.toString()
			.trim();
	} catch {
		return 'development';
	}
}

/** @type {import('@sveltejs/kit').Config} */
export default {
	kit: {
		adapter: adapter({ fallback: '200.html' }),
		version: { name: version() },
		serviceWorker: { register: false },
		csp: {
			mode: 'hash',
			directives: {
				'default-src': ['self'],
				'script-src': ['self', 'wasm-unsafe-eval'],
				'style-src': ['self', 'unsafe-inline'],
				'img-src': ['self', 'data:', 'blob:'],
				'connect-src': ['self', 'ws:', 'wss:'],
				'worker-src': ['self'],
				'object-src': ['none'],
				'base-uri': ['none'],
				'form-action': ['none'],
				'require-trusted-types-for': ['script'],
				'trusted-types': ['svelte-trusted-html', 'sveltekit-trusted-url', 'perennial'],
			},
		},
		typescript: {
			// Tests have a tsconfig of their own, with Node's types.
			config: (config) => {
				config.include = config.include.filter((path) => !path.includes('tests'));
				return config;
			},
		},
	},
};
