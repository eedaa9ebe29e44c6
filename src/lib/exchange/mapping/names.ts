/** A full name in one text -> its parts. Chinese family names first; a comma or lower-case particles mark the Western one. */
export interface NameParts {
	readonly firstName?: string;
	readonly lastName?: string;
}

const HAN_NAME = /^[\p{Script=Han}·]+$/u;
// Double surnames (复姓) in use today; all other Chinese family names are one character.
const DOUBLE = new Set(
	'欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 百里 呼延 東方 司馬 諸葛 歐陽'.split(
		' ',
	),
);
const PARTICLES = new Set(
	'van von der den de del della di da du dos das la le el al bin ibn ter ten zu'.split(' '),
);

export function splitName(text: string): NameParts {
	const name = text.replace(/\s+/gu, ' ').trim();
	if (!name) return {};
	if (HAN_NAME.test(name)) {
		if (name.length < 2 || name.length > 4) return { firstName: name };
		const cut = name.length > 2 && DOUBLE.has(name.slice(0, 2)) ? 2 : 1;
		return { lastName: name.slice(0, cut), firstName: name.slice(cut) };
	}
	const comma = /^([^,]+), ([^,]+)$/.exec(name);
	if (comma) return { lastName: comma[1]!, firstName: comma[2]! };
	const words = name.split(' ');
	if (words.length === 1) return { firstName: name };
	let cut = words.length - 1;
	while (cut > 1 && PARTICLES.has(words[cut - 1]!)) cut--;
	return { firstName: words.slice(0, cut).join(' '), lastName: words.slice(cut).join(' ') };
}
