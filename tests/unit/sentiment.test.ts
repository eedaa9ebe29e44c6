import { describe, expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { context, toPurchases } from '#tests/support/purchases.ts';
import { sentiment } from '#workers/models/sentiment.ts';

const read = (text: string) => sentiment.run({ text }, toPurchases([], 'EUR'), context());

describe('language and label', () => {
	test.each([
		['The delivery was late and the box was broken, we are very disappointed.', 'en', 'negative'],
		['Great service, thank you so much! 😁', 'en', 'positive'],
		['Meeting moved to Tuesday at ten.', 'en', 'neutral'],
		['😁😁', 'en', 'positive'],
		['服务态度很好，房间干净，下次还会来。', 'zh', 'positive'],
		['太差了，客服根本不理人，非常失望。', 'zh', 'negative'],
		['客户对 dashboard 非常满意，说很好用', 'zh', 'positive'],
		['The customer wrote 太差了 and I am very disappointed and angry', 'en', 'negative'],
	])('%s', async (text, language, label) => {
		expect(unwrap(await read(text))).toMatchObject({ language, label });
	});

	test.each([
		'Je suis très déçu, la livraison est en retard et le produit ne marche pas.',
		'Das ist leider nicht gut und wir sind sehr enttäuscht.',
		'Мы очень довольны вашим сервисом',
		'とても残念です。商品が届きません。',
		'서비스가 정말 좋아요',
	])('refuses what it cannot read: %s', async (text) => {
		expect(await read(text)).toMatchObject({ ok: false, error: { type: 'Refused' } });
	});
});

test('the reasons are words of the text, strongest first', async () => {
	const { reasons } = unwrap(await read('The support was excellent but the invoice was wrong.'));
	expect(reasons.map(({ term }) => term).sort()).toEqual(['excellent', 'support', 'wrong']);
	const weights = reasons.map(({ weight }) => Math.abs(weight));
	expect(weights).toEqual([...weights].sort((a, b) => b - a));
	const chinese = unwrap(await read('房间很脏，非常失望'));
	for (const { term } of chinese.reasons) expect('房间很脏,非常失望').toContain(term);
});

test('a mixed text is scored by both languages in their shares', async () => {
	const both = unwrap(await read('terrible awful horrible 质量很好 非常满意'));
	const english = unwrap(await read('terrible awful horrible'));
	const chinese = unwrap(await read('质量很好 非常满意'));
	expect(both.score).toBeGreaterThan(english.score);
	expect(both.score).toBeLessThan(chinese.score);
	expect(both.card.reasons).toHaveLength(2);
});

test.each([[''], ['   '], [undefined], [7]])('%j is not a text', (text) => {
	expect(sentiment.parse({ text })).toMatchObject({ ok: false, error: { type: 'Invalid' } });
});
