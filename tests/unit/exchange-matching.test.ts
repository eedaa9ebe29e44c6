/** Who is who: matching against the workspace and within a file, what an update may change, cancelling, refusals. */
import { describe, expect, it } from 'vitest';
import { fail, unwrap } from '#core/result.ts';
import type { ImportOptions } from '#exchange/contract.ts';
import { runImport } from '#exchange/import.ts';
import { memoryTarget, type MemoryTarget } from '#tests/support/memory-target.ts';

const info = { workspaceId: 'w', importId: 'i', currency: 'EUR', now: 0 };
const run = async (target: MemoryTarget, data: string, options: ImportOptions = {}) =>
	unwrap(await runImport({ name: 'f', data }, options, target, info));
const counts = ({
	created,
	updated,
	unchanged,
}: {
	created: number;
	updated: number;
	unchanged: number;
}) => [created, updated, unchanged];

describe('matching', () => {
	it('by number, e-mail or phone; the same file again changes nothing', async () => {
		const target = memoryTarget();
		const data =
			'First name,Last name,E-mail,Phone,Customer number\nAnn,Lee,Ann@X.org,,1\nBob,Poe,,+44 20 7946 0001,\nCy,Ray,,,3\nDee,Fox,,,\n';
		expect(counts(await run(target, data))).toEqual([4, 0, 0]);
		expect(counts(await run(target, data))).toEqual([0, 0, 4]);
		const other =
			'E-mail,First name,Last name,Phone,Job title,Customer number\nann@x.org,Ann,Lee,,Buyer,\n,Bob,Poe,0044 20 7946 0001,Chef,\n,,,,Pilot,3\n';
		expect(counts(await run(target, other))).toEqual([0, 3, 0]);
		expect(target.of('contact').map(({ jobTitle }) => jobTitle)).toEqual([
			'Buyer',
			'Chef',
			'Pilot',
			undefined,
		]);
	});

	it('two devices make the same records', async () => {
		const [here, there] = [memoryTarget(), memoryTarget()];
		const data = 'Name,E-mail\nAnn Lee,ann@x.org\nBob Poe,\n';
		await run(here, data);
		await run(there, data);
		expect([...here.records]).toEqual([...there.records]);
	});

	it('rows of one person become one record that loses no word', async () => {
		const target = memoryTarget();
		const data =
			'First name,E-mail,Phone,Tags,Colour\nAnn,ann@x.org,,a,red\nAnnie,ann@x.org,+44 20 7946 0001,b,blue\n';
		const report = await run(target, data);
		expect([report.rows, ...counts(report)]).toEqual([2, 1, 0, 0]);
		expect(target.of('contact')).toMatchObject([
			{
				firstName: 'Ann',
				phone: '+44 20 7946 0001',
				tags: ['a', 'b'],
				extra: { 'First name': 'Annie', Colour: 'red\nblue' },
			},
		]);
		expect(counts(await run(target, data))).toEqual([0, 0, 1]);
	});

	it('a shared phone does not make two people one, and twice is still the same', async () => {
		const target = memoryTarget();
		const data =
			'First name,Last name,E-mail,Phone\nAnn,Lee,ann@x.org,+44 20 7946 0001\nBob,Poe,bob@x.org,+44 20 7946 0001\nCy,Ray,,+44 20 7946 0001\nDee,Fox,,+44 20 7946 0001\n';
		expect(counts(await run(target, data))).toEqual([4, 0, 0]);
		expect(counts(await run(target, data))).toEqual([0, 0, 4]);
	});

	it('an update fills and changes, never empties', async () => {
		const target = memoryTarget();
		await run(target, 'First name,E-mail,Job title,Tags,City\nAnn,ann@x.org,Buyer,a,Leeds\n');
		const report = await run(
			target,
			'First name,E-mail,Job title,Tags,City\n,ann@x.org,Chef,b,Hull\n',
		);
		expect(counts(report)).toEqual([0, 1, 0]);
		expect(target.of('contact')).toMatchObject([
			{
				firstName: 'Ann',
				jobTitle: 'Chef',
				tags: ['a', 'b'],
				addresses: [{ city: 'Leeds' }, { city: 'Hull' }],
			},
		]);
	});

	it('a new e-mail under a known number keeps the old one', async () => {
		const target = memoryTarget();
		await run(target, 'Customer number,E-mail\nC-77,old@x.org\n');
		await run(target, 'Customer number,E-mail\nC-77,new@x.org\n');
		expect(target.of('contact')).toMatchObject([
			{ email: 'new@x.org', otherEmails: [{ value: 'old@x.org' }] },
		]);
	});
});

describe('values that do not fit', () => {
	it('a bad e-mail or phone keeps the row and its word', async () => {
		const target = memoryTarget();
		const report = await run(target, 'Name,E-mail,Phone\nAnn Lee,not a mail,call me\n,,\n,,none\n');
		expect(target.of('contact')).toMatchObject([
			{ name: 'Ann Lee', extra: { 'E-mail': 'not a mail', Phone: 'call me' } },
		]);
		expect(report.warnings.map(({ row }) => row)).toEqual([1]);
		expect(report.failed.map(({ row }) => row)).toEqual([2, 3]);
		expect(report.rows).toBe(3);
	});
});

describe('ending early', () => {
	const many = `Name,E-mail\n${Array.from({ length: 2500 }, (_, i) => `P${i} Q,p${i}@x.org`).join('\n')}\n`;

	it('cancelled between batches: what is written is reported', async () => {
		const target = memoryTarget();
		const controller = new AbortController();
		const write = target.write.bind(target);
		const report = unwrap(
			await runImport(
				{ name: 'f', data: many },
				{},
				{ ...target, write: (id, batch) => (controller.abort(), write(id, batch)) },
				{ ...info, signal: controller.signal },
			),
		);
		expect(report).toMatchObject({
			cancelled: true,
			created: 1000,
			stopped: { type: 'Cancelled' },
		});
		expect(target.records.size).toBe(1000);
		expect(counts(await run(target, many))).toEqual([1500, 0, 1000]);
	});

	it('refused by the store: before anything it fails, later it reports', async () => {
		const full = fail('Storage', 'The disk is full.');
		const first = await runImport(
			{ name: 'f', data: many },
			{},
			memoryTarget(() => full),
			info,
		);
		expect(first).toMatchObject({ ok: false, error: { type: 'Storage' } });
		const later = await run(
			memoryTarget((batch) => (batch === 1 ? full : undefined)),
			many,
		);
		expect(later).toMatchObject({ created: 1000, stopped: { type: 'Storage' } });
		expect(later).not.toHaveProperty('cancelled');
	});
});
