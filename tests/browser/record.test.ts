/** The record page and the list over a real workspace: a data worker, a log and tables, no stand-ins. */
import axe from 'axe-core';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page, userEvent } from 'vitest/browser';
import { fail, unwrap } from '#core/result.ts';
import { contact } from '#entities/contact.ts';
import { language } from '#messages/language.svelte.ts';
import RecordList from '#views/list/RecordList.svelte';
import { stateFromSearch } from '#views/list/list-state.ts';
import Record from '#views/record/Record.svelte';
import type { Session } from '#workspace/session.ts';
import { startSession } from '#workspace/start.ts';
import type { Workspace } from '#workspace/workspace.ts';
import Harness from './Harness.svelte';

let session: Session;
let workspace: Workspace;
let id: string;

beforeAll(async () => {
	document.documentElement.lang = 'en';
	document.title = 'Perennial';
	await page.viewport(1280, 900);
	session = await startSession();
	workspace = unwrap(
		await session.create({ name: 'Test', language: 'en', currency: 'GBP', timeZone: 'UTC' }),
	);
	language.choose('en');
});

beforeEach(async () => {
	const fields = { firstName: 'Lin', lastName: 'Zhang', email: 'lin@example.com', phone: '555' };
	id = unwrap(await workspace.commands.create('contact', fields));
});

const show = (view: typeof Record | typeof RecordList, props: object) =>
	render(Harness, { props: { session, view, props: { ...props } } });

const stored = async (field: string) => (await workspace.view.get(id))?.fields[field];

const violations = async () =>
	(await axe.run(document.body, { rules: { region: { enabled: false } } })).violations.map(
		({ id: rule, nodes }) => `${rule}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
	);

test('an edit commits on blur, is stored, and says so', async () => {
	await show(Record, { entity: contact, id });
	const field = page.getByRole('textbox', { name: 'Job title' });
	await field.fill('Buyer');
	expect(await stored('jobTitle')).toBeUndefined();
	await userEvent.tab();
	await expect.element(page.getByText('Saved', { exact: true })).toBeVisible();
	expect(await stored('jobTitle')).toBe('Buyer');
});

test('a value that cannot be kept stays typed, with a sentence; Escape gives the stored one back', async () => {
	await show(Record, { entity: contact, id });
	const field = page.getByRole('textbox', { name: 'E-mail', exact: true });
	await field.fill('nonsense');
	await userEvent.tab();
	await expect.element(page.getByText('E-mail needs an address like')).toBeVisible();
	await expect.element(field).toHaveValue('nonsense');
	await expect.element(field).toHaveAttribute('aria-invalid', 'true');
	await field.click();
	await userEvent.keyboard('{Escape}');
	await expect.element(field).toHaveValue('lin@example.com');
	await expect.element(field).not.toHaveAttribute('aria-invalid');
	expect(await stored('email')).toBe('lin@example.com');
});

test('an edit by somebody else arrives on the page, but not into what is being typed', async () => {
	await show(Record, { entity: contact, id });
	const title = page.getByRole('textbox', { name: 'Job title' });
	const phone = page.getByRole('textbox', { name: 'Phone', exact: true });
	await title.fill('Head of');
	unwrap(await workspace.commands.update(id, { phone: '777', jobTitle: 'Owner' }));
	await expect.element(phone).toHaveValue('777');
	await expect.element(title).toHaveValue('Head of');
});

test('the composer writes an activity to the timeline by keyboard alone', async () => {
	await show(Record, { entity: contact, id });
	await page.getByRole('textbox', { name: 'What is worth remembering?' }).click();
	await userEvent.keyboard('Likes green tea');
	await userEvent.keyboard('{Control>}{Enter}{/Control}');
	await expect.element(page.getByRole('article').getByText('Likes green tea')).toBeVisible();
	const { rows } = await workspace.view.query('activity', { where: { contact: id } });
	expect(rows.map((row) => row.fields.body)).toEqual(['Likes green tea']);
});

test('what a full device keeps in memory does not wait to be entered again; what it refuses does', async () => {
	await show(Record, { entity: contact, id });
	const composer = page.getByRole('textbox', { name: 'What is worth remembering?' });
	const refused = fail('Storage', 'This device is full.', { storage: 'full' });
	const kept = fail('Storage', 'This device is full.', { storage: 'full', kept: true });
	const creating = vi.spyOn(workspace.commands, 'create').mockResolvedValueOnce(refused);
	await composer.fill('Called');
	await userEvent.keyboard('{Control>}{Enter}{/Control}');
	await expect.poll(() => creating.mock.settledResults.length).toBe(1);
	await expect.element(composer).toHaveValue('Called');
	creating.mockResolvedValueOnce(kept);
	await userEvent.keyboard('{Control>}{Enter}{/Control}');
	await expect.element(composer).toHaveValue('');
});

test('a company is found or named by typing', async () => {
	const company = unwrap(await workspace.commands.create('company', { name: 'Northwind' }));
	await show(Record, { entity: contact, id });
	const field = page.getByRole('combobox', { name: 'Company' });
	await field.fill('northw');
	await expect.element(page.getByRole('option', { name: 'Northwind' })).toBeVisible();
	await userEvent.keyboard('{Enter}');
	await expect.element(field).toHaveValue('Northwind');
	await expect.poll(() => stored('company')).toBe(company);
	await field.fill('Somewhere new');
	await userEvent.tab();
	await expect.poll(() => stored('company')).toBe('Somewhere new');
});

test('the list sorts, filters and deletes, into the bin', async () => {
	unwrap(await workspace.commands.update(id, { lastName: 'Aardvark', lifecycle: 'churned' }));
	let state = stateFromSearch(contact, new URLSearchParams('lifecycle=churned'));
	const onstate = (next: typeof state) => (state = next);
	await show(RecordList, { entity: contact, state, onstate });
	await expect.element(page.getByRole('link', { name: 'Lin Aardvark' })).toBeVisible();
	await expect.element(page.getByRole('link', { name: 'Lin Zhang' })).not.toBeInTheDocument();
	await page.getByRole('button', { name: 'Name' }).click();
	expect(state.sort).toEqual({ field: 'name', descending: true });
	await page.getByRole('checkbox', { name: 'Select Lin Aardvark' }).click();
	await page.getByRole('button', { name: 'Delete' }).click();
	await expect.element(page.getByRole('link', { name: 'Lin Aardvark' })).not.toBeInTheDocument();
	expect((await workspace.view.get(id))?.deleted).toBe(true);
});

test('neither the record page nor the list breaks a rule of axe', async () => {
	const record = await show(Record, { entity: contact, id });
	await expect.element(page.getByRole('heading', { name: 'Lin Zhang' })).toBeVisible();
	expect(await violations()).toEqual([]);
	await record.unmount();
	const state = stateFromSearch(contact, new URLSearchParams());
	await show(RecordList, { entity: contact, state, onstate: () => undefined });
	await expect.element(page.getByRole('row').nth(1)).toBeVisible();
	expect(await violations()).toEqual([]);
});
