/**
 * `npm test` and `npm run verify`: the whole gate, from a bare clone. Format, lint, types, build, then every Vitest project;
 * ends with `N passed, N failed`, each gate counting as one.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { installPackages, root, run } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

installPackages();
findChromium();
findNatsServer();

let passed = 0;
let failed = 0;

function gate(name, command, args) {
	console.log(`\n— ${name}`);
	try {
		run(command, args);
		passed++;
	} catch {
		failed++;
		console.error(`${name} failed.`);
	}
}

gate('format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']);
gate('lint', 'npx', ['eslint', '.']);
gate('types', 'npm', ['run', '--silent', 'check']);
gate('build', 'npx', ['vite', 'build', '--logLevel', 'error']);

gate('simulation', 'node', ['scripts/sim.mjs', '--seeds', process.env.SIM_SEEDS ?? '400']);
gate('planted defects', 'node', ['scripts/sim-defects.mjs']);

console.log('\n— tests');
const report = join(tmpdir(), `perennial-tests-${process.pid}.json`);
try {
	execFileSync(
		'npx',
		['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
		{ cwd: root, stdio: 'inherit' },
	);
} catch {
	// The report says which; a run that died without one counts as a failure below.
}
try {
	const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, 'utf8'));
	passed += numPassedTests;
	failed += numFailedTests;
	// A file that could not be loaded fails without a failed test.
	if (!success && !numFailedTests) failed++;
	rmSync(report);
} catch {
	failed++;
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
