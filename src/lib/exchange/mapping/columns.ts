/**
 * Which field each column of a table means. First the entity's own names, labels and aliases; then patterns for what repeats
 * in address-book exports (`Home Phone 2`, `MailingPostalCode`, `email_work`, `商务地址 街道`). A column nobody knows goes to
 * `extra` under its own name. The result is plain text, so a person can change it:
 * `email`, `name`, `otherPhones.Home`, `otherEmails.Work`, `websites.LinkedIn`, `addresses.Home.city`, `extra`, or null.
 */
import { fieldForColumn, spelling } from '#schema/derive/import-aliases.ts';
import type { Entity } from '#schema/entity.ts';
import { failedColumns } from '../csv.ts';
import { own } from '../own.ts';

export type Target = string | null;

/** Spellings of single columns that are nobody's alias, per entity. */
const MORE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	contact: {
		birthdate: 'birthday',
		出生年月: 'birthday',
		dealcontactperson: 'name',
		contactperson: 'name',
		contactname: 'name',
		dealorganization: 'company',
		organisationname: 'company',
		notecontent: 'notes',
	},
	company: {
		recordid: 'externalId',
		company: 'name',
		associatedcompany: 'name',
		organization: 'name',
		organizationname: 'name',
		accountname: 'name',
	},
};

const PLACES: Readonly<Record<string, string>> = {
	business: 'Work',
	work: 'Work',
	office: 'Work',
	商务: 'Work',
	商务地址: 'Work',
	home: 'Home',
	住宅: 'Home',
	住宅地址: 'Home',
	other: 'Other',
	其他: 'Other',
	其他地址: 'Other',
	mobile: 'Mobile',
	cell: 'Mobile',
	移动: 'Mobile',
	手机: 'Mobile',
	primary: 'Primary',
	主要: 'Primary',
	organization: 'Work',
};

const PART =
	'street|address|city|town|state|province|region|county|postal code|post code|postcode|zip|zip code|zipcode|country|country region|po box|address po box|街道|地址|市 县|城市|市|省|省份|省 市 自治区|邮政编码|邮编|国家|国家 地区|邮箱';
const ADDRESS = new RegExp(
	`^(?:(home|business|work|other|mailing|billing|shipping|primary|organization|商务地址|住宅地址|其他地址) )?(${PART})(?: (\\d))?$`,
);
const PHONE_WORD = 'phone|telephone|tel|mobile|cell|cellphone|fax|pager|telex|isdn|callback';
const PHONE = new RegExp(
	`^(?:((?:\\S+ ){0,3}?\\S+) )?(${PHONE_WORD})(?: (?:number|no))?(?: (\\d))?$`,
);
const PHONE_LABEL = /^phone (work|home|mobile|cell|other|office|business|main|fax)$/;
const PHONE_ZH = /^(.*?)(电话|传真|手机|寻呼机|电报)号?码?(?: (\d))?$/;
const EMAIL =
	/^(?:(primary|secondary|work|home|other|personal|business|alternate) )?e ?mail(?: address)?(?: (\d))?(?: address)?(?: (work|home|other|personal))?$/;
const EMAIL_ZH = /^(?:电子)?(?:邮件|邮箱)(?: (\d))? ?(?:地址)?$/;
const WEBSITE =
	/^(?:(personal|work|company) )?(?:web ?page|web ?site|url|home ?page|网页|网址|网站|主页)(?: \d)?$/;
const SOCIAL =
	/^(linked ?in|facebook|twitter|instagram|github|weibo|微博)(?: (?:url|profile|page))?$/;

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const placeOf = (word: string | undefined) => (word ? (own(PLACES, word) ?? capital(word)) : '');

