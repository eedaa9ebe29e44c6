/**
 * `npm run sim -- --seeds N --devices D --ops O`, or `--seed N` to replay one: the simulator, its seeds shared between processes.
 * Nightly: `npm run sim -- --seeds 20000`. Ends with the totals; a failing seed is printed with what went wrong.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { installPackages } from './install.mjs';
import { runSimulator } from './simulator.mjs';

installPackages();
const { values } = parseArgs({
	options: {
		seed: { type: 'string' },
		seeds: { type: 'string', default: '100' },
		devices: { type: 'string', default: '8' },
		ops: { type: 'string', default: '200' },
		hostility: { type: 'string', default: '1' },
	},
});
const shares = values.seed ? 1 : Math.min(availableParallelism(), 8);

async function runShare(share) {
	const { ok, text } = await runSimulator(['tests/simulation/simulation.test.ts'], {
		SIM_SEEDS: values.seeds,
		SIM_DEVICES: values.devices,
		SIM_OPS: values.ops,
		SIM_HOSTILITY: values.hostility,
		SIM_SHARE: `${share}/${shares}`,
		...(values.seed && { SIM_SEED: values.seed }),
	});
	const failures = [...new Set(text.match(/seed \d+: [^\n]*/g))];
	const tally = /\{"entries".*?\}/.exec(text)?.[0];
	return { failures, tally: tally && JSON.parse(tally), ok, text };
}

const started = Date.now();
const results = await Promise.all(Array.from({ length: shares }, (_, i) => runShare(i)));
const total = {};
for (const { tally = {} } of results)
	for (const [name, n] of Object.entries(tally)) total[name] = (total[name] ?? 0) + n;
for (const { failures, ok, text } of results) {
	for (const failure of failures) console.error(failure);
	if (!ok && !failures.length) console.error(text.slice(-4000));
}
const failed = results.filter(({ ok }) => !ok).length;
console.log(
	`${total.seeds ?? 0} seeds x ${values.ops} operations x ${values.devices} devices in ${Math.round((Date.now() - started) / 1000)} s: ` +
		`${total.entries ?? 0} entries, ${total.members ?? 0} membership entries, ${total.hostile ?? 0} attacks, ${total.void ?? 0} void entries, ` +
		(failed ? 'FAILED' : '0 failures'),
);
process.exit(failed ? 1 : 0);
