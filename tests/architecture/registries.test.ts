import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { models as named } from '#analysis/models.ts';
import { entities } from '#entities/registry.ts';
import { models } from '#workers/models/registry.ts';

const filesIn = (folder: string) =>
	readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map(({ name }) => name.replace('.ts', ''));

describe('what has a file is registered', () => {
	test('entities', () => {
		const files = filesIn('src/lib/entities').filter((name) => name !== 'registry');
		expect(entities.map(({ name }) => name).sort()).toEqual(files.sort());
	});

	test('models, in the worker and by name on the page', () => {
		const registered = models.map(({ name, needs }) => ({ name, needs }));
		const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
		expect([...named].sort(byName)).toEqual(registered.sort(byName));
	});

	test('a reference points to an entity that exists', () => {
		const names = new Set(entities.map(({ name }) => name));
		for (const entity of entities)
			for (const field of Object.values(entity.fields))
				if (field.to) expect(names).toContain(field.to);
	});
});
