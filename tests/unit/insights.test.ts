/** The pure half of the Insights pages: places on charts, names that do not collide, typed numbers, refusals in both languages. */
import { describe, expect, test } from 'vitest';
import { DAY } from '#core/clock.ts';
import { linearScale, linearTicks, logScale, logTicks, padded } from '#ui/charts/scale.ts';
import { placeLabels, textWidth } from '#ui/charts/labels.ts';
import { parseNumbers, periodWeights } from '#views/insights/cash-flows.ts';
import { refusalText } from '#views/insights/refusals.ts';
import { runModel } from '#workers/models/registry.ts';
import { context, toPurchases } from '#tests/support/purchases.ts';

describe('scales', () => {
	test('ticks are round, inside the domain, and free of binary noise', () => {
		expect(linearTicks([0, 1], 4)).toEqual([0, 0.5, 1]);
		expect(linearTicks([0, 0.3], 3)).toEqual([0, 0.1, 0.2, 0.3]);
		expect(linearTicks([0, 47], 5)).toEqual([0, 10, 20, 30, 40]);
		expect(linearTicks([5, 5])).toEqual([5]);
		expect(logTicks([8, 210])).toEqual([10, 20, 50, 100, 200]);
		expect(logTicks([1, 1_000_000])).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
	});

	test('a scale takes the ends of its domain to the ends of its range', () => {
		const y = linearScale([0, 20], [200, 0]);
		expect([y(0), y(5), y(20)]).toEqual([200, 150, 0]);
		const x = logScale([1, 100], [0, 300]);
		expect([x(1), x(10), x(100)].map(Math.round)).toEqual([0, 150, 300]);
	});

	test('padding keeps a single value off the edges, on both kinds of axes', () => {
		for (const log of [false, true]) {
			const [low, high] = padded([7], 0.2, log);
			expect(low).toBeLessThan(7);
			expect(high).toBeGreaterThan(7);
		}
	});
});

describe('names beside marks', () => {
	const boxOf = (label: string, { x, y, anchor }: { x: number; y: number; anchor: string }) => {
		const w = textWidth(label);
		const left = anchor === 'start' ? x : anchor === 'end' ? x - w : x - w / 2;
		return { left, right: left + w, top: y - 11, bottom: y + 3 };
	};

	test('crowded names stay apart and inside', () => {
		const marks = [
			{ x: 300, y: 100, r: 18, label: 'High value' },
			{ x: 290, y: 150, r: 12, label: 'Potential' },
			{ x: 325, y: 146, r: 10, label: 'Silent' },
		];
		const boxes = placeLabels(marks, 350).map((place, i) => boxOf(marks[i]!.label, place));
		for (const [i, a] of boxes.entries()) {
			expect(a.left).toBeGreaterThanOrEqual(0);
			expect(a.right).toBeLessThanOrEqual(350);
			for (const b of boxes.slice(i + 1))
				expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(
					false,
				);
		}
	});

	test('a lone name stands on the right', () => {
		expect(placeLabels([{ x: 50, y: 50, r: 5, label: '高价值' }], 400)).toEqual([
			{ x: 61, y: 54, anchor: 'start' },
		]);
	});
});

describe('numbers as people type them', () => {
	test.each([
		['500, 600, 700', [500, 600, 700]],
		['500,600,700', [500, 600, 700]],
		['５００；600、-70.5', [500, 600, -70.5]],
		['10', [10]],
		['.5 -2', [0.5, -2]],
	])('%s', (text, numbers) => expect(parseNumbers(text)).toEqual(numbers));

	test.each(['', '  ', 'abc', '500, x', '1,000', '1e9', '--5'])('"%s" is refused', (text) =>
		expect(parseNumbers(text)).toBeUndefined(),
	);

	test('weights and flows sum to what the model says', async () => {
		const cashFlows = [500, 600, 700, 700, 700];
		const weights = periodWeights(5, 1 / 1.1);
		const result = await runModel(
			'clv',
			{ method: 'twcf', cashFlows, discountRate: 0.1 },
			undefined,
			context(),
		);
		const sum = cashFlows.reduce((total, flow, i) => total + flow * weights[i]!, 0);
		expect(result.ok && 'value' in result.value && result.value.value).toBeCloseTo(sum, 6);
	});
});

/** `customers` buyers, the first `again` of them a second time `gap` days later. */
const shop = (customers: number, again: number, gap = 40) =>
	toPurchases(
		Array.from({ length: customers }, (_, i) => [
			{ customer: `c${i}`, time: (i % 300) * DAY, amount: 1000 + i },
			...(i < again ? [{ customer: `c${i}`, time: ((i % 300) + gap) * DAY, amount: 900 + i }] : []),
		]).flat(),
		'GBP',
	);

describe('refusals', () => {
	test.each([
		['clv', {}, shop(0, 0)],
		['clv', {}, shop(50, 10)],
		['clv', {}, shop(250, 20)],
		['segments', { method: 'kmeans', k: 6 }, shop(30, 0)],
		['rebuy', {}, shop(20, 0)],
		['rebuy', {}, shop(300, 3)],
		['sentiment', { text: 'Das ist nicht gut und wir sind auch nicht zufrieden' }, shop(0, 0)],
	] as const)(
		'%s %j says why in Chinese too, with its numbers',
		async (name, params, purchases) => {
			const result = await runModel(name, params, purchases, context());
			if (result.ok) throw new Error('not refused');
			expect(result.error.type).toBe('Refused');
			const { en, zh } = refusalText(result.error);
			expect(en).toBe(result.error.message);
			expect(zh).toMatch(/\p{Script=Han}/u);
			expect(zh).not.toBe(refusalText({ type: 'Refused', message: 'something unheard of' }).zh);
			if (name !== 'sentiment' && result.error.got) expect(zh).toContain(String(result.error.got));
		},
	);
});
