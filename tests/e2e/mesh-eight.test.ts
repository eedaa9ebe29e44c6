/** Eight devices in one workspace, all writing at once, to their own records and to shared ones. `EDITS=1000` is the full run. */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually, launch, newWorkspace, openApp, same, share } from '#tests/support/app.ts';

const DEVICES = 8;
const EDITS = Number(process.env.EDITS ?? 10);

let browser: Browser;
beforeAll(async () => {
	browser = await launch();
});
afterAll(() => browser.close());

test(
	`${DEVICES} devices converge after ${EDITS} edits each`,
	async () => {
		const owner = await openApp(browser, inject('origin'));
		await owner.get('workspaces.create', newWorkspace('Team'));
		const shared: string[] = [];
		for (let i = 0; i < 10; i++)
			shared.push(
				await owner.get<string>('records.create', 'contact', { firstName: `Shared ${i}` }),
			);
		const team = [owner];
		while (team.length < DEVICES) {
			const guest = await openApp(browser, inject('origin'));
			await share(owner, guest);
			team.push(guest);
		}
		const edit = (device: number) =>
			team[device]!.page.evaluate(
				async ([n, edits, ids]) => {
					type Call = (...args: unknown[]) => Promise<{ ok: boolean }>;
					const { perennial } = globalThis as unknown as {
						perennial: { records: Record<'create' | 'update', Call> };
					};
					const { records } = perennial;
					for (let i = 0; i < edits; i++) {
						const done =
							i % 5 === 0
								? await records.create('contact', { firstName: `Of ${n}, ${i}` })
								: await records.update(ids[(n + i) % ids.length], { jobTitle: `${n}.${i}` });
						if (!done.ok) throw new Error(JSON.stringify(done));
					}
				},
				[device, EDITS, shared] as const,
			);
		await Promise.all(team.map((_, device) => edit(device)));
		const began = Date.now();
		await eventually(() => same(...team), 120 + EDITS);
		console.log(`equal ${Date.now() - began} ms after the last edit`);
		const expected = shared.length + DEVICES * Math.ceil(EDITS / 5);
		for (const device of team) expect(await device.get('records.count', 'contact')).toBe(expected);
		expect(team.flatMap(({ errors }) => errors)).toEqual([]);
	},
	600_000 + EDITS * 4000,
);
