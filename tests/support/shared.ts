/**
 * The reference data sets live beside the checkout, not in it (some may not be redistributed). Tests that need one are
 * skipped, by name, where it is absent: `describe.skipIf(!sharedPath('vader'))`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root =
	process.env.PERENNIAL_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

export function sharedPath(...parts: string[]): string | undefined {
	const path = join(root, ...parts);
	return existsSync(path) ? path : undefined;
}
