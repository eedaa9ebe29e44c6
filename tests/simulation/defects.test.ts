/** The list of defects follows the code: one that no longer fits would be found for the wrong reason, or never. */
import { readFileSync } from 'node:fs';
import { test, expect } from 'vitest';
import { defects } from './defects.ts';
test('every defect fits its source', () => {
	const bad = defects
		.filter(({ file, find }) => !readFileSync('src/lib/' + file, 'utf8').includes(find))
		.map((d) => d.name);
	expect(bad).toEqual([]);
});
