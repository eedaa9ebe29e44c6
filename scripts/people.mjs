/** Generated people, always the same ones for a seed. Numbers and domains are those set aside for fiction. */
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

/** Mulberry32. */
function createRandom(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

/** A CSV of `count` contacts, about 120 bytes each. */
export function contactsCsv(count, seed = 1) {
	const random = createRandom(seed);
	const pick = (list) => list[Math.floor(random() * list.length)];
	const lines = ['First name,Last name,Job title,E-mail,Phone,Company,Stage,Notes'];
	for (let i = 0; i < count; i++)
		lines.push(
			[
				pick(first),
				pick(last),
				pick(jobs),
				`person${i}@example.com`,
				`+44 1632 ${960000 + i}`,
				`Company ${Math.floor(random() * Math.ceil(count / 10))}`,
				pick(stages),
				`Met at the fair; customer ${i} asked about delivery and prices.`,
			].join(','),
		);
	return lines.join('\n');
}

/** Contacts with notes of some two thousand characters, `bytes` in all: a workspace that is large without being many people. */
export function notesCsv(bytes, seed = 2) {
	const random = createRandom(seed);
	const pick = (list) => list[Math.floor(random() * list.length)];
	const lines = ['First name,Last name,E-mail,Notes'];
	for (let size = 0, i = 0; size < bytes; i++) {
		const words = [];
		for (let length = 0; length < 2000; length += words.at(-1).length + 1)
			words.push(`${pick(jobs)} ${pick(stages)} ${Math.floor(random() * 1e9)}`);
		const line = `${pick(first)},${pick(last)},noted${i}@example.com,${words.join(' ')}`;
		lines.push(line);
		size += line.length;
	}
	return lines.join('\n');
}
