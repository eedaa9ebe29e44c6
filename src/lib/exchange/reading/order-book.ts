/**
 * Order lines -> customers, products and orders. Lines of one order are gathered across the whole file, in file order, exact
 * duplicates included: two equal lines are two lines. What stays in memory are numbers and distinct texts, never rows.
 */
import { toMinor } from '#core/money.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { normalise } from '#schema/derive/index-keys.ts';
import type { OrderRole } from '../mapping/order-roles.ts';
import { parseDate, type DateOrder, type Moment } from './dates.ts';
import { parseNumber, type DecimalSign } from './numbers.ts';

export interface Customer {
	readonly key: string;
	readonly row: number;
	id?: string;
	email?: string;
	name?: string;
	phone?: string;
	readonly countries: Set<string>;
}

export interface Product {
	readonly key: string;
	readonly row: number;
	readonly name: string;
	readonly sku?: string;
	/** Of the latest sale, minor units; undefined when it was only given away or returned. */
	price?: number;
	pricedAt: number;
}

export interface Order {
	readonly key: string;
	readonly row: number;
	readonly customer: Customer;
	readonly at: number;
	readonly kind: 'sale' | 'return';
	readonly number?: string;
	readonly currency?: string;
	/** Product (or undefined), quantity, price in minor units: one after the other. */
	readonly products: (Product | undefined)[];
	readonly quantities: number[];
	readonly prices: number[];
	/** Columns that no field holds: distinct values by column. */
	readonly more: Map<string, Set<string>>;
}

type CellOf = (role: OrderRole) => string;

export interface OrderBook {
	readonly customers: ReadonlyMap<string, Customer>;
	readonly products: ReadonlyMap<string, Product>;
	readonly orders: ReadonlyMap<string, Order>;
	/** The failure's message is the reason the line is not in. */
	add(row: number, cells: readonly string[]): Result<'sale' | 'return'>;
}

export interface BookOptions {
	/** Column index of each role the file has. */
	readonly columns: Readonly<Partial<Record<OrderRole, number>>>;
	readonly extra: readonly { readonly name: string; readonly index: number }[];
	/** The customer column holds numbers or codes, by its name. */
	readonly customerIsCode: boolean;
	readonly currency: string;
	readonly decimal: DecimalSign;
	readonly dateOrder: DateOrder;
}

/** An order holds at most so many lines; more go on in another order of the same moment. */
const MAX_LINES = 2000;
const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/;

