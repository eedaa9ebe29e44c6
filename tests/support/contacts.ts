/** Generated people, always the same ones for a seed. Numbers and domains are those set aside for fiction. */
import { createRandom } from '#core/random.ts';

const first = [
	'Ann',
	'Bo',
	'Chen',
	'Dora',
	'Emre',
	'Fatima',
	'Goran',
	'Hui',
	'伟',
	'芳',
	'娜',
	'秀英',
];
const last = ['Lee', 'Smith', 'Okafor', 'Novak', 'García', 'Tanaka', '王', '李', '张', '刘'];
const jobs = ['Buyer', 'Owner', 'Engineer', 'Teacher', 'Accountant', '经理', '采购'];
const stages = ['lead', 'new', 'active', 'dormant', 'churned'];

export interface Person {
	readonly firstName: string;
	readonly lastName: string;
	readonly jobTitle: string;
	readonly email: string;
	readonly phone: string;
	readonly company: string;
	readonly lifecycle: string;
	readonly notes: string;
}

export function* people(count: number, seed = 1): Generator<Person> {
	const random = createRandom(seed);
	const pick = (list: readonly string[]) => list[random.below(list.length)]!;
	for (let i = 0; i < count; i++)
		yield {
			firstName: pick(first),
			lastName: pick(last),
			jobTitle: pick(jobs),
			email: `person${i}@example.com`,
			phone: `+44 1632 ${String(960000 + i)}`,
			company: `Company ${random.below(Math.ceil(count / 10))}`,
			lifecycle: pick(stages),
			notes: `Met at the fair; customer ${i} asked about delivery and prices.`,
		};
}

export function contactsCsv(count: number, seed = 1): string {
	const lines = ['First name,Last name,Job title,E-mail,Phone,Company,Stage,Notes'];
	for (const person of people(count, seed)) lines.push(Object.values(person).join(','));
	return lines.join('\n');
}
