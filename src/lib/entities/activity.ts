import { defineEntity, textOf } from '#schema/entity.ts';
import * as field from '#schema/field.ts';

/** Something that happened with a customer: one entry of the timeline. */
export const activity = defineEntity({
	name: 'activity',
	label: { en: 'Activity', zh: '互动' },
	plural: { en: 'Activities', zh: '互动' },
	icon: 'messages-square',
	inMenu: true,
	happens: 'happenedAt',
	order: { field: 'happenedAt', descending: true },
	fields: {
		kind: field.choice(
			'Kind',
			'类型',
			[
				{ value: 'note', label: { en: 'Note', zh: '备注' } },
				{ value: 'call', label: { en: 'Call', zh: '电话' } },
				{ value: 'meeting', label: { en: 'Meeting', zh: '会面' } },
				{ value: 'email', label: { en: 'E-mail', zh: '邮件' } },
			],
			{ column: 2, required: true, initial: 'note', aliases: ['Type', 'Channel', '渠道'] },
		),
		subject: field.text('Subject', '主题', { column: 3, aliases: ['Title', '标题'] }),
		body: field.longText('Text', '内容', {
			column: 4,
			aliases: ['Note', 'Notes', 'Body', 'Message', '正文'],
		}),
		contact: field.reference('contact', 'Contact', '联系人', {
			column: 5,
			aliases: ['Customer', '客户'],
		}),
		company: field.reference('company', 'Company', '公司'),
		happenedAt: field.dateTime('When', '时间', {
			column: 1,
			required: true,
			indexed: true,
			aliases: ['Date', 'Created', '日期'],
		}),
		minutes: field.number('Minutes', '分钟', { aliases: ['Duration', '时长'] }),
		tags: field.tags('Tags', '标签'),
	},
	title: (fields) => textOf(fields.subject) || textOf(fields.body).slice(0, 80),
});
