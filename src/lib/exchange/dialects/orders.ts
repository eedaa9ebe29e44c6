/**
 * Order lines: a contact per customer, a product per item, an order per order number, or per customer and moment. Returns are
 * orders of their own. Columns nobody knows stand in the order's notes, one line a column.
 */
import { fail, ok, type Result } from '#core/result.ts';
import { spelling } from '#schema/derive/import-aliases.ts';
import { normalise } from '#schema/derive/index-keys.ts';
import { validateNew } from '#schema/derive/validate.ts';
import type { Fields } from '#schema/values.ts';
import { contact } from '#entities/contact.ts';
import { order } from '#entities/order.ts';
import { product } from '#entities/product.ts';
import { breathe } from '../breathe.ts';
import type { Target } from '../mapping/columns.ts';
import { splitName } from '../mapping/names.ts';
import {
	areOrders,
	mapOrderColumns,
	rolesByContent,
	type OrderRole,
} from '../mapping/order-roles.ts';
import { sniffDecimal } from '../reading/numbers.ts';
import {
	createOrderBook,
	type Customer,
	type Order,
	type OrderBook,
	type Product,
} from '../reading/order-book.ts';
import type { Table, TableRow } from '../reading/table.ts';
import { recordId } from '../writing/identity.ts';
import { patchFor } from '../writing/merge.ts';
import { commit, createUpsert, type Importing, type Item } from '../writing/upsert.ts';
import type { WriteOp } from '../target.ts';
import { HEADERLESS, samplesOf, voteOn } from './csv.ts';
import type { DialectModule, Opened, ProgressListener, Settings } from './dialect.ts';

const BATCH = 1000;
const BATCH_LINES = 20_000;
const SHOWN = 10;
/** Stands in lines of files that name no item; nothing is sold under it, so it gets no product. */
const UNNAMED = 'Unspecified item';

export const orders: DialectModule = {
	name: 'orders',
	recognises(opened, { entity, mapping }) {
		const table = opened.table();
		if (!table.ok || (entity !== undefined && entity !== order.name)) return false;
		return areOrders(table.value.columns, targetsOf(table.value, mapping));
	},
	preview(opened, settings) {
		const opening = open(opened, settings);
		if (!opening.ok) return opening;
		const { table, targets, book, notes } = opening.value;
		const failed: TableRow[] = [];
		const reasons: string[] = [];
		for (const row of table.sample) {
			const added = row.problem ? fail('Invalid', row.problem) : book.add(row.row, row.cells);
			if (added.ok) continue;
			failed.push(row);
			reasons.push(added.error.message);
		}
		const nameOf = ({ id, name, email }: Customer) => name ?? email ?? `#${id}`;
		const shown = (entity: typeof contact | typeof product | typeof order, fields: Fields[]) =>
			fields.slice(0, SHOWN).flatMap((one) => {
				const checked = validateNew(entity, one);
				return checked.ok ? [{ entity: entity.name, fields: checked.value }] : [];
			});
		return ok({
			entity: order.name,
			delimiter: table.delimiter,
			notes,
			columns: table.columns.map((name, i) => ({
				name,
				field: targets[i] ?? null,
				samples: table.sample
					.map(({ cells }) => cells[i] ?? '')
					.filter(Boolean)
					.slice(0, 3),
			})),
			records: [
				...shown(
					order,
					[...book.orders.values()].map((one) =>
						orderFields(one, nameOf(one.customer), ({ name }) => name),
					),
				),
				...shown(contact, [...book.customers.values()].map(contactFields)),
				...shown(product, [...book.products.values()].map(productFields)),
			],
			failed: failed.map((row, i) => ({ row: row.row, reason: reasons[i]!, raw: row.raw() })),
		});
	},
	async run(opened, settings, importing, onProgress) {
		const opening = open(opened, settings);
		if (!opening.ok) return opening;
		const { table, book, notes } = opening.value;
		const { tally, signal } = importing;
		tally.columns = table.columns;
		tally.notes.push(...notes);
		for (const { rows, bytes } of table.rows()) {
			for (const row of rows) {
				tally.rows++;
				const added = row.problem ? fail('Invalid', row.problem) : book.add(row.row, row.cells);
				if (!added.ok)
					tally.failed.push({ row: row.row, reason: added.error.message, raw: row.raw() });
				else if (added.value === 'return') tally.apart('returns');
			}
			onProgress({ stage: 'reading', done: bytes, total: table.size, rows: tally.rows });
			await breathe();
			if (signal?.aborted) return fail('Cancelled', 'The import was cancelled.');
		}
		return writeBook(book, importing, onProgress);
	},
};

