import { defineEntity, textOf } from '#schema/entity.ts';
import * as field from '#schema/field.ts';

/** Something the team sells. */
export const product = defineEntity({
	name: 'product',
	label: { en: 'Product', zh: '产品' },
	plural: { en: 'Products', zh: '产品' },
	icon: 'package',
	inMenu: true,
	order: { field: 'name' },
	fields: {
		name: field.text('Name', '名称', {
			required: true,
			column: 1,
			indexed: true,
			identifies: true,
			aliases: [
				'Product',
				'Product name',
				'Item',
				'Item name',
				'Description',
				'产品名称',
				'商品',
				'商品名称',
			],
		}),
		sku: field.text('SKU', '货号', {
			column: 2,
			indexed: true,
			identifies: true,
			aliases: ['Stock code', 'StockCode', 'Item code', 'Barcode', '商品编码', '条码'],
		}),
		category: field.text('Category', '类别', {
			column: 3,
			indexed: true,
			aliases: ['Type', '分类'],
		}),
		price: field.money('Price', '单价', {
			column: 4,
			aliases: ['Unit price', 'List price', '价格', '售价'],
		}),
		active: field.flag('For sale', '在售', { column: 5, initial: true }),
		tags: field.tags('Tags', '标签'),
		notes: field.longText('Notes', '备注'),
		extra: field.extra('More from import', '导入的其他内容'),
	},
	title: (fields) => textOf(fields.name),
	subtitle: (fields) => textOf(fields.sku),
});
