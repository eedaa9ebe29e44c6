/**
 * The refusals of the models in both languages. A refusal's message is its English sentence; this table says the same in Chinese,
 * with the numbers taken over. A test holds it against what the models really say.
 */
import type { Bilingual } from '#core/bilingual.ts';
import type { Failure } from '#core/result.ts';
import { m } from '#messages/catalogue.ts';

const sentences: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
	[/There are no purchases yet/, () => '还没有购买记录，请先导入或录入订单。'],
	[
		/value needs at least (\d+) customers with a purchase; there are (\d+)/,
		(needed, got) => `估算客户价值至少需要 ${needed} 位有购买记录的客户，现有 ${got} 位。`,
	],
	[
		/needs at least (\d+) customers who bought on a second day; there are (\d+)/,
		(needed, got) => `估算客户价值至少需要 ${needed} 位在另一天再次购买过的客户，现有 ${got} 位。`,
	],
	[
		/do not show when customers leave/,
		() => '这些购买记录看不出客户何时离开，拟合停在边界上。请改用 RFM 分组或现金流方法。',
	],
	[
		/does not vary in a way/,
		() => '客户单额的差异不足以让支出模型学习。请改用 RFM 分组或现金流方法。',
	],
	[/no clear peak/, () => '似然函数没有清晰的峰值，无法给出可靠的区间。购买记录更多时会改善。'],
	[
		/(\d+) clusters need at least (\d+) customers with a purchase; there are (\d+)/,
		(k, needed, got) =>
			`分成 ${k} 组至少需要 ${needed} 位有购买记录的客户，现有 ${got} 位。请用命名分组或减少组数。`,
	],
	[
		/at least (\d+) customers (to learn from|to judge by) who (bought again|did not buy again) within (\d+) days; there are (\d+)/,
		(needed, use, what, days, got) =>
			`预测复购至少需要 ${needed} 位在 ${days} 天内${what === 'bought again' ? '再次购买' : '没有再买'}的客户用于${use === 'to learn from' ? '学习' : '检验'}，现有 ${got} 位。`,
	],
	[
		/at least (\d+) customers (to learn from|to judge by) \(with (\d+) days of orders\); there are (\d+)/,
		(needed, use, days, got) =>
			`预测复购至少需要 ${needed} 位客户用于${use === 'to learn from' ? '学习' : '检验'}（并有 ${days} 天的订单），现有 ${got} 位。`,
	],
	[/neither English nor Chinese/, () => '这段文字既非中文也非英文，目前无法判断其他语言。'],
];

export function refusalText(failure: Failure): Bilingual {
	for (const [pattern, chinese] of sentences) {
		const found = pattern.exec(failure.message);
		if (found) return { en: failure.message, zh: chinese(...found.slice(1)) };
	}
	return { en: failure.message, zh: m.errors[failure.type].zh };
}