function targetsOf(table: Table, mapping: Settings['options']['mapping'] = {}): Target[] {
	const named = mapOrderColumns(table.columns, mapping);
	if (!table.headerless) return named;
	const byContent = rolesByContent(samplesOf(table)) ?? [];
	const taken = new Set(Object.values(mapping));
	return named.map((target, i) => {
		if (mapping[table.columns[i]!] !== undefined) return target;
		const guess = byContent[i] ?? 'extra';
		return taken.has(guess) || (guess === 'amount' && taken.has('price')) ? 'extra' : guess;
	});
}

function open(opened: Opened, { options, currency }: Settings) {
	const opening = opened.table();
	if (!opening.ok) return opening;
	const table = opening.value;
	const targets = targetsOf(table, options.mapping);
	const columns: Partial<Record<OrderRole, number>> = {};
	targets.forEach((target, i) => {
		if (target && target !== 'extra') columns[target as OrderRole] ??= i;
	});
	const lacking = [
		columns.customer ?? columns.email ?? columns.name ?? columns.phone ?? 'customer',
		columns.date ?? 'date',
		columns.price ?? columns.amount ?? 'price',
	].filter((one) => typeof one === 'string');
	if (lacking.length > 0)
		return fail(
			'Unreadable',
			`Order lines need a customer, a date and a price. Say which column is the ${lacking.join(' and the ')}.`,
		);
	const vote = voteOn(table, [columns.date!]);
	const header = spelling(table.columns[columns.customer ?? -1] ?? '');
	const numeric = [columns.price, columns.amount, columns.quantity].filter((i) => i !== undefined);
	const book = createOrderBook({
		columns,
		extra: targets.flatMap((target, index) =>
			target === 'extra' ? [{ name: table.columns[index]!, index }] : [],
		),
		customerIsCode: /id$|no$|number$|code$|编号$|号$/.test(header),
		currency,
		decimal: sniffDecimal(numeric.flatMap((i) => table.sample.map(({ cells }) => cells[i] ?? ''))),
		dateOrder: vote?.order ?? 'dmy',
	});
	const notes = [...(table.headerless ? [HEADERLESS] : []), ...(vote ? [vote.reason] : [])];
	return ok({ table, targets, book, notes });
}

const contactFields = ({ id, email, name, phone, countries }: Customer): Fields => ({
	...(id && { externalId: id }),
	...(name && splitName(name)),
	...(email && { email: normalise(email) }),
	...(phone && /\d/.test(phone) && phone.length <= 60 && { phone }),
	...(countries.size > 0 && {
		addresses: [...countries].slice(0, 50).map((country) => ({ country: country.slice(0, 500) })),
	}),
});

const productFields = ({ name, sku, price }: Product): Fields => ({
	name,
	...(sku && { sku }),
	...(price !== undefined && { price }),
});

const notesOf = ({ more }: Order) =>
	[...more]
		.map(([column, values]) => `${column}: ${[...values].join('; ')}`)
		.join('\n')
		.slice(0, 50_000);

const orderFields = (one: Order, customer: string, idOf: (product: Product) => string): Fields => ({
	customer,
	placedAt: new Date(one.at).toISOString(),
	kind: one.kind,
	lines: one.products.map((item, i) => ({
		product: item ? idOf(item) : UNNAMED,
		quantity: one.quantities[i]!,
		price: one.prices[i]!,
	})),
	...(one.number && { number: one.number.slice(0, 500) }),
	...(one.currency && { currency: one.currency }),
	...(one.more.size > 0 && { notes: notesOf(one) }),
});

