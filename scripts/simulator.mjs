/** One run of the simulator in a process of its own. */
import { execFile } from 'node:child_process';
import { root } from './install.mjs';

const config = ['--config', 'tests/simulation/vite.config.ts'];

/** Resolves to whether all passed, and what was printed. */
export function runSimulator(args, env) {
	const options = { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 1 << 28 };
	return new Promise((resolve) => {
		execFile('npx', ['vitest', 'run', ...config, ...args], options, (error, stdout, stderr) =>
			resolve({ ok: !error, text: stdout + stderr }),
		);
	});
}
