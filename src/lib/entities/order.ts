import { defineEntity, textOf } from '#schema/entity.ts';
import * as field from '#schema/field.ts';
import { isOrderLine, orderTotal } from '#schema/values.ts';

/** A sale, or goods that came back. Returns are orders of their own, so that sales figures never hide them. */
export const order = defineEntity({
	name: 'order',
	label: { en: 'Order', zh: '订单' },
	plural: { en: 'Orders', zh: '订单' },
	icon: 'receipt-text',
	inMenu: true,
	happens: 'placedAt',
	order: { field: 'placedAt', descending: true },
	fields: {
		number: field.text('Order number', '订单号', {
			column: 3,
			indexed: true,
			identifies: true,
			aliases: ['Order ID', 'Invoice', 'InvoiceNo', 'Invoice number', 'Order', '单号', '发票号'],
		}),
		customer: field.reference('contact', 'Customer', '客户', {
			column: 2,
			required: true,
			aliases: ['CustomerID', 'Customer ID', 'Client', 'Buyer', '客户编号', '买家'],
		}),
		placedAt: field.dateTime('Date', '日期', {
			column: 1,
			required: true,
			indexed: true,
			aliases: [
				'Order date',
				'InvoiceDate',
				'Invoice date',
				'Purchase date',
				'下单时间',
				'订单日期',
				'时间',
			],
		}),
		kind: field.choice(
			'Kind',
			'类型',
			[
				{ value: 'sale', label: { en: 'Sale', zh: '销售' }, tone: 'good' },
				{ value: 'return', label: { en: 'Return', zh: '退货' }, tone: 'warn' },
			],
			{ column: 4, initial: 'sale' },
		),
		lines: field.lines('Lines', '明细', { required: true }),
		total: field.money('Total', '合计', { computed: true, column: 5, indexed: true }),
		currency: field.text('Currency', '币种', { aliases: ['Currency code', '货币'] }),
		tags: field.tags('Tags', '标签'),
		notes: field.longText('Notes', '备注'),
	},
	derive: (fields) => ({
		total: Array.isArray(fields.lines) ? orderTotal(fields.lines.filter(isOrderLine)) : 0,
	}),
	title: (fields) => textOf(fields.number) || textOf(fields.placedAt).slice(0, 10),
});
