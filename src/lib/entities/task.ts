import { defineEntity, textOf } from '#schema/entity.ts';
import * as field from '#schema/field.ts';

/** Something somebody promised to do. */
export const task = defineEntity({
	name: 'task',
	label: { en: 'Task', zh: '任务' },
	plural: { en: 'Tasks', zh: '任务' },
	icon: 'list-checks',
	inMenu: true,
	order: { field: 'due' },
	fields: {
		subject: field.text('Task', '任务', {
			required: true,
			column: 1,
			indexed: true,
			aliases: ['Title', 'Subject', 'Name', '标题', '主题'],
		}),
		due: field.date('Due', '截止', {
			column: 2,
			indexed: true,
			aliases: ['Due date', 'Deadline', '截止日期'],
		}),
		state: field.choice(
			'State',
			'状态',
			[
				{ value: 'open', label: { en: 'Open', zh: '待办' }, tone: 'info' },
				{ value: 'done', label: { en: 'Done', zh: '完成' }, tone: 'good' },
			],
			{ column: 3, initial: 'open', aliases: ['Status'] },
		),
		contact: field.reference('contact', 'Contact', '联系人', {
			column: 4,
			aliases: ['Customer', '客户'],
		}),
		owner: field.text('Owner', '负责人', {
			column: 5,
			indexed: true,
			aliases: ['Assignee', '执行人'],
		}),
		tags: field.tags('Tags', '标签'),
		notes: field.longText('Notes', '备注', { aliases: ['Description', '说明'] }),
	},
	title: (fields) => textOf(fields.subject),
});
