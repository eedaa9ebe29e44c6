/**
 * `npm run sim:defects`: plants each defect of tests/simulation/defects.ts alone and runs the simulator until it finds it. Ends with
 * `N of N planted defects found`; fails when one was not, or no longer fits its source.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { installPackages, root } from './install.mjs';

installPackages();
const { values } = parseArgs({
	options: { seeds: { type: 'string', default: '60' }, only: { type: 'string' } },
});
const source = readFileSync(`${root}/tests/simulation/defects.ts`, 'utf8');
const names = [...source.matchAll(/defect\(\s*'((?:[^'\\]|\\.)*)',/g)].map(([, name]) => name);
const wanted = names
	.map((_, i) => i)
	.filter((i) => !values.only || values.only.split(',').includes(String(i)));
const missed = [];

function hunt(number) {
	const env = {
		...process.env,
		PLANT: String(number),
		SIM_SEEDS: values.seeds,
		SIM_DEVICES: '6',
		SIM_OPS: '150',
		SIM_BAIL: '1',
		SIM_HOSTILITY: '3',
	};
	const args = ['vitest', 'run', '--project', 'simulation', 'tests/simulation/simulation.test.ts'];
	return new Promise((resolve) => {
		execFile('npx', args, { cwd: root, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
			const text = stdout + stderr;
			const [, why] = /(seed \d+: [^\n]*)/.exec(text) ?? [];
			const found = Boolean(error && why);
			if (!found) missed.push(names[number]);
			const note = why ?? (error ? text.slice(-400) : 'nothing noticed');
			console.log(
				`${found ? 'found ' : 'MISSED'} ${number} ${names[number]}: ${note.slice(0, 160)}`,
			);
			resolve();
		});
	});
}

const queue = [...wanted];
const workers = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
	for (let next = queue.shift(); next !== undefined; next = queue.shift()) await hunt(next);
});
await Promise.all(workers);
console.log(`\n${wanted.length - missed.length} of ${wanted.length} planted defects found`);
process.exit(missed.length ? 1 : 0);
