import { cruise } from 'dependency-cruiser';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { owners, rooms } from './rooms.ts';

interface Dependency {
	readonly resolved: string;
	readonly module: string;
	readonly dependencyTypes: readonly string[];
	readonly circular: boolean;
}
interface Module {
	readonly source: string;
	readonly dependencies: readonly Dependency[];
}

const roomOf = (path: string): string | undefined =>
	/^src\/lib\/(\w+)\//.exec(path)?.[1] ?? /^(?:src\/)?(routes|workers)\//.exec(path)?.[1];

const packageOf = (name: string): string | undefined => {
	if (/^[.#$/]|^virtual:|^node:/.test(name)) return undefined;
	return name
		.split('/')
		.slice(0, name.startsWith('@') ? 2 : 1)
		.join('/');
};

const cruised = await cruise(['src', 'workers'], {
	tsPreCompilationDeps: true,
	doNotFollow: { path: 'node_modules' },
	exclude: { path: '\\.svelte-kit|node_modules|\\?' },
	enhancedResolveOptions: {
		extensions: ['.ts', '.js', '.svelte'],
		conditionNames: ['import', 'svelte'],
	},
});
const modules = (cruised.output as unknown as { modules: Module[] }).modules;
const dependencies = modules.flatMap(({ source, dependencies }) =>
	dependencies.map((dependency) => ({ source, ...dependency })),
);

describe('rooms', () => {
	test('something was read at all', () => {
		expect(dependencies.filter(({ source }) => source.endsWith('.svelte')).length).toBeGreaterThan(
			50,
		);
		expect(dependencies.filter(({ module }) => module.startsWith('#')).length).toBeGreaterThan(200);
	});

	test('every room stands in the table', () => {
		expect(readdirSync('src/lib').filter((name) => !(name in rooms))).toEqual([]);
	});

	test('a room imports what the table allows', () => {
		const wrong = dependencies.filter(({ source, resolved, dependencyTypes }) => {
			const from = roomOf(source);
			const to = roomOf(resolved);
			if (!from || !to || from === to) return false;
			const typesOnly = dependencyTypes.includes('type-only');
			if (typesOnly && to === 'log' && (from === 'views' || from === 'routes')) return false;
			return !rooms[from]?.includes(to);
		});
		expect(wrong.map(({ source, resolved }) => `${source} -> ${resolved}`)).toEqual([]);
	});

	test('imports across rooms are spelled #room/file', () => {
		const wrong = dependencies.filter(
			({ source, resolved, module }) =>
				module.startsWith('.') && roomOf(resolved) && roomOf(source) !== roomOf(resolved),
		);
		expect(wrong.map(({ source, module }) => `${source} -> ${module}`)).toEqual([]);
	});

	test('every package has an owner', () => {
		const wrong = dependencies.flatMap(({ source, module }) => {
			const name = packageOf(module);
			const room = roomOf(source);
			if (!name || !room || name.startsWith('src')) return [];
			return owners[name]?.includes(room) ? [] : [`${source} -> ${name}`];
		});
		expect(wrong).toEqual([]);
	});

	test('no file imports itself in a circle', () => {
		const circles = modules
			.filter(
				({ source, dependencies }) =>
					roomOf(source) && dependencies.some(({ circular }) => circular),
			)
			.map(({ source }) => source);
		expect(circles).toEqual([]);
	});
});
