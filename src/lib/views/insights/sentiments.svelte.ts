/**
 * The tone of activities: each text read once by the models worker, a few at a time, with progress and Cancel. A text always has
 * the same tone, so what is read stays known while the app is open.
 */
import type { Answer, ModelCard, SentimentValue } from '#analysis/contract.ts';
import type { Row } from '#readmodel/view.ts';
import { textOf } from '#schema/entity.ts';
import type { Analysis } from '#workspace/workspace.ts';

type Read = Answer<SentimentValue> | 'unread';

export interface Reading {
	readonly row: Row;
	/** Milliseconds UTC. */
	readonly at: number;
	readonly text: string;
	readonly tone: Answer<SentimentValue>;
}

const TOGETHER = 16;
const MOST_KNOWN = 20_000;
const known = new Map<string, Read>();

/** What an activity says. */
export const wordsOf = ({ fields }: Pick<Row, 'fields'>): string =>
	[textOf(fields.subject), textOf(fields.body)].filter(Boolean).join('\n').slice(0, 20_000);

async function read(analysis: Pick<Analysis, 'run'>, text: string): Promise<Read | undefined> {
	const before = known.get(text);
	if (before) return before;
	const result = await analysis.run<SentimentValue>('sentiment', { text });
	// Only a refusal says something about the text; a worker that is gone does not.
	if (!result.ok && result.error.type !== 'Refused') return undefined;
	const tone = result.ok ? result.value : 'unread';
	if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
	known.set(text, tone);
	return tone;
}

export class Sentiments {
	#analysis: Pick<Analysis, 'run'>;
	#turn = 0;
	readings = $state.raw<readonly Reading[]>();
	/** Texts in other languages. */
	unread = $state(0);
	progress = $state.raw<{ readonly done: number; readonly total: number }>();

	constructor(analysis: Pick<Analysis, 'run'>) {
		this.#analysis = analysis;
	}

	/** `rows` are activities; those without words are left out. */
	async read(rows: readonly Row[]): Promise<void> {
		const turn = ++this.#turn;
		const wanted = rows.flatMap((row) => {
			const text = wordsOf(row);
			return text ? [{ row, text }] : [];
		});
		const readings: Reading[] = [];
		let unread = 0;
		for (let from = 0; from < wanted.length; from += TOGETHER) {
			const some = wanted.slice(from, from + TOGETHER);
			const tones = await Promise.all(some.map(({ text }) => read(this.#analysis, text)));
			if (turn !== this.#turn) return;
			some.forEach(({ row, text }, i) => {
				const tone = tones[i];
				if (tone === 'unread') unread++;
				else if (tone) {
					const at = Date.parse(String(row.fields.happenedAt));
					readings.push({ row, at: Number.isNaN(at) ? row.createdAt : at, text, tone });
				}
			});
			this.progress = { done: from + some.length, total: wanted.length };
		}
		this.#finish(readings, unread);
	}

	/** Keeps what is shown already. */
	cancel(): void {
		this.#turn++;
		this.progress = undefined;
		this.readings ??= [];
	}

	#finish(readings: readonly Reading[], unread: number) {
		this.readings = readings;
		this.unread = unread;
		this.progress = undefined;
	}
}

/** One card for each language that was read: `n` counts texts, not the characters of one. */
export function cardsOf(readings: readonly Reading[]): ModelCard[] {
	return (['en', 'zh'] as const).flatMap((language) => {
		const own = readings.filter(({ tone }) => tone.language === language);
		const card = own[0]?.tone.card;
		if (!card) return [];
		const times = own.map(({ at }) => at);
		return {
			...card,
			n: own.length,
			unit: { en: own.length === 1 ? 'text' : 'texts', zh: '条文本' },
			from: Math.min(...times),
			to: Math.max(...times),
		};
	});
}

export const labels = ['positive', 'neutral', 'negative'] as const;
export type Label = (typeof labels)[number];

export const countLabels = (readings: readonly Reading[]): Record<Label, number> => {
	const counts = { positive: 0, neutral: 0, negative: 0 };
	for (const { tone } of readings) counts[tone.label]++;
	return counts;
};
