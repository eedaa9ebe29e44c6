/** The people page and the audit trail over a real workspace: what they say, by keyboard and to a screen reader. */
import axe from 'axe-core';
import { beforeAll, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page } from 'vitest/browser';
import { unwrap } from '#core/result.ts';
import { language } from '#messages/language.svelte.ts';
import Audit from '#views/people/Audit.svelte';
import People from '#views/people/People.svelte';
import type { Session } from '#workspace/session.ts';
import { startSession } from '#workspace/start.ts';
import type { Workspace } from '#workspace/workspace.ts';
import Harness from './Harness.svelte';

let session: Session;
let workspace: Workspace;

beforeAll(async () => {
	document.documentElement.lang = 'en';
	document.title = 'Perennial';
	await page.viewport(390, 844);
	session = await startSession();
	workspace = unwrap(
		await session.create({ name: 'Test', language: 'en', currency: 'GBP', timeZone: 'UTC' }),
	);
	language.choose('en');
});

const violations = async () =>
	(await axe.run(document.body, { rules: { region: { enabled: false } } })).violations.map(
		({ id: rule, nodes }) => `${rule}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
	);

test('the people page breaks no rule of axe, with an invitation and an erasure on it', async () => {
	const gone = unwrap(await workspace.commands.create('contact', { firstName: 'Gone' }));
	unwrap(await workspace.share.erase([gone]));
	await render(Harness, { props: { session, view: People, props: {} } });
	await expect.element(page.getByText('Erased on every device')).toBeVisible();
	await page.getByRole('switch', { name: 'Any colleague may let them in' }).click();
	await expect.element(page.getByText('for 72 hours')).toBeVisible();
	await page.getByRole('button', { name: 'Make a link' }).click();
	await expect.element(page.getByText('Any device of the team that is online')).toBeVisible();
	expect((await workspace.share.invites()).map(({ offline }) => offline)).toEqual([true]);
	// A button that fades from one kind to another has no contrast on the way.
	await expect.poll(violations).toEqual([]);
});

test('the audit trail comes page by page, the newest first, and verifies', async () => {
	for (let i = 0; i < 210; i++)
		unwrap(await workspace.commands.create('contact', { firstName: `Li ${i}` }));
	await render(Harness, { props: { session, view: Audit, props: {} } });
	const rows = page.getByRole('listitem');
	await expect.poll(() => rows.elements().length).toBe(200);
	await expect.element(rows.first()).toHaveTextContent('You added 1 contact');
	await page.getByRole('button', { name: 'Show older' }).click();
	await expect.element(page.getByText('founded the workspace')).toBeVisible();
	expect(rows.elements().length).toBe((await workspace.trail.audit({ limit: 10_000 })).length);
	const verify = page.getByRole('button', { name: 'Verify' });
	await verify.click();
	await expect.element(page.getByText('all are genuine and complete')).toBeVisible();
	// The progress bar that stood in its place has given the focus back.
	await expect.element(verify).toHaveFocus();
	expect(await violations()).toEqual([]);
	const stopped = new AbortController();
	stopped.abort();
	expect(await workspace.trail.verify({ signal: stopped.signal })).toMatchObject({
		ok: false,
		error: { type: 'Cancelled' },
	});
});
