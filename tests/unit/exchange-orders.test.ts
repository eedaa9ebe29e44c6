/** Order lines: what becomes one order, what is a return, what is kept apart, and that importing twice is importing once. */
import { describe, expect, it } from 'vitest';
import { unwrap } from '#core/result.ts';
import type { ImportOptions } from '#exchange/contract.ts';
import { preview, runImport } from '#exchange/import.ts';
import { memoryTarget, type MemoryTarget } from '#tests/support/memory-target.ts';

const info = { workspaceId: 'w', importId: 'i', currency: 'GBP', now: 0 };
const run = async (target: MemoryTarget, data: string, options: ImportOptions = {}) =>
	unwrap(await runImport({ name: 'f', data }, options, target, info));

const HEADER = 'CustomerID,InvoiceDate,Description,Quantity,UnitPrice,Country\n';

describe('order lines', () => {
	it('gather across the file, duplicates counted, returns apart', async () => {
		const target = memoryTarget();
		const data =
			HEADER +
			'7,2010-12-01 08:26,Mug,6,2.55,UK\n' +
			'8,2010-12-01 09:00,Pin,1000,0.001,France\n' +
			'7,2010-12-01 08:26,Mug,6,2.55,UK\n' +
			'7,2010-12-01 08:26,Mug,-1,2.55,UK\n' +
			'7,2010-12-01 08:26,Gift,1,0,UK\n' +
			',2010-12-01 08:26,Cup,1,1,UK\n' +
			'9,someday,Cup,1,1,UK\n' +
			'9,2010-12-01,Cup,x,1,UK\n';
		const report = await run(target, data);
		expect(report.failed.map(({ row }) => row)).toEqual([6, 7, 8]);
		expect(report.apart).toEqual({ returns: 1 });
		// A customer all of whose lines failed is no contact.
		expect(report.byEntity.contact!.created).toBe(2);
		const ids = [...target.records.keys()].filter((id) => id.startsWith('product:'));
		expect(target.of('order')).toMatchObject([
			{
				kind: 'sale',
				total: 3060,
				placedAt: '2010-12-01T08:26:00.000Z',
				lines: [
					{ product: ids[0], quantity: 6, price: 255 },
					{ product: ids[0], quantity: 6, price: 255 },
					{ quantity: 1, price: 0 },
				],
			},
			{ kind: 'return', total: -255 },
			{ kind: 'sale', total: 100, lines: [{ quantity: 1000, price: 0.1 }] },
		]);
		expect(target.of('contact')).toMatchObject([
			{ externalId: '7', lifecycle: 'active', addresses: [{ country: 'UK' }], name: '#7' },
			{ externalId: '8' },
		]);
		const again = await run(target, data);
		expect([again.created, again.updated]).toEqual([0, 0]);
		const changed = await run(target, data.replace('Pin,1000', 'Pin,2000'));
		expect([changed.created, changed.updated]).toEqual([0, 1]);
		expect(target.of('order')[2]).toMatchObject({ total: 200 });
	});

	it('order numbers, e-mail customers, currencies, unknown columns', async () => {
		const target = memoryTarget();
		const data =
			'Order number,Email,Customer name,Date,Product,SKU,Qty,Price,Currency,Channel\n' +
			'A1,Ann@X.org,Ann Lee,2020-01-02,Mug,M1,1,2,EUR,web\n' +
			'A1,,,,Cup,C1,2,3,EUR,web\n' +
			'A2,ann@x.org,Ann Lee,2020-01-02,Mug,M1,1,200,JPY,shop\n';
		const report = await run(target, data);
		expect(report.failed).toEqual([]);
		expect(target.of('contact')).toMatchObject([{ email: 'ann@x.org', name: 'Ann Lee' }]);
		expect(target.of('order')).toMatchObject([
			{ number: 'A1', total: 800, currency: 'EUR', notes: 'Channel: web' },
			{ number: 'A2', total: 200, currency: 'JPY', notes: 'Channel: shop' },
		]);
		expect(target.of('product')).toMatchObject([{ name: 'Mug', sku: 'M1' }, { name: 'Cup' }]);
		const again = await run(target, data);
		expect([again.created, again.updated]).toEqual([0, 0]);
	});

	it('an order already there by number is the same order', async () => {
		const target = memoryTarget();
		target.records.set('order:aaaaaaaaaaaaaaaa', {});
		await target.write('x', [
			{
				op: 'update',
				id: 'order:aaaaaaaaaaaaaaaa',
				patch: { number: 'A1', kind: 'sale', lines: [{ product: 'Mug', quantity: 1, price: 1 }] },
			},
		]);
		const report = await run(
			target,
			'Order number,Customer,Date,Item,Quantity,Price\nA1,Ann Lee,2020-01-02,Mug,1,2\n',
		);
		expect(report.byEntity.order).toEqual({ created: 0, updated: 1, unchanged: 0 });
	});

	it('Chinese headers and line amounts', async () => {
		const target = memoryTarget();
		const report = await run(
			target,
			'订单编号,客户姓名,手机号,下单时间,商品名称,数量,金额\nT1,王小明,13800000000,2020年5月3日 14:30,茶杯,3,10.00\n',
		);
		expect(report.failed).toEqual([]);
		expect(target.of('contact')).toMatchObject([{ name: '王小明', phone: '13800000000' }]);
		expect(target.of('order')).toMatchObject([
			{ total: 1000, placedAt: '2020-05-03T14:30:00.000Z' },
		]);
	});

	it('dates with slashes follow the whole column', async () => {
		const rows = Array.from(
			{ length: 40 },
			(_, i) => `7,12/${(i % 9) + 1}/2010 8:26,Mug,1,2.55,UK`,
		);
		const target = memoryTarget();
		const report = await run(target, `${HEADER}${rows.join('\n')}\n7,12/31/2010 9:00,Mug,1,1,UK\n`);
		expect(report.notes[0]).toMatch(/month\/day\/year/);
		expect(report.failed).toEqual([]);
		expect(target.of('order').at(-1)).toMatchObject({ placedAt: '2010-12-31T09:00:00.000Z' });
	});

	it('a list of customers is no order file', async () => {
		const data =
			'Customer ID,First name,E-mail,Last order date,Total spent\n7,Ann,ann@x.org,2020-01-01,100\n';
		expect(unwrap(await preview({ name: 'f', data })).dialect).toBe('csv');
	});

	it('asked for without what it needs, it says what is missing', async () => {
		const source = { name: 'f', data: 'Name,Date\nAnn,2020-01-01\n' };
		expect(await preview(source, { dialect: 'orders' })).toMatchObject({
			ok: false,
			error: { type: 'Unreadable', message: expect.stringContaining('price') as unknown },
		});
	});
});
