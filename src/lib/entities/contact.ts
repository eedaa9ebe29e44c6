import { defineEntity, textOf } from '#schema/entity.ts';
import * as field from '#schema/field.ts';

/** A person the team knows, or a shop's buyer known only by number. */
export const contact = defineEntity({
	name: 'contact',
	label: { en: 'Contact', zh: '联系人' },
	plural: { en: 'Contacts', zh: '联系人' },
	icon: 'users',
	inMenu: true,
	order: { field: 'name' },
	fields: {
		name: field.text('Name', '姓名', {
			computed: true,
			column: 1,
			indexed: true,
			searched: false,
			aliases: ['Full name', 'Display name', 'File As', '名称', '全名', '客户姓名', '联系人姓名'],
		}),
		lastName: field.text('Last name', '姓', {
			aliases: ['Family name', 'Surname', '姓氏'],
		}),
		firstName: field.text('First name', '名', {
			aliases: ['Given name', 'Forename', '名字'],
		}),
		jobTitle: field.text('Job title', '职位', {
			column: 5,
			aliases: [
				'Title',
				'Position',
				'Role',
				'Organization Title',
				'Organization 1 - Title',
				'职务',
				'头衔',
			],
		}),
		company: field.reference('company', 'Company', '公司', {
			column: 2,
			searched: true,
			aliases: [
				'Company name',
				'Organization',
				'Organisation',
				'Account',
				'Account Name',
				'Employer',
				'Organization Name',
				'Organization 1 - Name',
				'Associated Company',
				'单位',
				'公司名称',
			],
		}),
		email: field.email('E-mail', '邮箱', {
			column: 3,
			identifies: true,
			aliases: [
				'Email address',
				'E-mail Address',
				'Mail',
				'Primary Email',
				'Email Work',
				'E-mail 1 - Value',
				'电子邮件',
				'电子邮箱',
				'电子邮件地址',
				'邮件',
			],
		}),
		phone: field.phone('Phone', '电话', {
			column: 4,
			identifies: true,
			aliases: [
				'Phone number',
				'Mobile',
				'Mobile Phone',
				'Cell',
				'Telephone',
				'Tel',
				'Primary Phone',
				'Phone Work',
				'Phone 1 - Value',
				'手机',
				'手机号',
				'手机号码',
				'移动电话',
				'电话号码',
				'联系电话',
			],
		}),
		lifecycle: field.choice(
			'Stage',
			'阶段',
			[
				{ value: 'lead', label: { en: 'Lead', zh: '线索' }, tone: 'info' },
				{ value: 'new', label: { en: 'New', zh: '新客户' }, tone: 'info' },
				{ value: 'active', label: { en: 'Active', zh: '活跃' }, tone: 'good' },
				{ value: 'dormant', label: { en: 'Dormant', zh: '休眠' }, tone: 'warn' },
				{ value: 'churned', label: { en: 'Churned', zh: '流失' }, tone: 'bad' },
			],
			{
				column: 6,
				initial: 'lead',
				aliases: ['Lifecycle', 'Lifecycle Stage', 'Lead Status', 'Status', '生命周期', '状态'],
			},
		),
		owner: field.text('Owner', '负责人', {
			column: 7,
			indexed: true,
			aliases: ['Contact owner', 'Account owner', 'Sales rep', '所有者', '跟进人'],
		}),
		consent: field.choice(
			'Consent to contact',
			'联系授权',
			[
				{ value: 'unknown', label: { en: 'Not asked', zh: '未询问' } },
				{ value: 'given', label: { en: 'Given', zh: '已同意' }, tone: 'good' },
				{ value: 'refused', label: { en: 'Refused', zh: '已拒绝' }, tone: 'bad' },
			],
			{ initial: 'unknown', aliases: ['Opt in', 'Marketing consent', 'GDPR'] },
		),
		tags: field.tags('Tags', '标签', {
			aliases: ['Labels', 'Categories', 'Group Membership', 'Groups', '分组', '类别'],
		}),
		addresses: field.addresses('Addresses', '地址'),
		otherEmails: field.labelled('Other e-mails', '其他邮箱'),
		otherPhones: field.labelled('Other phones', '其他电话'),
		websites: field.labelled('Websites', '网站'),
		birthday: field.text('Birthday', '生日', {
			aliases: ['Date of birth', 'BDAY', '出生日期'],
		}),
		externalId: field.text('Customer number', '客户编号', {
			identifies: true,
			indexed: true,
			aliases: [
				'CustomerID',
				'Customer ID',
				'Contact ID',
				'Record ID',
				'External ID',
				'UID',
				'客户号',
				'会员号',
			],
		}),
		notes: field.longText('Notes', '备注', {
			aliases: ['Note', 'Description', 'Comments', 'Background', '说明', '附注'],
		}),
		extra: field.extra('More from import', '导入的其他内容'),
	},
	derive: (fields) => ({ name: contactName(fields) }),
	title: contactName,
	subtitle: (fields) => textOf(fields.jobTitle) || textOf(fields.email),
});

const HAN = /\p{Script=Han}/u;

/** Family name first and without a space in Chinese, given name first otherwise; else whatever else names the person. */
function contactName(fields: Record<string, unknown>): string {
	const first = textOf(fields.firstName);
	const last = textOf(fields.lastName);
	if (first || last) {
		const chinese = HAN.test(last || first) && HAN.test(first || last);
		return chinese ? last + first : [first, last].filter(Boolean).join(' ');
	}
	return (
		textOf(fields.email) ||
		textOf(fields.phone) ||
		(textOf(fields.externalId) && `#${textOf(fields.externalId)}`)
	);
}