export function createOrderBook(options: BookOptions): OrderBook {
	const { columns, extra, decimal, dateOrder } = options;
	const customers = new Map<string, Customer>();
	const products = new Map<string, Product>();
	const orders = new Map<string, Order>();
	const moments = new Map<string, Moment | undefined>();
	/** Shop systems give customer and date once per order, on its first line. */
	const headByNumber = new Map<string, { customer: Customer; at: number }>();

	// A file of half a million lines holds a few thousand distinct texts: each is read once.
	const priceByText = new Map<string, number | undefined>();
	const scaleByCurrency = new Map<string, number>();
	const customerByText = new Map<string, Customer>();
	const productByText = new Map<string, Product>();
	const onlyCustomer = [columns.name, columns.email, columns.phone].every((i) => i === undefined);
	let last: Order | undefined;

	const momentOf = (text: string) => {
		if (!moments.has(text)) moments.set(text, parseDate(text, dateOrder));
		return moments.get(text);
	};

	return { customers, products, orders, add };

	function add(row: number, cells: readonly string[]): Result<'sale' | 'return'> {
		const cell = (role: OrderRole) => {
			const index = columns[role];
			return index === undefined ? '' : (cells[index] ?? '');
		};
		const number = cell('number');
		const head = number ? headByNumber.get(number) : undefined;
		const dateText = cell('date');
		const customer = customerOf(row, cell) ?? head?.customer;
		if (!customer) return bad('No customer stands in this line, so it counts for nobody.');
		const moment = dateText ? momentOf(dateText) : undefined;
		const at = moment?.at ?? (dateText ? undefined : head?.at);
		if (at === undefined)
			return bad(dateText ? `The date "${dateText}" is not understood.` : 'The line has no date.');

		const currency = currencyOf(cell('currency'));
		if (currency === undefined) return bad(`"${cell('currency')}" is no currency code like EUR.`);
		const line = lineOf(cell, currency || options.currency);
		if (!line.ok) return line;
		const { quantity, price } = line.value;

		const kind = quantity < 0 ? 'return' : 'sale';
		if (number && !head) headByNumber.set(number, { customer, at });
		const product = productOf(row, cell);
		if (
			product.ok &&
			product.value &&
			kind === 'sale' &&
			price > 0 &&
			at >= product.value.pricedAt
		) {
			product.value.price = Math.round(price);
			product.value.pricedAt = at;
		}
		if (!product.ok) return product;
		const order = orderOf(row, number, customer, at, kind, currency);
		order.products.push(product.value);
		order.quantities.push(quantity);
		order.prices.push(price);
		for (const { name, index } of extra) {
			const value = cells[index];
			if (!value) continue;
			const values = order.more.get(name) ?? new Set();
			order.more.set(name, values.add(value));
		}
		const country = cell('country');
		if (country) customer.countries.add(country);
		return ok(kind);
	}

	function customerOf(row: number, cell: CellOf): Customer | undefined {
		const said = cell('customer');
		const known = onlyCustomer && customerByText.get(said);
		if (known) return known;
		const text = said.replace(/^(\d+)\.0$/, '$1');
		const email = EMAIL.test(text) ? text : EMAIL.test(cell('email')) ? cell('email') : '';
		const isCode = text !== '' && !EMAIL.test(text) && (options.customerIsCode || /\d/.test(text));
		const name = isCode || EMAIL.test(text) ? cell('name') : text || cell('name');
		const phone = cell('phone');
		const key = isCode
			? `id:${normalise(text)}`
			: email
				? `email:${normalise(email)}`
				: name || phone
					? `name:${normalise(name)}|${phone}`
					: '';
		if (!key) return undefined;
		let customer = customers.get(key);
		if (!customer) {
			customer = { key, row, countries: new Set(), ...(isCode && { id: text }) };
			customers.set(key, customer);
		}
		if (email) customer.email ??= email;
		if (name) customer.name ??= name;
		if (phone) customer.phone ??= phone;
		customerByText.set(said, customer);
		return customer;
	}

	function lineOf(cell: CellOf, currency: string): Result<{ quantity: number; price: number }> {
		const said = (role: OrderRole) =>
			cell(role) === '' ? undefined : parseNumber(cell(role), decimal);
		for (const role of FIGURES)
			if (
				cell(role) !== '' &&
				said(role) === undefined &&
				(role !== 'amount' || cell('price') === '')
			)
				return bad(`The ${role} "${cell(role)}" is not a number.`);
		let quantity = said('quantity') ?? 1;
		const priceText = cell('price');
		let price = priceByText.get(priceText);
		if (price === undefined) priceByText.set(priceText, (price = said('price')));
		const amount = said('amount');
		if (price === undefined) {
			if (amount === undefined) return bad('The line has no price.');
			// A refund written as a negative amount is goods coming back.
			if (amount < 0 && quantity > 0) quantity = -quantity;
			price = quantity === 0 ? 0 : amount / quantity;
		}
		let scale = scaleByCurrency.get(currency);
		if (scale === undefined) scaleByCurrency.set(currency, (scale = toMinor(1, currency)));
		return ok({ quantity, price: withoutNoise(price * scale) });
	}

	function productOf(row: number, cell: CellOf): Result<Product | undefined> {
		const sku = cell('sku');
		const name = cell('item') || sku;
		if (!name) return ok(undefined);
		const text = sku || name;
		const known = productByText.get(text);
		if (known && Boolean(known.sku) === Boolean(sku)) return ok(known);
		if (name.length > 500) return bad('The item name is longer than 500 characters.');
		const key = sku ? `sku=${normalise(sku)}` : `name=${normalise(name)}`;
		let product = products.get(key);
		if (!product) {
			product = { key, row, name, pricedAt: -Infinity, ...(sku && { sku }) };
			products.set(key, product);
		}
		productByText.set(text, product);
		return ok(product);
	}

	function orderOf(
		row: number,
		number: string,
		customer: Customer,
		at: number,
		kind: Order['kind'],
		currency: string,
	): Order {
		if (
			last &&
			last.customer === customer &&
			last.at === at &&
			last.kind === kind &&
			(last.number ?? '') === number &&
			last.products.length < MAX_LINES
		)
			return last;
		const base = `${number ? `number=${normalise(number)}` : `at=${new Date(at).toISOString()}`}|${customer.key}|${kind}`;
		for (let part = 1; ; part++) {
			const key = part === 1 ? base : `${base}|${part}`;
			const order = orders.get(key);
			if (order && order.products.length >= MAX_LINES) continue;
			if (order) return (last = order);
			const made: Order = {
				key,
				row,
				customer,
				at,
				kind,
				...(number && { number }),
				...(currency && { currency }),
				products: [],
				quantities: [],
				prices: [],
				more: new Map(),
			};
			orders.set(key, made);
			return (last = made);
		}
	}
}

const FIGURES = ['quantity', 'price', 'amount'] as const;

/** 2.55 * 100 is 254.99999999999997; fractions of a penny are kept (0.001 a piece exists). */
function withoutNoise(minor: number): number {
	const whole = Math.round(minor);
	return Math.abs(minor - whole) < 1e-7 ? whole : Number(minor.toPrecision(13));
}

const bad = (reason: string) => fail('Invalid', reason);

const knownCurrencies = new Map<string, boolean>();

/** '' for none, undefined for a text that is no ISO 4217 code. */
function currencyOf(text: string): string | undefined {
	if (text === '') return '';
	const code = text.toUpperCase();
	let known = knownCurrencies.get(code);
	if (known === undefined) {
		known = /^[A-Z]{3}$/.test(code);
		knownCurrencies.set(code, known);
	}
	return known ? code : undefined;
}
