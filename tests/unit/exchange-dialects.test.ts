/** Header rows of 15 real exports, a filled row of each, and the vCards of real devices. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unwrap } from '#core/result.ts';
import { rowsToCsv } from '#exchange/csv.ts';
import { preview, runImport } from '#exchange/import.ts';
import { memoryTarget } from '#tests/support/memory-target.ts';
import { sharedPath } from '#tests/support/shared.ts';

const info = { workspaceId: 'w', importId: 'i', currency: 'GBP', now: 0 };
const text = (data: string) => ({ name: 'file', data });

const headers = sharedPath('import_headers.json');
const columnsOf = (dialect: string): string[] =>
	(JSON.parse(readFileSync(headers!, 'utf8')) as Record<string, { columns: string[] }>)[dialect]!
		.columns;

const person = {
	firstName: 'Ann',
	lastName: 'Lee',
	email: 'ann@example.com',
	phone: '+44 20 7946 0001',
	company: 'Acme',
	jobTitle: 'Buyer',
};

/** Dialect -> which of its columns hold the person above, and what else must come out. */
const cases: Record<string, { cells: Record<string, string>; also?: object; without?: string[] }> =
	{
		google_contacts_2024plus: {
			cells: {
				'First Name': 'Ann',
				'Last Name': 'Lee',
				'E-mail 1 - Label': '* Work',
				'E-mail 1 - Value': 'Ann@example.com ::: ann2@example.com',
				'E-mail 2 - Label': 'Home',
				'E-mail 2 - Value': 'ann@home.example',
				'Phone 1 - Label': 'Mobile',
				'Phone 1 - Value': '+44 20 7946 0001',
				'Organization Name': 'Acme',
				'Organization Title': 'Buyer',
				Labels: '* myContacts ::: Friends',
				'Address 1 - Label': 'Home',
				'Address 1 - Street': '1 High St',
				'Address 1 - City': 'Leeds',
				'Custom Field 1 - Label': 'Shoe size',
				'Custom Field 1 - Value': '38',
				Photo: 'https://example.com/p.jpg',
				Nickname: 'Annie',
			},
			also: {
				tags: ['Friends'],
				otherEmails: [
					{ label: 'Work', value: 'ann2@example.com' },
					{ label: 'Home', value: 'ann@home.example' },
				],
				addresses: [{ label: 'Home', street: '1 High St', city: 'Leeds' }],
				extra: { 'Shoe size': '38', Nickname: 'Annie' },
			},
		},
		google_contacts_legacy: {
			cells: {
				Name: 'Ann Lee',
				'Given Name': 'Ann',
				'Family Name': 'Lee',
				'E-mail 1 - Type': '* Work',
				'E-mail 1 - Value': 'ann@example.com',
				'Phone 1 - Type': 'Work',
				'Phone 1 - Value': '+44 20 7946 0001',
				'Organization 1 - Name': 'Acme',
				'Organization 1 - Title': 'Buyer',
				'Organization 1 - Department': 'Toys',
				'Address 1 - Formatted': '1 High St, Leeds',
			},
			also: { extra: { Department: 'Toys' }, addresses: [{ street: '1 High St, Leeds' }] },
		},
		outlook_com_61: {
			cells: {
				'First Name': 'Ann',
				'Last Name': 'Lee',
				Title: 'Ms',
				'E-mail Address': 'ann@example.com',
				'E-mail 2 Address': 'ann@home.example',
				'Mobile Phone': '+44 20 7946 0001',
				'Business Fax': '+44 20 7946 0009',
				'Home Phone': '+44 113 496 0000',
				'Job Title': 'Buyer',
				Company: 'Acme',
				'Business Street': '1 High St',
				'Business Country/Region': 'UK',
				'Web Page': 'https://acme.example',
			},
			also: {
				otherEmails: [{ value: 'ann@home.example' }],
				otherPhones: [
					{ label: 'Home', value: '+44 113 496 0000' },
					{ label: 'Work Fax', value: '+44 20 7946 0009' },
				],
				addresses: [{ label: 'Work', street: '1 High St', country: 'UK' }],
				websites: [{ value: 'https://acme.example' }],
				extra: { Title: 'Ms' },
			},
		},
		outlook_csv_as_exported_by_google: {
			cells: {
				'First Name': 'Ann',
				'Last Name': 'Lee',
				'E-mail Address': 'ann@example.com',
				'Primary Phone': '+44 20 7946 0001',
				Company: 'Acme',
				'Job Title': 'Buyer',
				'Home Street': '1 High St',
				'Home Street 2': 'Flat 2',
				'Home Address PO Box': 'PO 7',
				Categories: 'VIP;Press',
				'Referred By': 'Bob',
			},
			also: {
				tags: ['VIP', 'Press'],
				addresses: [{ label: 'Home', street: '1 High St, Flat 2, PO 7' }],
				extra: { 'Referred By': 'Bob' },
			},
		},
		outlook_desktop_en: {
			cells: {
				'First Name': 'Ann',
				'Last Name': 'Lee',
				'E-mail Address': 'ann@example.com',
				'E-mail Type': 'SMTP',
				'E-mail Display Name': 'Ann Lee (ann@example.com)',
				'Business Phone': '+44 20 7946 0001',
				"Assistant's Phone": '+44 20 7946 0005',
				Company: 'Acme',
				Account: 'A7',
				'Job Title': 'Buyer',
			},
			also: {
				otherPhones: [{ label: 'Assistant', value: '+44 20 7946 0005' }],
				extra: {
					'E-mail Type': 'SMTP',
					'E-mail Display Name': 'Ann Lee (ann@example.com)',
					Account: 'A7',
				},
			},
		},
		outlook_desktop_zh_CN: {
			cells: {
				名: 'Ann',
				姓: 'Lee',
				单位: 'Acme',
				部门: '采购部',
				职务: 'Buyer',
				电子邮件地址: 'ann@example.com',
				'电子邮件 2 地址': 'ann@home.example',
				移动电话: '+44 20 7946 0001',
				商务传真: '010 6552 9988',
				'商务地址 街道': '长安街1号',
				'商务地址 市/县': '北京',
				'商务地址 邮政编码': '100000',
				'商务地址 国家/地区': '中国',
				附注: '老客户',
			},
			also: {
				notes: '老客户',
				otherEmails: [{ value: 'ann@home.example' }],
				otherPhones: [{ label: 'Work Fax', value: '010 6552 9988' }],
				addresses: [
					{ label: 'Work', street: '长安街1号', city: '北京', postcode: '100000', country: '中国' },
				],
				extra: { 部门: '采购部' },
			},
		},
		thunderbird: {
			cells: {
				'First Name': 'Ann',
				'Last Name': 'Lee',
				'Display Name': 'Ann Lee',
				'Primary Email': 'ann@example.com',
				'Secondary Email': 'ann@home.example',
				'Mobile Number': '+44 20 7946 0001',
				'Fax Number': '+44 20 7946 0009',
				Organization: 'Acme',
				'Job Title': 'Buyer',
				'Work Address': '1 High St',
				'Work ZipCode': 'LS1',
				'Web Page 1': 'https://acme.example',
				'Custom 1': 'x',
			},
			also: {
				otherEmails: [{ label: 'Secondary', value: 'ann@home.example' }],
				otherPhones: [{ label: 'Fax', value: '+44 20 7946 0009' }],
				addresses: [{ label: 'Work', street: '1 High St', postcode: 'LS1' }],
				extra: { 'Custom 1': 'x' },
			},
		},
		hubspot_contacts_default_view: {
			cells: {
				'Record ID': '901',
				'First Name': 'Ann',
				'Last Name': 'Lee',
				Email: 'ann@example.com',
				'Phone Number': '+44 20 7946 0001',
				'Contact owner': 'Bob',
				'Associated Company': 'Acme',
				'Primary Associated Company ID': '77',
				'Lead Status': 'IN_PROGRESS',
			},
			also: {
				externalId: '901',
				owner: 'Bob',
				extra: { 'Primary Associated Company ID': '77', 'Lead Status': 'IN_PROGRESS' },
			},
			without: ['jobTitle'],
		},
		hubspot_contacts_variant: {
			cells: {
				'Record ID': '901',
				'First Name': 'Ann',
				'Last Name': 'Lee',
				Email: 'ann@example.com',
				'Phone Number': '+44 20 7946 0001',
				'Preferred channels': 'email;phone',
			},
			also: { externalId: '901', extra: { 'Preferred channels': 'email;phone' } },
			without: ['jobTitle', 'company'],
		},
		pipedrive_import_sample: {
			cells: {
				'Person - Name*': 'Ann Lee',
				'Person - Phone': '+44 20 7946 0001',
				'Person - Email (Work)': 'ann@example.com',
				'Person - Email (Home)': 'ann@home.example',
				'Organization - Name*': 'Acme',
				'Organization - Address': '1 High St',
				'Deal - Title': 'Big one',
				'Note - Content*': 'Call back',
			},
			also: {
				otherEmails: [{ label: 'Home', value: 'ann@home.example' }],
				addresses: [{ label: 'Work', street: '1 High St' }],
				notes: 'Call back',
				extra: { 'Deal - Title': 'Big one' },
			},
			without: ['jobTitle'],
		},
		pipedrive_deals_list_view_export: {
			cells: {
				'Deal - Title': 'Big one',
				'Deal - Value': '1000',
				'Deal - Contact person': 'Ann Lee',
				'Organization - Name': 'Acme',
			},
			also: { extra: { 'Deal - Title': 'Big one', 'Deal - Value': '1000' } },
			without: ['jobTitle', 'email', 'phone'],
		},
		salesforce_data_export_Contact_csv: {
			cells: {
				Id: '0035g00000ABCDEFGH',
				LastName: 'Lee',
				FirstName: 'Ann',
				MailingStreet: '1 High St',
				MailingPostalCode: 'LS1',
				MailingCountry: 'UK',
				Phone: '+44 20 7946 0001',
				MobilePhone: '+44 7700 900001',
				Email: 'ann@example.com',
				Title: 'Buyer',
				Birthdate: '1980-01-02',
				Description: 'Likes tea',
				HasOptedOutOfEmail: '1',
			},
			also: {
				birthday: '1980-01-02',
				notes: 'Likes tea',
				otherPhones: [{ label: 'Mobile', value: '+44 7700 900001' }],
				addresses: [{ label: 'Mailing', street: '1 High St', postcode: 'LS1', country: 'UK' }],
				extra: { Id: '0035g00000ABCDEFGH', HasOptedOutOfEmail: '1' },
			},
			without: ['company'],
		},
		atomic_crm_contacts: {
			cells: {
				first_name: 'Ann',
				last_name: 'Lee',
				title: 'Buyer',
				company: 'Acme',
				email_work: 'ann@example.com',
				email_home: 'ann@home.example',
				phone_work: '+44 20 7946 0001',
				linkedin_url: 'https://linkedin.com/in/ann',
				background: 'Met in Leeds',
				status: 'warm',
			},
			also: {
				notes: 'Met in Leeds',
				otherEmails: [{ label: 'Home', value: 'ann@home.example' }],
				websites: [{ label: 'LinkedIn', value: 'https://linkedin.com/in/ann' }],
				extra: { status: 'warm' },
			},
		},
	};

