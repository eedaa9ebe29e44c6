/**
 * `npm test` and `npm run verify`: the whole gate, from a bare clone. Format, lint, types, build and every Vitest project; beside
 * them, on what they leave of the processor, the simulator. Ends with `N passed, N failed`, each gate counting as one.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { installPackages, root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

installPackages();
findChromium();
findNatsServer();

let passed = 0;
let failed = 0;

/** Resolves to whether it ended well. */
function run(command, args, { stdio = 'inherit', priority } = {}) {
	const child = spawn(command, args, { cwd: root, stdio });
	if (priority) setPriority(child.pid, priority);
	const printed = [];
	child.stdout?.on('data', (chunk) => printed.push(chunk));
	child.stderr?.on('data', (chunk) => printed.push(chunk));
	return new Promise((resolve) =>
		child.once('close', (code) => resolve({ ok: code === 0, text: Buffer.concat(printed) })),
	);
}

function count(name, ok) {
	if (ok) passed++;
	else {
		failed++;
		console.error(`${name} failed.`);
	}
}

async function gate(name, command, args) {
	console.log(`\n— ${name}`);
	const { ok } = await run(command, args);
	count(name, ok);
}

/** Said when it is over, or the tests' own lines would stand between its own. */
async function gateBeside(name, command, args) {
	const { ok, text } = await run(command, args, {
		stdio: ['ignore', 'pipe', 'pipe'],
		priority: constants.priority.PRIORITY_LOW,
	});
	console.log(`\n— ${name}\n${text}`);
	count(name, ok);
}

async function search() {
	const seeds = process.env.SIM_SEEDS ?? '1000';
	await gateBeside('simulation', 'node', ['scripts/sim.mjs', '--seeds', seeds]);
	await gateBeside('planted defects', 'node', ['scripts/sim-defects.mjs']);
}

async function runTests() {
	console.log('\n— tests');
	const report = join(tmpdir(), `perennial-tests-${process.pid}.json`);
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
	await run('npx', ['vitest', 'run', ...reporters]);
	try {
		const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, 'utf8'));
		passed += numPassedTests;
		failed += numFailedTests;
		// A file that could not be loaded fails without a failed test.
		if (!success && !numFailedTests) failed++;
		rmSync(report);
	} catch {
		// It died without a report.
		failed++;
	}
}

const searched = search();
await gate('format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']);
await gate('lint', 'npx', ['eslint', '.']);
await gate('types', 'npm', ['run', '--silent', 'check']);
await gate('build', 'npx', ['vite', 'build', '--logLevel', 'error']);
await runTests();
await searched;

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
