/** `npm run sim -- --seeds N --devices D --ops O`, or `--seed N` to replay one: the simulation with more of everything. */
import { parseArgs } from 'node:util';
import { installPackages, run } from './install.mjs';

installPackages();
const { values } = parseArgs({
	options: {
		seed: { type: 'string' },
		seeds: { type: 'string', default: '50' },
		devices: { type: 'string', default: '4' },
		ops: { type: 'string', default: '200' },
	},
});
const env = { ...process.env, SIM_DEVICES: values.devices, SIM_OPS: values.ops };
if (values.seed) env.SIM_SEED = values.seed;
else env.SIM_SEEDS = values.seeds;
try {
	run('npx', ['vitest', 'run', '--project', 'property', 'tests/property/simulation.test.ts'], {
		env,
	});
} catch {
	process.exit(1);
}
