/**
 * A disk that fills up: the profile of a real browser lies on a small file system. Whatever was acknowledged is there
 * afterwards, the page says so within a second of the first refusal, and what was being saved is kept and can be saved later.
 * Every second run closes the browser while the disk is still full, and every fourth opens it again before there is room. Now and
 * then the browser itself dies of a full disk: that is one more way to be killed.
 * RUNS=50 for the long one. Mounting needs root on Linux; elsewhere the test counts as not run.
 */
import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statfsSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { attach, chromiumOptions, eventually, newWorkspace, type App } from '#tests/support/app.ts';

const runs = Number(process.env.RUNS ?? 4);
const SIZE_MB = 320;
const mountPoint = mkdtempSync(join(tmpdir(), 'perennial-disk-'));
const mounted = mount();
if (!mounted)
	console.warn('The full-disk test did not run: it needs root on Linux to mount a small tmpfs.');

function mount(): boolean {
	try {
		const options = ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', mountPoint];
		execFileSync('mount', options, { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}
afterAll(() => {
	if (mounted) execFileSync('umount', ['--lazy', mountPoint]);
	rmSync(mountPoint, { recursive: true, force: true });
});

const ballast = join(mountPoint, 'ballast');
const BLOCK = Buffer.alloc(1_000_000);
const freeBytes = () => {
	const { bavail, bsize } = statfsSync(mountPoint);
	return bavail * bsize;
};

/**
 * Storage that the browser has promised to keep: without the promise it empties a full disk by deleting all of an origin. The
 * promise must stand in the profile, as when the browser gave it; one that is granted over the debugging protocol is not kept.
 */
function promiseStorage(): void {
	const setting = { setting: 1, last_modified: '13300000000000000' };
	const durable_storage = { [`${inject('origin')},*`]: setting };
	const preferences = { profile: { content_settings: { exceptions: { durable_storage } } } };
	mkdirSync(join(mountPoint, 'profile/Default'), { recursive: true });
	writeFileSync(join(mountPoint, 'profile/Default/Preferences'), JSON.stringify(preferences));
}

/** Told one by one: who dies cannot answer. */
const acknowledged = new Set<string>();

async function openProfile(): Promise<App> {
	const context = await chromium.launchPersistentContext(join(mountPoint, 'profile'), {
		...chromiumOptions,
		args: [...chromiumOptions.args, '--disk-cache-size=1', '--disable-gpu-shader-disk-cache'],
	});
	const app = await attach(context, inject('origin'));
	app.page.on('console', (message) => {
		const [, id] = /^acknowledged (\S+)$/.exec(message.text()) ?? [];
		if (id) acknowledged.add(id);
	});
	expect(await app.page.evaluate(() => navigator.storage.persist())).toBe(true);
	return app;
}

/** Whether a process still has the profile: two browsers on one would spoil it. */
const running = (): boolean => {
	try {
		return execFileSync('pgrep', ['-f', mountPoint]).length > 0;
	} catch {
		return false;
	}
};

/** Resolves when the browser died of it; what failed for another reason still fails. */
const unlessDead =
	({ page }: App) =>
	async (error: unknown): Promise<undefined> => {
		await eventually(async () => page.isClosed(), 5).catch(() => {
			throw error;
		});
	};

/** False when the browser had died before. */
async function close(app: App): Promise<boolean> {
	const closed = await app.context.close().then(() => true, unlessDead(app));
	await eventually(async () => !running());
	return closed === true;
}

/** Any page of the workspace. */
async function show(app: App, wid: string): Promise<void> {
	await app.page.goto(`${inject('origin')}/people`);
	await app.page.waitForFunction(() => 'perennial' in globalThis);
	await app.get('workspaces.open', wid);
}

interface Filled {
	readonly refused: number;
	/** The refused change waits in memory; not when the tables were refused before it, and it was not taken at all. */
	readonly kept: boolean;
	/** What the line above every page says meanwhile. */
	readonly chip: string;
	/** Milliseconds from the first refusal until the warning was on the screen. */
	readonly warnedAfter: number;
}

/** Writes in the page until something is refused; the page itself keeps the time. Undefined when the browser died of it. */
function fill(app: App, run: number): Promise<Filled | undefined> {
	const filled = app.page.evaluate(async (round) => {
		type Refusal = { type: string; kept?: true };
		type Answer = { ok: true; value: string } | { ok: false; error: Refusal };
		const { perennial } = globalThis as unknown as {
			perennial: { records: { create(entity: string, fields: object): Promise<Answer> } };
		};
		const notes = Array.from({ length: 12_000 }, () => Math.random().toString(36)).join(' ');
		for (let i = 0; i < 4000; i++) {
			const fields = { firstName: `R${round}N${i}`, notes: notes.slice(0, 48_000) };
			const made = await perennial.records.create('contact', fields);
			if (made.ok) {
				console.log(`acknowledged ${made.value}`);
				continue;
			}
			if (made.error.type !== 'Storage') throw new Error(JSON.stringify(made.error));
			const refusedAt = performance.now();
			while (!document.querySelector('#storage-refused')?.checkVisibility()) {
				if (performance.now() - refusedAt > 10_000) throw new Error('No warning within 10 s');
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
			const warnedAfter = performance.now() - refusedAt;
			// Nothing is tried again by itself: the next edit is refused at once.
			const next = await perennial.records.create('contact', { firstName: 'Next' });
			const kept = made.error.kept === true;
			const chip = document.querySelector('.sync-chip')?.textContent ?? '';
			return { refused: next.ok ? 1 : 2, kept, chip, warnedAfter };
		}
		throw new Error('The disk never filled up');
	}, run);
	return filled.catch(unlessDead(app));
}

/**
 * Once there is room what was kept is saved when a person says so; the browser looks at the free space about once a minute. One
 * whose storage does not come back at all is closed, as the page says: then this is the downloaded file.
 */
async function saveAgain({ page }: App): Promise<string | undefined> {
	const band = page.locator('#storage-refused');
	const again = band.getByRole('button', { name: 'Try again' });
	const saved = eventually(async () => {
		if (await again.isEnabled().catch(() => false)) await again.click().catch(() => {});
		await new Promise((resolve) => setTimeout(resolve, 2000));
		return (await again.count()) === 0;
	}, 120);
	return saved.then(
		() => undefined,
		async () => {
			console.log(await band.innerText());
			const started = page.waitForEvent('download');
			await band.getByRole('button', { name: 'Download unsaved' }).click();
			return readFileSync(await (await started).path(), 'utf8');
		},
	);
}

/** Brings a downloaded file back. */
const restore = ({ page }: App, text: string): Promise<unknown> =>
	page.evaluate((file) => {
		const { perennial } = globalThis as unknown as {
			perennial: { safety: { restore(file: Blob): Promise<unknown> } };
		};
		return perennial.safety.restore(new Blob([file]));
	}, text);

describe.skipIf(!mounted)('a full disk', () => {
	test(
		`${runs} times: nothing acknowledged is lost, the warning comes within a second`,
		{ timeout: 600_000 + runs * 60_000 },
		async () => {
			promiseStorage();
			let app = await openProfile();
			const { id: wid } = await app.get<{ id: string }>('workspaces.create', newWorkspace('Full'));
			await show(app, wid);
			const warned: number[] = [];
			const openedFull: boolean[] = [];
			/** Saved without an answer to the test: on a person's word, or at a sudden end. */
			let unasked = 0;
			let deaths = 0;
			for (let run = 0; run < runs; run++) {
				const spare = 3_000_000 + (run % 5) * 1_000_000;
				// Block by block: the browser writes meanwhile.
				while (freeBytes() > spare + BLOCK.length) appendFileSync(ballast, BLOCK);
				const filled = await fill(app, run);
				let file: string | undefined;
				/** The browser died, of the full disk or while it saved again or closed. */
				let sudden = !filled;
				if (filled) {
					warned.push(filled.warnedAfter);
					expect(filled.refused).toBe(2);
					expect(filled.warnedAfter).toBeLessThan(1000);
					expect(filled.chip).toContain('Cannot save');
					if (run % 2 === 0) {
						rmSync(ballast, { force: true });
						file = await saveAgain(app).catch(unlessDead(app));
						sudden = app.page.isClosed();
						if (filled.kept && !sudden) unasked++;
					}
				}
				sudden = !(await close(app)) || sudden;
				if (sudden) deaths++;
				if (run % 4 === 3) {
					app = await openProfile();
					const opened = await app.call('workspaces.open', wid);
					// There may be no room even for that; then it says so.
					if (!opened.ok) expect(opened.error).toMatchObject({ type: 'Storage' });
					openedFull.push(opened.ok);
					await close(app);
				}
				rmSync(ballast, { force: true });

				app = await openProfile();
				await app.get('workspaces.open', wid);
				if (file) expect(await restore(app, file)).toMatchObject({ ok: true });
				for (const id of acknowledged)
					expect(await app.call('records.get', id), id).toMatchObject({ ok: true });
				const count = await app.get<number>('records.count', 'contact');
				// What was being written when the browser died is there or is not.
				if (sudden && count === acknowledged.size + unasked + 1) unasked++;
				expect(count).toBe(acknowledged.size + unasked);
				await show(app, wid);
				const told = filled
					? `warned after ${Math.round(filled.warnedAfter)} ms`
					: 'the browser died';
				console.log(`${run + 1}: ${acknowledged.size} acknowledged, 0 lost, ${told}`);
			}
			console.log(
				`${acknowledged.size} acknowledged, 0 lost; warned after ${warned.map(Math.round).join(', ')} ms; ` +
					`opened while full: ${openedFull.filter(Boolean).length} of ${openedFull.length}; died: ${deaths}`,
			);
			await app.context.close();
		},
	);
});
