/** Which entity a plain table holds. Contacts, unless the columns say otherwise clearly. */
import { spelling } from '#schema/derive/import-aliases.ts';
import type { Entity } from '#schema/entity.ts';
import { activity } from '#entities/activity.ts';
import { company } from '#entities/company.ts';
import { contact } from '#entities/contact.ts';
import { product } from '#entities/product.ts';
import { task } from '#entities/task.ts';
import { targetOf } from './columns.ts';

export const tableEntities: readonly Entity[] = [contact, company, product, task, activity];

export function entityOf(columns: readonly string[]): Entity {
	const spelled = new Set(columns.map(spelling));
	const says = (...names: string[]) => names.some((name) => spelled.has(spelling(name)));
	const fieldsOf = (entity: Entity) =>
		new Set(columns.map((column) => targetOf(entity, column)?.split('.')[0]));
	const asContact = fieldsOf(contact);
	const person =
		asContact.has('firstName') ||
		asContact.has('lastName') ||
		asContact.has('email') ||
		asContact.has('otherEmails') ||
		says('full name', 'display name', 'contact name', 'contact person', '姓名') ||
		columns.some((column) => /contact person|person - /i.test(column));
	if (person) return contact;
	const asTask = fieldsOf(task);
	if (asTask.has('due') && asTask.has('subject')) return task;
	const asProduct = fieldsOf(product);
	if (asProduct.has('name') && (asProduct.has('sku') || asProduct.has('price'))) return product;
	const asActivity = fieldsOf(activity);
	if (
		asActivity.has('happenedAt') &&
		(asActivity.has('body') || asActivity.has('subject')) &&
		!asContact.has('phone')
	)
		return activity;
	const asCompany = fieldsOf(company);
	if (asContact.has('company') && !says('name', '名称')) return company;
	if (asCompany.has('name') && (asCompany.has('industry') || asCompany.has('size'))) return company;
	if (says('公司名称', 'company name') || (says('organization') && asCompany.has('website')))
		return company;
	return contact;
}

/** Whether anybody knows the column: tells a header row from a row of data. */
export const isKnownToSomeEntity = (column: string): boolean =>
	tableEntities.some((entity) => targetOf(entity, column) !== undefined);
