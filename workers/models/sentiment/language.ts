/**
 * Which of the two languages a text is in, and which part of it: by script, then, within Latin script, by whether another
 * language's small words outnumber the English ones. Simple on purpose: it must be right on a note, and silent on the rest.
 */
export interface Parts {
	/** Share of each, 0 to 1, in units of one Han character or one Latin word. They do not add to 1 when a third script is there. */
	readonly english: number;
	readonly chinese: number;
	readonly units: number;
}

const small = (list: string) => new Set(list.split(' '));
const ENGLISH = small(
	'the a an and or but of to in is it was for with on at this that i you we they my our not be are have has so very as from had all me she he do did no just your too were their what when which will would can',
);
const OTHERS = [
	small(
		'le la les des une est et dans pour pas qui avec sur je nous vous très du au ce mais il elle sont cette',
	),
	small(
		'der die das und ist nicht ein eine mit für auf ich wir sie sehr von zu den dem auch aber war es wie sind',
	),
	small(
		'el los las una es y en por para con muy que del nosotros pero está fue como más lo se su mi este',
	),
	small(
		'il gli una è di che per con molto non sono della questo ma anche come più si del nel ho siamo',
	),
	small('o os um uma é e em para com muito não que do da mas foi como mais por isso está são nós'),
	small(
		'het een en van is niet op met voor zeer wij zijn dat maar ook was heel naar bij deze mijn ik',
	),
];

export function languageParts(text: string): Parts {
	const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
	const han = count(/\p{Script=Han}/gu);
	// Japanese writes Han too: its own letters tell.
	const other = count(/\p{L}/gu) - count(/(?=\p{L})[\p{Script=Han}\p{Script=Latin}]/gu);
	const latin = text.toLowerCase().match(/[\p{Script=Latin}][\p{Script=Latin}'’]*/gu) ?? [];
	const hits = (list: Set<string>) => latin.filter((word) => list.has(word)).length;
	const foreign = Math.max(...OTHERS.map(hits));
	const english = foreign >= 2 && foreign > hits(ENGLISH) ? 0 : latin.length;
	// A word of a script without spaces is about two letters.
	const units = han + latin.length + other / (han + latin.length > 0 ? 1 : 2);
	return {
		english: units ? english / units : 0,
		chinese: units && other <= han ? han / units : 0,
		units,
	};
}