async function writeBook(
	book: OrderBook,
	importing: Importing,
	onProgress: ProgressListener,
): Promise<Result<void>> {
	// By month, oldest first: orders lie in documents by month, and each is opened a few times only.
	const sorted = [...book.orders.values()].sort((a, b) => a.at - b.at || a.row - b.row);
	const customers = [...new Set(sorted.map(({ customer }) => customer))];
	const total = customers.length + book.products.size + sorted.length;
	let done = 0;
	const upsert = createUpsert(importing);
	const step = async (count: number) => {
		done += count;
		onProgress({ stage: 'writing', done, total });
		await breathe();
	};
	const upsertAll = async <T extends { key: string; row: number }>(
		entity: typeof contact | typeof product,
		things: readonly T[],
		fieldsOf: (thing: T) => Fields,
		initial?: Fields,
	): Promise<Result<Map<T, string>>> => {
		const idByThing = new Map<T, string>();
		for (let from = 0; from < things.length; from += BATCH) {
			const some = things.slice(from, from + BATCH);
			const items = some.map((thing): Item => {
				const fields = fieldsOf(thing);
				// A customer known by name alone is found again by that name, whatever else the next file says.
				const named = thing.key.startsWith('name:') && !('phone' in fields);
				return { row: thing.row, fields, initial, ...(named && { key: `customer=${thing.key}` }) };
			});
			const ids = await upsert(entity, items, 'fill');
			if (!ids.ok) return ids;
			ids.value.forEach((id, i) => id !== undefined && idByThing.set(some[i]!, id));
			await step(some.length);
		}
		return ok(idByThing);
	};

	// Somebody who bought is no lead. Later stages are the team's, or a rule's, to set.
	const contactIds = await upsertAll(contact, customers, contactFields, { lifecycle: 'active' });
	if (!contactIds.ok) return contactIds;
	const productIds = await upsertAll(product, [...book.products.values()], productFields);
	if (!productIds.ok) return productIds;

	const taken = new Set<string>();
	for (const some of inBatches(sorted)) {
		const written = await writeOrders(some, contactIds.value, productIds.value, importing, taken);
		if (!written.ok) return written;
		await step(some.length);
	}
	return ok(undefined);
}

function* inBatches(sorted: readonly Order[]): Generator<Order[]> {
	let batch: Order[] = [];
	let lines = 0;
	for (const one of sorted) {
		batch.push(one);
		lines += one.products.length;
		if (batch.length < BATCH && lines < BATCH_LINES) continue;
		yield batch;
		batch = [];
		lines = 0;
	}
	if (batch.length > 0) yield batch;
}

async function writeOrders(
	some: readonly Order[],
	contactIds: ReadonlyMap<Customer, string>,
	productIds: ReadonlyMap<Product, string>,
	importing: Importing,
	taken: Set<string>,
): Promise<Result<void>> {
	const { target, info, tally } = importing;
	const own = await Promise.all(some.map(({ key }) => recordId(info.workspaceId, order.name, key)));
	const ids = await existingIds(some, own, importing, taken);
	const current = await target.read(ids);
	const batch: WriteOp[] = [];
	const statuses: [string, 'created' | 'updated' | 'unchanged'][] = [];
	some.forEach((one, i) => {
		const id = ids[i]!;
		const customer = contactIds.get(one.customer);
		const failed = (reason: string) => void tally.failed.push({ row: one.row, reason });
		if (customer === undefined) return failed('The customer of this order could not be kept.');
		const fields = orderFields(one, customer, (item) => productIds.get(item) ?? item.name);
		const before = current[i];
		if (before) {
			const patch = patchFor(order, before, fields, 'change');
			const changed = Object.keys(patch).length > 0;
			if (changed) batch.push({ op: 'update', id, patch });
			statuses.push([id, changed ? 'updated' : 'unchanged']);
			return;
		}
		const checked = validateNew(order, fields);
		if (!checked.ok) return failed(checked.error.message);
		batch.push({ op: 'create', id, entity: order.name, fields: checked.value });
		statuses.push([id, 'created']);
	});
	const written = await commit(importing, batch);
	if (!written.ok) return written;
	for (const [id, status] of statuses) tally.count(id, status);
	return ok(undefined);
}

/** The id derived from the order's key, or the record that carries its number already, if that is of the same kind. */
async function existingIds(
	some: readonly Order[],
	own: readonly string[],
	{ target }: Importing,
	taken: Set<string>,
): Promise<readonly string[]> {
	const numbers = [...new Set(some.flatMap(({ number }) => (number ? [normalise(number)] : [])))];
	if (numbers.length === 0) return own;
	const found = await target.find(order.name, 'number', numbers);
	const idByNumber = new Map(numbers.map((number, i) => [number, found[i]]));
	const byNumber = some.map(({ number }) => idByNumber.get(normalise(number ?? '')));
	const wanted = [...new Set([...own, ...byNumber.filter((id) => id !== undefined)])];
	const records = await target.read(wanted);
	const recordById = new Map(wanted.map((id, i) => [id, records[i]]));
	const owned = new Set(own);
	return some.map((one, i) => {
		const id = byNumber[i];
		const record = id ? recordById.get(id) : undefined;
		const usable =
			id &&
			record &&
			!recordById.get(own[i]!) &&
			!owned.has(id) &&
			!taken.has(id) &&
			record.kind === one.kind;
		const chosen = usable ? id : own[i]!;
		taken.add(chosen);
		return chosen;
	});
}
