import { defineEntity, textOf } from '#schema/entity.ts';
import * as field from '#schema/field.ts';

/** An organisation that contacts work for. */
export const company = defineEntity({
	name: 'company',
	label: { en: 'Company', zh: '公司' },
	plural: { en: 'Companies', zh: '公司' },
	icon: 'building-2',
	inMenu: true,
	order: { field: 'name' },
	fields: {
		name: field.text('Name', '名称', {
			required: true,
			column: 1,
			indexed: true,
			identifies: true,
			aliases: ['Company name', 'Account Name', 'Organization', '公司名称', '公司'],
		}),
		industry: field.text('Industry', '行业', {
			column: 2,
			indexed: true,
			aliases: ['Sector', '所属行业'],
		}),
		size: field.choice(
			'Size',
			'规模',
			[
				{ value: '1-10', label: { en: '1–10 people', zh: '1–10 人' } },
				{ value: '11-50', label: { en: '11–50 people', zh: '11–50 人' } },
				{ value: '51-250', label: { en: '51–250 people', zh: '51–250 人' } },
				{ value: '251+', label: { en: 'Over 250 people', zh: '250 人以上' } },
			],
			{ column: 3, aliases: ['Employees', 'Number of employees', '人数'] },
		),
		phone: field.phone('Phone', '电话', { column: 4, aliases: ['Company Main Phone', '总机'] }),
		email: field.email('E-mail', '邮箱', { aliases: ['Company e-mail', '邮件'] }),
		website: field.url('Website', '网站', {
			column: 5,
			aliases: ['Web Page', 'Domain', 'URL', '网址'],
		}),
		owner: field.text('Owner', '负责人', { indexed: true, aliases: ['Company owner', '所有者'] }),
		tags: field.tags('Tags', '标签', { aliases: ['Labels', 'Categories'] }),
		addresses: field.addresses('Addresses', '地址'),
		externalId: field.text('Company number', '公司编号', {
			identifies: true,
			indexed: true,
			aliases: ['Company ID', 'Account ID'],
		}),
		notes: field.longText('Notes', '备注', { aliases: ['Description', '说明'] }),
		extra: field.extra('More from import', '导入的其他内容'),
	},
	title: (fields) => textOf(fields.name),
	subtitle: (fields) => textOf(fields.industry),
});
