/**
 * Customers in groups with a name and a playbook: the five named segments by a stated rule (the default), or K-means on
 * log1p, z-scored RFM for any k. Same purchases, same seed, same groups. Sources: Lloyd 1957, Arthur and Vassilvitskii 2007.
 */
import type { Answer, Model, SegmentKey, SegmentsValue } from '#analysis/contract.ts';
import type { Bilingual } from '#core/bilingual.ts';
import { fail, ok } from '#core/result.ts';
import { clusterRfm } from './segments/clusters.ts';
import { rfmRows } from './segments/features.ts';
import { ruleHoldout } from './segments/holdout.ts';
import { playbooks, ruleReason, segmentByRule, segmentNames } from './segments/rules.ts';
import { summarise } from './segments/summary.ts';
import { endOfDay, paidOnly, span, toHistories } from './support/histories.ts';
import { createPace } from './support/pace.ts';
import { readChoice, readNumber, readTime } from './support/params.ts';
import { customersUnit, isoDay, refuseEmpty } from './support/words.ts';

export interface SegmentsParams {
	readonly method: 'rules' | 'kmeans';
	/** 2 to 12. */
	readonly k: number;
	/** Of the K-means starts. A model of its own seed, not the caller's: two people who press the same button see the same groups. */
	readonly seed: number;
	/** As for `rfm`. */
	readonly asOf?: number;
}

/** The first whose best of 10 is, on Online Retail, the published solution to the last customer; see the room's README. */
const SEED = 8;

const KEYS: readonly SegmentKey[] = ['highValue', 'active', 'potential', 'silent', 'new'];

export const segments: Model<SegmentsParams, SegmentsValue> = {
	name: 'segments',
	needs: 'purchases',
	parse(params) {
		const method = readChoice(params, 'method', ['rules', 'kmeans'], 'rules');
		if (!method.ok) return method;
		const features = readChoice(params, 'features', ['rfm'], 'rfm');
		if (!features.ok) return features;
		const k = readNumber(params, 'k', { min: 2, max: 12, whole: true, fallback: 4 });
		if (!k.ok) return k;
		const seed = readNumber(params, 'seed', { min: 0, max: 2 ** 31, whole: true, fallback: SEED });
		if (!seed.ok) return seed;
		const asOf = readTime(params, 'asOf');
		if (!asOf.ok) return asOf;
		return ok({ method: method.value, k: k.value, seed: seed.value, asOf: asOf.value });
	},
	async run({ method, k, seed, asOf: given }, bought, context) {
		const purchases = paidOnly(bought);
		const histories = toHistories(purchases, given);
		if (histories.length === 0) return refuseEmpty();
		const { from, to } = span(histories);
		const asOf = given ?? endOfDay(to);
		const rows = rfmRows(histories, asOf, purchases.currency);
		const base = { model: 'segments', n: rows.length, unit: customersUnit, from, to };
		const asOfReason: Bilingual = {
			en: `Recency counts to ${isoDay(asOf)} 00:00 UTC.`,
			zh: `最近购买天数截至 ${isoDay(asOf)} 00:00（UTC）。`,
		};

		if (method === 'rules') {
			const keys = segmentByRule(rows, asOf - from);
			const found = summarise(
				rows,
				keys.map((key) => KEYS.indexOf(key)),
				KEYS.map((key) => ({ key, name: segmentNames[key], playbook: playbooks[key] })),
			);
			const quality = ruleHoldout(purchases, histories, asOf);
			return ok({
				method,
				asOf,
				sizes: found.segments.map((s) => s.size),
				...found,
				card: {
					...base,
					computedAt: context.now,
					backend: 'float64',
					quality,
					reasons: [ruleReason, asOfReason, ...(quality ? [] : [noHoldout])],
					source: 'Hughes 1994; named rule of this program',
				},
			} satisfies Answer<SegmentsValue>);
		}

		const needed = 10 * k;
		if (rows.length < needed)
			return fail(
				'Refused',
				`${k} clusters need at least ${needed} customers with a purchase; there are ${rows.length}. Use the named segments or fewer clusters.`,
				{ needed, got: rows.length },
			);
		const clusters = await clusterRfm(rows, asOf - from, k, seed, createPace(context));
		const found = summarise(rows, clusters.labels, clusters.profiles);
		return ok({
			method,
			asOf,
			inertia: clusters.inertia,
			silhouette: clusters.silhouette,
			sizes: found.segments.map((s) => s.size),
			...found,
			card: {
				...base,
				computedAt: context.now,
				seed,
				backend: 'float64',
				quality: clusters.quality,
				reasons: [
					{
						en: 'Customers who are alike in recency, frequency and revenue, after logarithm and scaling; the best of 10 starts. Names describe the centre of a group.',
						zh: '按最近购买、频率与消费额（取对数并标准化）相近者分组，取 10 次初始化中最好的一次。名称描述该组中心。',
					},
					{
						en: 'The number of groups is your choice: the data are one cloud, not islands. Silhouette alone often prefers two.',
						zh: '分组数由你决定：数据是一片云而不是孤岛；只看轮廓系数往往会选两组。',
					},
					asOfReason,
				],
				source: 'Lloyd 1957; Arthur and Vassilvitskii 2007',
			},
		} satisfies Answer<SegmentsValue>);
	},
};

const noHoldout: Bilingual = {
	en: 'Too little history to check the names on later purchases.',
	zh: '历史太短，无法用之后的购买检验这些名称。',
};