const wordsOf = (column: string): string =>
	column
		.normalize('NFKC')
		.replace(/\*$/, '')
		.replace(/^Person - /i, '')
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.replace(/['’]s?\b/g, '')
		.replace(/[_\-/.()[\]:]+/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();

function partOf(word: string): string {
	if (/street|address$|街道|地址/.test(word)) return 'street';
	if (/box|邮箱/.test(word)) return 'street';
	if (/city|town|市 县|^城?市$/.test(word)) return 'city';
	if (/state|province|region$|county|省/.test(word) && !word.startsWith('country')) return 'region';
	return /post|zip|邮/.test(word) ? 'postcode' : 'country';
}

/** Phones, e-mails, links and addresses by the shape of the column's name. */
function byPattern(column: string): string | undefined {
	const words = wordsOf(column);
	let match = EMAIL.exec(words);
	if (match) {
		const label = placeOf(match[1] ?? match[3]);
		return label && label !== 'Primary'
			? `otherEmails.${label}`
			: match[2] && match[2] !== '1'
				? `otherEmails.${match[2]}`
				: 'email';
	}
	match = EMAIL_ZH.exec(words);
	if (match) return match[1] ? `otherEmails.${match[1]}` : 'email';
	match = ADDRESS.exec(words);
	if (match) return `addresses.${placeOf(match[1])}.${partOf(match[2]!)}`;
	match = PHONE_LABEL.exec(words);
	if (match) return `otherPhones.${placeOf(match[1])}`;
	match = PHONE.exec(words);
	if (match) {
		const kind = /phone|tel$|telephone/.test(match[2]!) ? '' : placeOf(match[2]);
		const label = [placeOf(match[1]), kind, match[3] ?? ''].filter(Boolean).join(' ');
		return label ? `otherPhones.${label}` : 'phone';
	}
	match = PHONE_ZH.exec(words);
	if (match) {
		const kind =
			match[2] === '电话'
				? ''
				: match[2] === '手机'
					? 'Mobile'
					: match[2] === '传真'
						? 'Fax'
						: 'Pager';
		const label = [placeOf(match[1]?.trim()), kind, match[3] ?? ''].filter(Boolean).join(' ');
		return label && label !== '联系' ? `otherPhones.${label}` : 'phone';
	}
	match = SOCIAL.exec(words);
	if (match)
		return `websites.${match[1]!.replace('linked in', 'linkedin').replace('linkedin', 'LinkedIn')}`;
	match = WEBSITE.exec(words);
	if (match) return `websites.${placeOf(match[1])}`;
	return undefined;
}

const isExact = (entity: Entity, field: string, column: string) =>
	[field, ...Object.values(entity.fields[field]?.label ?? {})].some(
		(name) => spelling(name) === spelling(column),
	);

/** The field a single column means, or undefined. Lists and addresses as dotted paths. */
export function targetOf(entity: Entity, column: string): string | undefined {
	// Longer than any column's name: a header row that is none.
	if (column.length > 200) return undefined;
	const has = (field: string) => Object.hasOwn(entity.fields, field);
	const plain = column.replace(/\*$/, '').replace(/^Person - /i, '');
	const named = fieldForColumn(entity, plain) ?? own(MORE[entity.name] ?? {}, spelling(plain));
	const found = byPattern(column);
	if (found === undefined) return named;
	const [field = ''] = found.split('.');
	if (named !== undefined && (isExact(entity, named, plain) || !Object.hasOwn(LISTS, field)))
		return named;
	if (has(field)) return found;
	const single = own(LISTS, field);
	return single && has(single) ? single : named;
}

/** A list field and the single field that its first value goes to. */
const LISTS: Readonly<Record<string, string>> = {
	otherEmails: 'email',
	otherPhones: 'phone',
	websites: 'website',
	email: 'email',
	phone: 'phone',
	addresses: 'addresses',
};

const manyColumns = (entity: Entity, target: string) =>
	target.includes('.') ||
	['email', 'phone', 'extra'].includes(target) ||
	entity.fields[target]?.kind === 'tags';

export function mapColumns(
	entity: Entity,
	columns: readonly string[],
	mapping: Readonly<Record<string, string | null>> = {},
): Target[] {
	const ours = failedColumns.map(spelling);
	const targets = columns.map((column): Target => {
		const chosen = mapping[column];
		if (chosen !== undefined) return chosen;
		if (ours.includes(spelling(column))) return null;
		return targetOf(entity, column) ?? 'extra';
	});
	// One column a field: a chosen one, else one spelled exactly so, else the first.
	const rank = (i: number) =>
		mapping[columns[i]!] !== undefined ? 0 : isExact(entity, targets[i]!, columns[i]!) ? 1 : 2;
	const holder = new Map<string, number>();
	targets.forEach((target, i) => {
		if (target === null || manyColumns(entity, target)) return;
		const other = holder.get(target);
		if (other === undefined || rank(i) < rank(other)) holder.set(target, i);
	});
	return targets.map((target, i) =>
		target === null || manyColumns(entity, target) || holder.get(target) === i ? target : 'extra',
	);
}

/** Columns without names, by what they hold: e-mail, phone, link, then names; the rest is kept in `extra`. */
export function mapByContent(samples: readonly (readonly string[])[]): Target[] {
	const used = new Set<string>();
	const once = (target: string) => {
		if (used.has(target)) return 'extra';
		used.add(target);
		return target;
	};
	const share = (values: readonly string[], pattern: RegExp) => {
		const filled = values.filter(Boolean);
		return (
			filled.length > 0 &&
			filled.filter((value) => pattern.test(value)).length / filled.length > 0.6
		);
	};
	const isWord = /^\p{L}[\p{L}'’.-]*$/u;
	const targets = samples.map((values): string | undefined => {
		if (share(values, /^\S+@\S+\.\S+$/)) return once('email');
		if (share(values, /^https?:\/\/|^www\./)) return 'websites.';
		if (share(values, /^[+(]?\d[\d\s().-]{6,}$/)) return once('phone');
		return undefined;
	});
	const words = samples.flatMap((values, i) => (!targets[i] && share(values, isWord) ? [i] : []));
	const full = samples.findIndex(
		(values, i) => !targets[i] && share(values, /^\p{L}+[\p{L}'’.]* \p{L}|^\p{Script=Han}{2,4}$/u),
	);
	if (full >= 0) targets[full] = 'name';
	else if (words.length > 1) {
		targets[words[0]!] = 'firstName';
		targets[words[1]!] = 'lastName';
	} else if (words.length === 1) targets[words[0]!] = 'name';
	return targets.map((target) => target ?? 'extra');
}
