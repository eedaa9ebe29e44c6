/**
 * K-means on RFM with everything an honest answer needs: names from the centres, the silhouette, and the variance that
 * the centres explain on customers they never saw, beside the five named segments on the same customers.
 */
import type { Profile, Quality, RfmRow, SegmentKey } from '#analysis/contract.ts';
import { createRandom } from '#core/random.ts';
import { assign, kmeans, silhouette, squaredDistance, standardise } from '../../math/kmeans.ts';
import type { Pace } from '../support/pace.ts';
import { logRfm } from './features.ts';
import { playbooks, segmentByRule, segmentNames } from './rules.ts';

const D = 3;
const SILHOUETTE_ROWS = 5000;

export interface RfmClusters {
	readonly inertia: number;
	readonly labels: Int32Array;
	readonly profiles: Profile[];
	readonly silhouette: number;
	readonly quality: Quality;
}

export async function clusterRfm(
	rows: readonly RfmRow[],
	historyMs: number,
	k: number,
	seed: number,
	pace: Pace,
): Promise<RfmClusters> {
	// Sorted by value, not by id: the same customers give the same clusters on a device where they have other ids.
	const order = rows
		.map((_, i) => i)
		.sort((a, b) => {
			const [p, q] = [rows[a]!, rows[b]!];
			return p.recency - q.recency || p.frequency - q.frequency || p.monetary - q.monetary;
		});
	const sorted = order.map((i) => rows[i]!);
	const points = standardise(logRfm(sorted), D);
	const {
		inertia,
		labels: byValue,
		centres,
	} = await kmeans(points, D, {
		k,
		random: createRandom(seed),
		pace: (done, of) => pace((0.6 * done) / of),
	});
	await pace(0.7);
	const every = Math.ceil(rows.length / SILHOUETTE_ROWS);
	const sample = take(points, (i) => i % every === 0);
	const width = silhouette(
		sample,
		D,
		byValue.filter((_, i) => i % every === 0),
		k,
	);
	await pace(0.8);
	const quality = await holdout(points, segmentByRule(sorted, historyMs), k, seed, pace);
	const labels = new Int32Array(rows.length);
	order.forEach((row, at) => (labels[row] = byValue[at]!));
	return { inertia, labels, profiles: nameCentres(centres, k), silhouette: width, quality };
}

const take = (points: Float64Array, keep: (row: number) => boolean) =>
	points.filter((_, at) => keep(Math.floor(at / D)));

/** Fitted on four fifths, judged on the fifth: 1 minus squared distance to the own centre over that to the mean. */
async function holdout(
	points: Float64Array,
	rule: readonly SegmentKey[],
	k: number,
	seed: number,
	pace: Pace,
): Promise<Quality> {
	const held = (i: number) => i % 5 === 4;
	const train = take(points, (i) => !held(i));
	const test = take(points, held);
	const random = createRandom(seed);
	const { centres } = await kmeans(train, D, { k, random, starts: 3, pace: () => pace(0.9) });
	const inertia = assign(test, D, centres, new Int32Array(test.length / D));
	const keys = [...new Set(rule)].sort();
	const ruleOf = rule.map((key) => keys.indexOf(key));
	const groups = means(
		train,
		ruleOf.filter((_, i) => !held(i)),
		keys.length,
	);
	const whole = means(train, new Array<number>(train.length / D).fill(0), 1);
	let named = 0;
	let total = 0;
	ruleOf
		.filter((_, i) => held(i))
		.forEach((group, i) => {
			named += squaredDistance(test, i, groups, group, D);
			total += squaredDistance(test, i, whole, 0, D);
		});
	return {
		metric: {
			en: 'RFM variance explained on a held-out fifth',
			zh: '留出五分之一客户上解释的 RFM 方差',
		},
		value: 1 - inertia / total,
		baseline: {
			name: { en: 'the five named segments', zh: '五个命名分组' },
			value: 1 - named / total,
		},
		heldOut: test.length / D,
	};
}

function means(points: Float64Array, groups: readonly number[], k: number): Float64Array {
	const centres = new Float64Array(k * D);
	const counts = new Float64Array(k);
	groups.forEach((group, i) => {
		counts[group]!++;
		for (let f = 0; f < D; f++) centres[group * D + f]! += points[i * D + f]!;
	});
	return centres.map((sum, at) => sum / Math.max(1, counts[Math.floor(at / D)]!));
}

/** The five names by where a centre lies (in deviations from the average customer); a name used again gets a number. */
function nameCentres(centres: Float64Array, k: number): Profile[] {
	const keys = Array.from({ length: k }, (_, c): SegmentKey => {
		const [recency, frequency, monetary] = centres.subarray(
			c * D,
			c * D + D,
		) as unknown as number[];
		const value = (frequency! + monetary!) / 2;
		if (recency! > 0.25) return 'silent';
		if (value > 0.75) return 'highValue';
		if (value > 0) return 'active';
		return frequency! < -0.75 ? 'new' : 'potential';
	});
	// The richest of a kind comes first.
	const order = keys.map((_, c) => c).sort((a, b) => centres[b * D + 2]! - centres[a * D + 2]!);
	const used = new Map<SegmentKey, number>();
	const names: Profile[] = [];
	for (const c of order) {
		const key = keys[c]!;
		const count = (used.get(key) ?? 0) + 1;
		used.set(key, count);
		const suffix = count > 1 ? ` ${count}` : '';
		const { en, zh } = segmentNames[key];
		names[c] = { key, name: { en: en + suffix, zh: zh + suffix }, playbook: playbooks[key] };
	}
	return names;
}
