/**
 * What a column of order lines plays: the roles, their spellings in English and Chinese, and a reading by content for files
 * without a header. A file is order lines when it says who, when and how much.
 */
import { spelling } from '#schema/derive/import-aliases.ts';
import { failedColumns } from '../csv.ts';
import { own } from '../own.ts';
import { isSlashed, parseDate } from '../reading/dates.ts';
import type { Target } from './columns.ts';

export const orderRoles = [
	'customer',
	'name',
	'email',
	'phone',
	'date',
	'number',
	'item',
	'sku',
	'quantity',
	'price',
	'amount',
	'currency',
	'country',
] as const;
export type OrderRole = (typeof orderRoles)[number];

const SPELLINGS: Readonly<Record<OrderRole, string>> = {
	customer:
		'customer, customer id, customer no, customer number, customer code, cust id, client, client id, buyer, buyer id, user, user id, account id, member id, member no, 客户, 客户编号, 客户号, 客户id, 会员号, 会员编号, 买家, 买家会员名, 买家id, 用户id, 用户编号',
	name: 'customer name, client name, buyer name, billing name, full name, 客户姓名, 客户名称, 买家姓名, 收货人, 收货人姓名',
	email:
		'email, e-mail, email address, customer email, billing email, buyer email, 邮箱, 电子邮箱, 电子邮件, 客户邮箱',
	phone: 'phone, customer phone, billing phone, mobile, 电话, 手机, 手机号, 联系手机, 联系电话',
	date: 'date, invoice date, order date, purchase date, sale date, sold at, transaction date, created at, placed at, order time, purchased at, paid at, date created, timestamp, datetime, time, 日期, 时间, 下单时间, 下单日期, 订单日期, 订单时间, 订单创建时间, 订单付款时间, 付款时间, 交易时间, 交易日期, 购买日期, 购买时间, 销售日期',
	number:
		'invoice, invoice no, invoice number, invoice id, order, order no, order number, order id, number, transaction id, receipt, receipt no, 单号, 订单号, 订单编号, 订单id, 发票号, 发票编号, 交易号, 小票号',
	item: 'item, item name, product, product name, description, item description, product description, line item name, lineitem name, article, goods, 商品, 商品名称, 产品, 产品名称, 品名, 宝贝标题, 货品名称, 货品, 项目',
	sku: 'sku, stock code, item code, product code, product id, item id, lineitem sku, barcode, 商品编码, 商品编号, 产品编码, 产品编号, 货号, 商家编码, 条码',
	quantity:
		'quantity, qty, units, count, pieces, item quantity, lineitem quantity, 数量, 件数, 购买数量, 销售数量',
	price:
		'price, unit price, item price, lineitem price, price each, rate, 单价, 价格, 售价, 成交单价',
	amount:
		'amount, total, line total, line amount, total price, total amount, order total, subtotal, revenue, sales, value, spend, dollars, 金额, 总价, 总额, 合计, 小计, 总金额, 销售额, 实付金额, 买家实际支付金额, 订单金额',
	currency: 'currency, currency code, 币种, 货币',
	country:
		'country, country region, customer country, billing country, shipping country, 国家, 国家/地区, 地区',
};

const roleBySpelling = new Map<string, OrderRole>(
	orderRoles.flatMap((role) =>
		SPELLINGS[role].split(', ').map((text): [string, OrderRole] => [spelling(text), role]),
	),
);
// The entity's own field names, so that a mapping may be written in its words too.
const SYNONYMS: Readonly<Record<string, OrderRole>> = {
	placedAt: 'date',
	product: 'item',
	externalId: 'customer',
	total: 'amount',
};

export const roleOf = (column: string): OrderRole | undefined =>
	roleBySpelling.get(spelling(column));

const isRole = (text: string): text is OrderRole =>
	(orderRoles as readonly string[]).includes(text);

/** Column by column: a role, `extra`, or null. */
export function mapOrderColumns(
	columns: readonly string[],
	mapping: Readonly<Record<string, string | null>> = {},
): Target[] {
	const ours = failedColumns.map(spelling);
	// In Shopify's files `Name` is the order's number.
	const shopify = columns.some((column) => spelling(column) === 'lineitemname');
	const taken = new Set(Object.values(mapping));
	return columns.map((column): Target => {
		const chosen = mapping[column];
		if (chosen === null) return null;
		if (chosen !== undefined) {
			const role = own(SYNONYMS, chosen) ?? chosen;
			return isRole(role) ? role : 'extra';
		}
		if (ours.includes(spelling(column))) return null;
		const role = shopify && spelling(column) === 'name' ? 'number' : roleOf(column);
		if (!role || taken.has(role)) return 'extra';
		taken.add(role);
		return role;
	});
}

const PERSON = new Set(['firstname', 'lastname', 'jobtitle', '姓', '名', '职位', '职务']);

/** Who, when and how much, and something that only a purchase has. */
export function areOrders(columns: readonly string[], targets: readonly Target[]): boolean {
	const has = (...roles: OrderRole[]) => roles.some((role) => targets.includes(role));
	return (
		has('customer', 'email', 'name') &&
		has('date') &&
		has('price', 'amount') &&
		(has('item', 'sku', 'quantity', 'number') || columns.length <= 4) &&
		!columns.some((column) => PERSON.has(spelling(column)))
	);
}

const isDate = (text: string) =>
	/^\d{8}|\d[-/.年]\d|[a-z]{3}/i.test(text) && (parseDate(text) ?? isSlashed(text)) !== false
		? parseDate(text) !== undefined || parseDate(text, 'mdy') !== undefined
		: false;

/**
 * Roles by content, samples given column by column: the first date; the customer left of it; right of it, words are the item,
 * whole numbers the quantity and the last decimal number the price, or the line's amount where no item is named.
 */
export function rolesByContent(samples: readonly (readonly string[])[]): Target[] | undefined {
	const most = (values: readonly string[], test: (text: string) => boolean, part = 0.9) => {
		const filled = values.filter(Boolean);
		return filled.length > 0 && filled.filter(test).length >= filled.length * part;
	};
	const date = samples.findIndex((values) => most(values, isDate));
	if (date < 0) return undefined;
	const roles: Target[] = samples.map(() => 'extra');
	roles[date] = 'date';
	const free = (test: (values: readonly string[]) => boolean, after = -1) =>
		samples.findIndex((values, i) => i > after && roles[i] === 'extra' && test(values));
	const money = samples.findLastIndex(
		(values, i) => i > date && most(values, (text) => /^-?\D?\d+[.,]\d+\D?$/.test(text), 0.5),
	);
	if (money < 0) return undefined;
	roles[money] = 'amount';
	const quantity = free((values) => most(values, (text) => /^-?\d{1,6}$/.test(text)), date);
	if (quantity >= 0) roles[quantity] = 'quantity';
	const item = free((values) => most(values, (text) => /\p{L}{2}/u.test(text)), date);
	if (item >= 0) {
		roles[item] = 'item';
		if (quantity >= 0) roles[money] = 'price';
	}
	const customer = free((values) => most(values, (text) => text !== ''));
	if (customer < 0) return undefined;
	roles[customer] = 'customer';
	return roles;
}
