/**
 * Makes static/sample/ from the Online Retail data set: `node scripts/make-sample.mjs <online_retail.csv.gz>`. Deterministic.
 * 300 customers of at most 100 lines: 40 who bought on three days or more and then stayed away, 40 who bought on seven days or
 * more to the end, and others, each in the order of a hash of their number. The first two are more than their share on
 * purpose, so that every model has something to find: the excerpt stands for no shop. People and notes are invented.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { notes, people, tasks } from './sample-people.mjs';

const [, , source] = process.argv;
if (!source) {
	console.error('Say where the data is: node scripts/make-sample.mjs online_retail.csv.gz');
	process.exit(1);
}
const folder = join(import.meta.dirname, '..', 'static', 'sample');
const DAY = 86_400_000;
/** The last day of the data set; the app moves all days so that this one lies in the week when a workspace began. */
const LAST_DAY = Date.parse('2011-12-09');

const CUSTOMERS = 300;
const LOST = 40;
const LOYAL = 40;
const MOST_LINES = 100;
/** Of the named ones, those who bought for most; the rest are anybody. */
const NAMED_BY_REVENUE = 26;

const { data } = Papa.parse(gunzipSync(readFileSync(source)).toString(), {
	header: true,
	skipEmptyLines: true,
});
/** Lines without a customer belong to nobody. */
const rowsByCustomer = new Map();
for (const row of data.filter(({ CustomerID }) => CustomerID)) {
	const id = row.CustomerID.replace(/\.0$/, '');
	rowsByCustomer.set(id, [...(rowsByCustomer.get(id) ?? []), row]);
}

const isSale = (row) => Number(row.Quantity) > 0 && Number(row.UnitPrice) > 0;
const hash = (text) => createHash('sha256').update(`perennial${text}`).digest('hex');
const pool = [...rowsByCustomer]
	.map(([id, rows]) => {
		const sales = rows.filter(isSale);
		return {
			id,
			rows,
			days: [...new Set(sales.map((row) => row.InvoiceDate.slice(0, 10)))].sort(),
			revenue: sales.reduce((sum, row) => sum + row.Quantity * row.UnitPrice, 0),
		};
	})
	.filter(({ rows, days }) => days.length > 0 && rows.length <= MOST_LINES)
	.map((customer) => ({ ...customer, hash: hash(customer.id) }))
	.sort((a, b) => (a.hash < b.hash ? -1 : 1));

const lost = pool
	.filter(({ days }) => days.length >= 3 && days.at(-1) < '2011-07-01')
	.slice(0, LOST);
const loyal = pool
	.filter(({ days }) => days.length >= 7 && days[0] < '2011-03-01' && days.at(-1) >= '2011-11-01')
	.slice(0, LOYAL);
const chosen = new Set([...lost, ...loyal]);
const others = pool.filter((one) => !chosen.has(one)).slice(0, CUSTOMERS - chosen.size);
const customers = [...chosen, ...others].sort((a, b) => Number(a.id) - Number(b.id));

const byRevenue = [...customers].sort((a, b) => b.revenue - a.revenue);
const rich = byRevenue.slice(0, NAMED_BY_REVENUE);
const anybody = byRevenue
	.slice(NAMED_BY_REVENUE)
	.sort((a, b) => (a.hash < b.hash ? -1 : 1))
	.slice(0, people.length - NAMED_BY_REVENUE);
const named = [...rich, ...anybody].sort((a, b) => (a.hash < b.hash ? -1 : 1));

const mailOf = ([first, last, , , local]) =>
	`${local ?? `${first}.${last}`.toLowerCase()}@example.com`;
const personById = new Map(named.map(({ id }, i) => [id, people[i]]));
const phoneOf = (i) => `+1 202 555 ${String(100 + i).padStart(4, '0')}`;
const dayFrom = (offset) => new Date(LAST_DAY + offset * DAY).toISOString().slice(0, 10);

function stageOf({ days }) {
	const daysSince = (day) => (LAST_DAY - Date.parse(day)) / DAY;
	if (daysSince(days[0]) <= 60) return 'New';
	const silent = daysSince(days.at(-1));
	return silent > 240 ? 'Churned' : silent > 120 ? 'Dormant' : 'Active';
}

const tables = {
	'sample-contacts.csv': customers.map((customer) => {
		const person = personById.get(customer.id);
		const [firstName = '', lastName = '', title = '', company = ''] = person ?? [];
		return {
			'Customer number': customer.id,
			'First name': firstName,
			'Last name': lastName,
			'Job title': title,
			Company: company,
			'E-mail': person ? mailOf(person) : '',
			Phone: person ? phoneOf(people.indexOf(person)) : '',
			Stage: stageOf(customer),
			Country: customer.rows[0].Country,
		};
	}),
	'sample-orders.csv': customers
		.flatMap(({ id, rows }) =>
			rows.map(({ InvoiceDate, Description, Quantity, UnitPrice }) => ({
				CustomerID: id,
				InvoiceDate: InvoiceDate.slice(0, 16),
				Description,
				Quantity,
				UnitPrice,
			})),
		)
		.sort((a, b) => (a.InvoiceDate < b.InvoiceDate ? -1 : a.InvoiceDate > b.InvoiceDate ? 1 : 0)),
	'sample-notes.csv': notes.map(([who, before, time, kind, minutes, subject, text]) => ({
		When: `${dayFrom(-before)}T${time}`,
		Kind: kind,
		Subject: subject,
		Text: text,
		Minutes: minutes || '',
		Contact: mailOf(people[who]),
	})),
	'sample-tasks.csv': tasks.map(([who, after, state, task, text]) => ({
		Task: task,
		Due: dayFrom(after),
		State: state,
		Contact: mailOf(people[who]),
		Notes: text,
	})),
};

mkdirSync(folder, { recursive: true });
for (const [name, rows] of Object.entries(tables)) {
	const text = `${Papa.unparse(rows, { newline: '\n' })}\n`;
	writeFileSync(join(folder, name), text);
	console.log(`${name}: ${rows.length} rows, ${Buffer.byteLength(text)} bytes`);
}
