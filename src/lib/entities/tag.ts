import { defineEntity, textOf } from '#schema/entity.ts';
import * as field from '#schema/field.ts';

/** A tag's colour and meaning. Records hold tag names; a name without a record here is still a tag. */
export const tag = defineEntity({
	name: 'tag',
	label: { en: 'Tag', zh: '标签' },
	plural: { en: 'Tags', zh: '标签' },
	icon: 'tag',
	order: { field: 'name' },
	fields: {
		name: field.text('Name', '名称', {
			required: true,
			column: 1,
			indexed: true,
			identifies: true,
		}),
		tone: field.choice(
			'Colour',
			'颜色',
			[
				{ value: 'neutral', label: { en: 'Grey', zh: '灰' } },
				{ value: 'good', label: { en: 'Green', zh: '绿' }, tone: 'good' },
				{ value: 'warn', label: { en: 'Amber', zh: '橙' }, tone: 'warn' },
				{ value: 'bad', label: { en: 'Red', zh: '红' }, tone: 'bad' },
				{ value: 'info', label: { en: 'Blue', zh: '蓝' }, tone: 'info' },
			],
			{ column: 2, initial: 'neutral' },
		),
		meaning: field.text('Meaning', '含义', { column: 3 }),
	},
	title: (fields) => textOf(fields.name),
});
