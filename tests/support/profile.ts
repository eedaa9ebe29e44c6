/** A browser on a profile that is kept on the disk, and its end without warning. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { afterAll } from 'vitest';
import { attach, chromiumOptions, type App } from './app.ts';

export interface Profile {
	readonly app: App;
	/** SIGKILL to all of its processes. */
	kill(): Promise<void>;
}

/** A folder for a profile, gone after the tests of the file that asks for it; browsers may still be closing. */
export function profileFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'perennial-profile-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
	return folder;
}

export async function openProfile(folder: string, origin: string): Promise<Profile> {
	const context = await chromium.launchPersistentContext(folder, { ...chromiumOptions });
	const app = await attach(context, origin);
	return {
		app,
		async kill() {
			for (const pid of processesOf(folder)) {
				try {
					process.kill(pid, 'SIGKILL');
				} catch {
					// It ended by itself.
				}
			}
			await context.close().catch(() => {});
		},
	};
}

/** All processes whose command line names the profile. */
const processesOf = (folder: string): number[] =>
	execFileSync('pgrep', ['-f', folder], { encoding: 'utf8' })
		.split('\n')
		.filter(Boolean)
		.map(Number)
		.filter((pid) => pid !== process.pid);
