/** What the people page, the audit trail and a record's history make of the data side's lists. */
import { expect, test } from 'vitest';
import { m } from '#messages/catalogue.ts';
import { createPager } from '#views/people/audit-pager.ts';
import { lineWords } from '#views/people/audit-words.ts';
import { deviceName, formerOf, peopleOf } from '#views/people/people.ts';
import { stepsOf } from '#views/record/history.ts';
import type { AuditLine, Change, Member } from '#workspace/workspace.ts';

const member = (did: string, more: Partial<Member> = {}): Member => ({
	...{
		did,
		member: did,
		name: did,
		role: 'editor',
		here: false,
		self: false,
		joinedAt: 1,
		lacks: 0,
	},
	...more,
});

test('devices of one person stand together, ended ones apart, oneself and those here first', () => {
	const all = [
		member('ann', { joinedAt: 1 }),
		member('bo', { joinedAt: 2, here: true }),
		member('ann-phone', { member: 'ann', joinedAt: 5, name: 'phone' }),
		member('me', { joinedAt: 4, self: true }),
		member('gone', { joinedAt: 3, ended: 'revoked' }),
		member('bo-old', { member: 'bo', joinedAt: 6, ended: 'succeeded' }),
	];
	const people = peopleOf(all);
	expect(people.map(({ id }) => id)).toEqual(['me', 'bo', 'ann']);
	expect(people[2]).toMatchObject({ name: 'ann', joinedAt: 1 });
	expect(people[2]!.devices.map(({ did }) => did)).toEqual(['ann', 'ann-phone']);
	expect(formerOf(all).map(({ did }) => did)).toEqual(['bo-old', 'gone']);
	expect(deviceName(all, all[3]!)).toBeUndefined();
	expect(deviceName(all, all[0]!)?.en).toBe('Device 1');
	expect(deviceName(all, all[2]!)?.en).toBe('phone');
});

test('the founder’s name stays when their first device ended', () => {
	const [person] = peopleOf([
		member('ann', { ended: 'revoked' }),
		member('second', { member: 'ann', name: 'Laptop' }),
	]);
	expect(person).toMatchObject({ id: 'ann', name: 'ann' });
});

test('pages of the audit trail lose nothing and repeat nothing, however many lines bear one millisecond', async () => {
	const lines = Array.from({ length: 57 }, (_, i): AuditLine => {
		const at = 1000 - Math.floor(i / 7);
		return { did: 'd', seq: i, at, verb: 'update', entity: 'contact', count: 1, counts: true };
	});
	for (const limit of [8, 10, 57, 100]) {
		const pager = createPager(
			async ({ before = Infinity, limit: most = 0 }) =>
				lines.filter(({ at }) => at < before).slice(0, most),
			limit,
		);
		const got: AuditLine[] = [];
		while (pager.more) got.push(...(await pager.next()));
		expect(got.map(({ seq }) => seq)).toEqual(lines.map(({ seq }) => seq));
	}
});

test('an audit line in words, also of a verb that this version does not know', () => {
	const who = (dids: readonly string[]) => dids.join(' and ');
	const words = (verb: string, entity = 'contact', count = 2) =>
		lineWords({ did: 'd', at: 1, verb, entity, count, counts: true }, who);
	expect(words('import')).toEqual({ en: 'imported 2 contacts', zh: '导入了 2 条联系人' });
	expect(words('update', 'ticket', 1).en).toBe('changed 1 record');
	expect(words('rotate').en).toBe('changed the key');
	expect(words('constructor').en).toBe('did “constructor”');
});

test('an act about people names whom it concerned, in both languages', () => {
	const names: Record<string, string> = { ann: 'Ann', bo: 'Bo (Phone)', cy: 'you' };
	const who = (dids: readonly string[]) =>
		dids.map((did) => names[did] ?? 'an unknown device').join(' and ');
	const words = (verb: string, about: AuditLine['about'], did = 'ann') =>
		lineWords({ did, at: 1, verb, entity: '', count: 1, about, counts: true }, who);
	expect(words('role', { devices: ['bo'], role: 'editor' })).toEqual({
		en: 'made Bo (Phone) an editor',
		zh: '将 Bo (Phone) 设为编辑者',
	});
	expect(words('revoke', { devices: ['bo', 'cy'] }).en).toBe('removed Bo (Phone) and you');
	expect(words('revoke', { devices: ['ann'] }).en).toBe('left the workspace');
	expect(words('approve', { devices: ['eve'] }).en).toBe('let an unknown device in');
	expect(words('approve', undefined).en).toBe('let a device in');
	expect(words('invite', { devices: [], role: 'viewer', own: false }).en).toBe(
		'made an invitation for a viewer',
	);
	expect(words('join', { devices: [], name: 'Ann' }).en).toBe('asked to join');
	expect(words('join', { devices: [], name: 'Eve' }, 'eve').en).toBe('asked to join as “Eve”');
	expect(words('erased', { devices: [], records: 2 })).toEqual({
		en: 'confirmed the erasure of 2 records',
		zh: '确认已彻底删除 2 条记录',
	});
	for (const verb of Object.keys(m.actsAbout)) expect(words(verb, { devices: [] }).zh).toBeTruthy();
});

test('single changes become steps: one for each command, with what stood there before', () => {
	const change = (did: string, at: number, field: string, value: unknown, seq = at): Change => ({
		...{ did, seq, at, receivedAt: at, field, value },
	});
	const steps = stepsOf([
		change('a', 1, 'firstName', 'Li'),
		change('a', 1, 'phone', null),
		change('b', 2, 'phone', '1'),
		change('a', 3, 'phone', '2', 9),
		change('a', 4, 'deleted', true, 9),
		change('a', 5, 'deleted', false),
	]);
	expect(steps.map(({ what }) => what)).toEqual([
		'restored',
		'binned',
		'changed',
		'changed',
		'added',
	]);
	expect(steps[2]!.fields).toEqual([{ name: 'phone', before: '1', after: '2' }]);
	expect(steps[4]!.fields).toEqual([{ name: 'firstName', before: undefined, after: 'Li' }]);
});
