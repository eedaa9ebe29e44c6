/**
 * Whole devices on real storage code, talking over links that are cut and made again, closed and opened in between, by a
 * seeded script. In the end everybody holds the same, nothing that was acknowledged is missing, and rebuilding changes
 * nothing. `npm run sim -- --seeds 50 --devices 4 --ops 200` runs more; a failing seed is printed and can be run alone
 * with `--seed N`.
 */
import { describe, expect, test } from 'vitest';
import { createRandom } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { connect, converged, joinHost, newHost, nextScope, until } from '#tests/support/store.ts';
import { openHost, type Host } from '#workspace/host.ts';

const env = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const seeds = process.env.SIM_SEED
	? [Number(process.env.SIM_SEED)]
	: Array.from({ length: env('SIM_SEEDS', 8) }, (_, i) => i + 1);
const devices = env('SIM_DEVICES', 3);
const ops = env('SIM_OPS', 60);
const fields = ['firstName', 'jobTitle', 'phone', 'notes'] as const;

describe(`simulation of ${devices} devices and ${ops} operations`, () => {
	test.each(seeds)('seed %i', async (seed) => {
		const random = createRandom(seed);
		const scopes = Array.from({ length: devices }, () => `seed${seed}-${nextScope()}`);
		const hosts: Host[] = [await newHost(scopes[0])];
		for (const scope of scopes.slice(1)) hosts.push(await joinHost(hosts[0]!, 'editor', scope));
		const wid = hosts[0]!.info().workspace.id;
		const links = new Map<string, () => void>();
		/** What each device was told is stored: record -> field -> the values it wrote. */
		const acknowledged = new Set<string>();

		const pair = (a: number, b: number) => [Math.min(a, b), Math.max(a, b)].join('-');
		const cut = (name: string) => {
			links.get(name)?.();
			links.delete(name);
		};
		const join = (a: number, b: number) => {
			if (a !== b && !links.has(pair(a, b))) links.set(pair(a, b), connect(hosts[a]!, hosts[b]!));
		};

		for (let i = 0; i < ops; i++) {
			const who = random.below(devices);
			const host = hosts[who]!;
			const known = [...acknowledged];
			const id = known[random.below(Math.max(1, known.length))];
			const what = random.next();
			if (what < 0.25 || !id) {
				acknowledged.add(unwrap(await host.create('contact', { firstName: `N${i}` })));
			} else if (what < 0.6) {
				const field = fields[random.below(fields.length)]!;
				// A record that has not arrived here yet cannot be changed here: that is no failure.
				await host.update(id, { [field]: `${seed}.${i}` });
			} else if (what < 0.68) await host.setDeleted([id], random.next() < 0.5);
			else if (what < 0.84) join(who, random.below(devices));
			else if (what < 0.94) cut(pair(who, random.below(devices)));
			else {
				for (const name of links.keys()) if (name.split('-').includes(String(who))) cut(name);
				await host.close();
				hosts[who] = unwrap(await openHost(wid, { scope: scopes[who]! }));
			}
			if (random.next() < 0.3)
				await new Promise((resolve) => setTimeout(resolve, random.below(15)));
		}

		for (const name of [...links.keys()]) cut(name);
		for (let a = 0; a < devices; a++) for (let b = a + 1; b < devices; b++) join(a, b);
		await until(() => converged(...hosts), 60);
		const ids = [...acknowledged];
		await Promise.all(hosts.map((host) => host.setDeleted(ids, false)));
		await until(() => converged(...hosts), 60);
		for (const host of hosts)
			expect((await host.importTarget().read(ids)).filter((found) => !found)).toEqual([]);
		const print = await hosts[0]!.fingerprint();
		await hosts[0]!.rebuild();
		expect(await hosts[0]!.fingerprint()).toBe(print);
		await Promise.all(hosts.map((host) => host.close()));
	});
});
