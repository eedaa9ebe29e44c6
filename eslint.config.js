import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
	{
		ignores: [
			'build/',
			'.svelte-kit/',
			'node_modules/',
			'static/',
			'workers/models/sentiment/assets/',
		],
	},
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	prettier,
	...svelte.configs.prettier,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node, ...globals.worker } },
		rules: {
			// The type checker sees undefined names, and types too.
			'no-undef': 'off',
			'no-control-regex': 'off',
			// Published coefficients are quoted with all their digits.
			'no-loss-of-precision': 'off',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
			],
			'@typescript-eslint/consistent-type-imports': 'error',
			'no-console': ['error', { allow: ['error', 'warn'] }],
			eqeqeq: 'error',
		},
	},
	{
		files: ['scripts/**', 'tests/**'],
		rules: { 'no-console': 'off' },
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
		rules: {
			// Our routes are typed by hand where they are built.
			'svelte/no-navigation-without-resolve': 'off',
			// Maps that are built and read in one go need no tracking.
			'svelte/prefer-svelte-reactivity': 'off',
			// svelte-check knows which warnings there are; a spaced separator is no mistake; resetting on close is an effect.
			'svelte/no-unused-svelte-ignore': 'off',
			'svelte/no-useless-mustaches': 'off',
			'svelte/prefer-writable-derived': 'off',
		},
	},
);
