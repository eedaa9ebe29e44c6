/**
 * SIGKILL can cut a record of Chromium's own journal in two. The browser goes on behind it, and would delete everything at the start
 * after the next one: here the journal is torn after each kill, where chance does it once in hundreds.
 */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { newWorkspace } from '#tests/support/app.ts';
import { openProfile, profileFolder } from '#tests/support/profile.ts';

const profile = profileFolder();

const journals = (): string[] =>
	(readdirSync(profile, { recursive: true }) as string[])
		.filter((name) => /indexeddb\.leveldb\/\d+\.log$/.test(name))
		.map((name) => join(profile, name));

/** LevelDB's log format: checksum (4 bytes), length (2), kind (1: whole), and of 100 bytes only the first ten. */
const TORN = Buffer.from([1, 2, 3, 4, 100, 0, 1, ...Array<number>(10).fill(0)]);

test('torn after each of three kills: everything is there', { timeout: 600_000 }, async () => {
	const origin = inject('origin');
	let browser = await openProfile(profile, origin);
	const { id } = await browser.app.get<{ id: string }>('workspaces.create', newWorkspace('Field'));
	const names: string[] = [];
	for (let round = 0; round < 3; round++) {
		for (let i = 0; i < 5; i++) {
			const firstName = `R${round}N${i}`;
			await browser.app.get('records.create', 'contact', { firstName });
			names.push(firstName);
		}
		await browser.kill();
		expect(journals()).not.toEqual([]);
		for (const file of journals()) appendFileSync(file, TORN);
		browser = await openProfile(profile, origin);
		await browser.app.get('workspaces.open', id);
		expect(await browser.app.get('records.count', 'contact')).toBe(names.length);
		expect(await browser.app.get('trail.verify')).toMatchObject({ bad: [], missing: [] });
	}
	await browser.kill();
});
