/**
 * The simulator's gate (LEDGER.md "What must be shown"). `npm run sim -- --seeds 20000` runs more, `--seed N` replays one. A
 * failing seed is printed; once found, it stands in `found` for good.
 */
import { describe, expect, test } from 'vitest';
import { simulate } from './scenario.ts';

const env = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const devices = env('SIM_DEVICES', 8);
const ops = env('SIM_OPS', 200);
const seeds = env('SIM_SEEDS', 4);
const [share, of] = (process.env.SIM_SHARE ?? '0/1').split('/').map(Number) as [number, number];
const isOurs = (_: unknown, i: number) => i % of === share;
const hostility = env('SIM_HOSTILITY', 1);
const only = process.env.SIM_SEED;
/** Seeds that found something once. */
const found = [
	// A device had sealed under a key whose rotation became void: others would not take that key up.
	{ seed: 25, devices: 6, ops: 150, hostility: 1, kinds: 13 },
	// An erasure became void, and with it a rewriting whose old bodies some had dropped: they must come back from the others.
	{ seed: 21, devices: 6, ops: 150, hostility: 3, kinds: 13 },
	{ seed: 2, devices: 6, ops: 150, hostility: 3, kinds: 13 },
	// Two devices held different entries in the last place of a chain, and neither asked: HAVE names the end now.
	{ seed: 14, devices: 5, ops: 120, hostility: 3, kinds: 13 },
	// A rewriting did not count for a while, and the erased bodies it had dropped came back for good.
	{ seed: 80, devices: 8, ops: 200, hostility: 1, kinds: 13 },
	// Two histories of one device, equally long: only their ends were compared, and their beginnings both counted.
	{ seed: 135, devices: 8, ops: 200, hostility: 1, kinds: 13 },
	{ seed: 189, devices: 8, ops: 200, hostility: 1, kinds: 13 },
	// An edit that had been asked for before an erasure was written after it.
	{ seed: 184, devices: 8, ops: 200, hostility: 1, kinds: 13 },
	// An owner removed a device and changed the key, then turned out to have been none: the device lacked a key others had used.
	{ seed: 727, devices: 8, ops: 200, hostility: 1, kinds: 13 },
	// A body that had been missing came into the quarantine after that had been looked through for what was erased.
	{ seed: 312, devices: 8, ops: 200, hostility: 1, kinds: 14 },
	// A device went on as another one while it was removed: nobody knew that one, so nobody told it.
	{ seed: 141, devices: 8, ops: 200, hostility: 1, kinds: 14 },
	// A chain was taken over, then went on after all: its writer, who had confirmed, did not erase what came back.
	{ seed: 39, devices: 8, ops: 200, hostility: 1, kinds: 14 },
	// An editor alone held a branch of a forked chain, and waited for a decision that no owner could take.
	{ seed: 556, devices: 8, ops: 200, hostility: 1, kinds: 14 },
];

test.each(only || process.env.PLANT ? [] : found.filter(isOurs))(
	'found before: %o',
	{ timeout: 1e9 },
	async (story) => {
		await simulate(story);
	},
);

describe(`${seeds} seeds of ${devices} devices and ${ops} operations`, () => {
	test(
		'honest devices end equal, nothing is lost, nothing evil is seen',
		{ timeout: 1e9 },
		async () => {
			const failures: string[] = [];
			const total = { entries: 0, members: 0, hostile: 0, void: 0, seeds: 0 };
			const list = only
				? only.split(',').map(Number)
				: Array.from({ length: seeds }, (_, i) => i + 1);
			for (const seed of list.filter(isOurs)) {
				try {
					const tally = await simulate({ seed, devices, ops, hostility });
					for (const key of Object.keys(tally) as (keyof typeof tally)[]) total[key] += tally[key];
					total.seeds++;
				} catch (error) {
					failures.push(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
					if (failures.length >= Number(process.env.SIM_BAIL ?? 5)) break;
				}
			}
			console.log(JSON.stringify(total));
			expect(failures.join('\n')).toBe('');
		},
	);
});
