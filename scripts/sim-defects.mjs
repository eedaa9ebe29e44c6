/**
 * `npm run sim:defects`: plants each defect of tests/simulation/defects.ts alone and runs the simulator until it finds it. Ends with
 * `N of N planted defects found`; fails when one was not, or no longer fits its source.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { installPackages, root } from './install.mjs';
import { runSimulator } from './simulator.mjs';

installPackages();
const { values } = parseArgs({
	options: { seeds: { type: 'string', default: '20' }, only: { type: 'string' } },
});
const source = readFileSync(`${root}/tests/simulation/defects.ts`, 'utf8');
const names = [...source.matchAll(/defect\(\s*'((?:[^'\\]|\\.)*)',/g)].map(([, name]) => name);
const wanted = names
	.map((_, i) => i)
	.filter((i) => !values.only || values.only.split(',').includes(String(i)));
const missed = [];

/** Drills take seconds, stories longer: those only when no drill has noticed. The merge has its laws beside the simulator's. */
const drills = [
	'authority',
	'erasing',
	'flood',
	'log',
	'sync',
	'tables',
	'taken-back',
	'trail',
].map((name) => `tests/simulation/${name}.test.ts`);
const suites = [
	[...drills, 'tests/property/merge.test.ts'],
	['tests/simulation/simulation.test.ts'],
];

async function hunt(number) {
	let note = 'nothing noticed';
	for (const suite of suites) {
		const { ok, text } = await runSuite(number, suite);
		if (ok) continue;
		const [, seed] = /(seed \d+: [^\n]*)/.exec(text) ?? [];
		const [, drill] = /FAIL.*?tests\/(.*)/.exec(text) ?? [];
		const why = text.includes('does not fit') ? undefined : (seed ?? drill);
		note = why ?? text.slice(-400);
		if (why) return console.log(`found  ${number} ${names[number]}: ${why.slice(0, 160)}`);
	}
	missed.push(names[number]);
	console.log(`MISSED ${number} ${names[number]}: ${note}`);
}

const runSuite = (number, suite) =>
	runSimulator([...suite, '--bail', '1'], {
		PLANT: String(number),
		SIM_SEEDS: values.seeds,
		SIM_DEVICES: '5',
		SIM_OPS: '120',
		SIM_BAIL: '1',
		SIM_HOSTILITY: '3',
	});

const queue = [...wanted];
const workers = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
	for (let next = queue.shift(); next !== undefined; next = queue.shift()) await hunt(next);
});
await Promise.all(workers);
console.log(`\n${wanted.length - missed.length} of ${wanted.length} planted defects found`);
process.exit(missed.length ? 1 : 0);