describe.skipIf(!headers)('address books of others', () => {
	for (const [dialect, { cells, also, without = [] }] of Object.entries(cases))
		it(dialect, async () => {
			const columns = columnsOf(dialect);
			expect(columns).toEqual(expect.arrayContaining(Object.keys(cells)));
			const file = rowsToCsv([columns, columns.map((column) => cells[column])]);
			const shown = unwrap(await preview(text(`\uFEFF${file}`)));
			expect(shown.dialect).toBe(dialect.startsWith('google') ? 'google' : 'csv');
			expect(shown.failed).toEqual([]);
			const expected = Object.fromEntries(
				Object.entries(person).filter(([name]) => !without.includes(name)),
			);
			expect(shown.records).toMatchObject([
				{ entity: 'contact', fields: { ...expected, ...also } },
			]);
		});

	it('hubspot companies and deals become companies', async () => {
		for (const dialect of ['hubspot_companies_default_view', 'hubspot_deals_as_used']) {
			const columns = columnsOf(dialect);
			const row = columns.map((column) =>
				/^(Company name|Associated Company)$/.test(column) ? 'Acme' : `${column}!`,
			);
			const shown = unwrap(await preview(text(rowsToCsv([columns, row]))));
			expect(shown.records).toMatchObject([{ entity: 'company', fields: { name: 'Acme' } }]);
		}
	});

	it('every dialect has its case', () => {
		const all = Object.keys(JSON.parse(readFileSync(headers!, 'utf8')) as object);
		const companies = ['hubspot_companies_default_view', 'hubspot_deals_as_used'];
		expect([...Object.keys(cases), ...companies].sort()).toEqual(all.sort());
	});
});

