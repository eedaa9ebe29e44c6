/** The network on real orders: better than chance by far, calibrated, agrees with its twin, leaves no tensor behind. */
import { describe, expect, test } from 'vitest';
import type { RebuyValue } from '#analysis/contract.ts';
import { unwrap } from '#core/result.ts';
import { context, readCdnow, readOnlineRetail, toPurchases } from '#tests/support/purchases.ts';
import { sharedPath } from '#tests/support/shared.ts';
import { openOnly } from '#workers/models/backend.ts';
import { runRebuy } from '#workers/models/rebuy.ts';

const retail = sharedPath('online_retail', 'online_retail.csv.gz');
const cdnow = sharedPath('cdnow', 'CDNOW_sample.txt');

describe.skipIf(!retail)('Online Retail', () => {
	let engine: RebuyValue | undefined;
	const purchases = retail ? toPurchases(readOnlineRetail(retail), 'GBP') : undefined!;

	test('tfjs on cpu: held-out quality, calibration, agreement, tensors', async () => {
		const backend = await openOnly('cpu');
		const before = backend!.tf.memory().numTensors;
		const answer = unwrap(await runRebuy({}, purchases, context(), async () => backend));
		expect(backend!.tf.memory().numTensors).toBe(before);
		expect(answer.card.backend).toBe('cpu');
		expect(answer.twinDifference).toBeGreaterThan(0);
		expect(answer.twinDifference).toBeLessThan(1e-3);
		expect(answer.rows).toHaveLength(4338);
		expect(answer.auc).toBeGreaterThan(0.72);
		expect(answer.auc).toBeGreaterThan(answer.baseline.auc - 0.02);
		for (const { n, predicted, interval } of answer.reliability) {
			if (n < 100) continue;
			expect(predicted).toBeGreaterThan(interval[0] - 0.05);
			expect(predicted).toBeLessThan(interval[1] + 0.05);
		}
		engine = answer;
		const again = unwrap(await runRebuy({}, purchases, context(), async () => backend));
		expect(again).toEqual(answer);
	}, 60_000);

	test('without an engine the float64 network gives nearly the same', async () => {
		const plain = unwrap(await runRebuy({}, purchases, context(), async () => undefined));
		expect(plain.card.backend).toBe('float64');
		expect(plain.auc).toBeCloseTo(engine!.auc, 2);
		const gaps = plain.rows.map((row, i) =>
			Math.abs(row.probability - engine!.rows[i]!.probability),
		);
		expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeLessThan(0.01);
	}, 60_000);
});

test.skipIf(!cdnow)('one cohort of CDNOW buyers carries it too', async () => {
	const answer = unwrap(
		await runRebuy({}, toPurchases(readCdnow(cdnow!), 'USD'), context(), async () => undefined),
	);
	expect(answer.auc).toBeGreaterThan(0.7);
});