const cards = sharedPath('contacts', 'vcard');

describe.skipIf(!cards)('vCards of real devices', () => {
	for (const name of readdirSync(cards ?? '.').filter((file) => file.endsWith('.vcf')))
		it(name, async () => {
			const bytes = readFileSync(`${cards}/${name}`);
			const count = bytes.toString('latin1').match(/^BEGIN:VCARD/gim)!.length;
			const target = memoryTarget();
			const source = { name, data: new Blob([bytes]) };
			const report = unwrap(await runImport(source, {}, target, info));
			expect(report.rows).toBe(count);
			expect(report.failed).toEqual([]);
			expect(report.created).toBe(count);
			for (const contact of target.of('contact')) {
				expect(contact.name).not.toBe('');
				expect(JSON.stringify(contact)).not.toMatch(/[A-Za-z0-9+/]{60}|=[0-9A-F]{2}=/);
			}
			const again = unwrap(await runImport(source, {}, target, info));
			expect([again.created, again.updated]).toEqual([0, 0]);
		});

	it('keeps labels, lists and what it does not know', async () => {
		const read = async (name: string) =>
			unwrap(await preview({ name, data: new Blob([readFileSync(`${cards}/${name}`)]) }))
				.records[0]!.fields;
		expect(await read('John_Doe_IPHONE.vcf')).toMatchObject({
			firstName: 'John',
			lastName: 'Doe',
			company: 'IBM',
			jobTitle: 'Money Counter',
			phone: '905-555-1234',
			email: 'john.doe@ibm.com',
			otherPhones: expect.arrayContaining([
				{ label: 'Home Fax', value: '905-888-1234' },
				{ label: 'AssistantPhone', value: '905-222-1234' },
			]) as unknown,
			extra: { Department: 'Accounting', NICKNAME: 'Johny' },
		});
		expect(await read('outlook-2003.vcf')).toMatchObject({
			firstName: 'John',
			company: 'Company, The',
			notes: 'This is the note field!!\nSecond line\n\nThird line is empty',
			addresses: [
				{
					label: 'Work',
					street: 'TheOffice, 123 Main St',
					city: 'Austin',
					country: 'United States of America',
				},
			],
		});
		expect(await read('rfc6350-example.vcf')).toMatchObject({
			firstName: 'Simon',
			lastName: 'Perreault',
			phone: '+1-418-656-9254 ext 102',
			birthday: '--02-03',
		});
	});
});
