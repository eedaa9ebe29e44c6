/**
 * The five named segments and the rule behind them, in words and in code side by side. Silence is asked before value:
 * a big customer who stopped buying needs a call, not a loyalty gift.
 */
import type { RfmRow, SegmentKey } from '#analysis/contract.ts';
import type { Bilingual } from '#core/bilingual.ts';
import { DAY } from '#core/clock.ts';

/** At most this long, and at most a quarter of the history, so that a young shop does not have new customers only. */
const NEW_DAYS = 60;

export function segmentByRule(rows: readonly RfmRow[], historyMs: number): SegmentKey[] {
	const newDays = Math.min(NEW_DAYS, historyMs / DAY / 4);
	return rows.map((row) => {
		if (row.tenure <= newDays) return 'new';
		if (row.r <= 2) return 'silent';
		if (row.m === 5) return 'highValue';
		if (row.r >= 4 && row.f >= 3) return 'active';
		return 'potential';
	});
}

export const ruleReason: Bilingual = {
	en: 'Rule, first match wins. New: first purchase in the last 60 days (or the last quarter of the history, if shorter). Silent: among the two fifths with the longest silence. High value: top fifth by revenue. Active: among the two most recent fifths and an average buyer or better by frequency. Potential: everyone else.',
	zh: '规则，先符合者为准。新客户：首次购买在最近 60 天内（历史较短时取其四分之一）。沉默：最久未购买的五分之二。高价值：消费额最高的五分之一。活跃：最近购买的五分之二且购买频率不低于平均。潜力：其余客户。',
};

export const segmentNames: Readonly<Record<SegmentKey, Bilingual>> = {
	highValue: { en: 'High value', zh: '高价值' },
	active: { en: 'Active', zh: '活跃' },
	potential: { en: 'Potential', zh: '潜力' },
	silent: { en: 'Silent', zh: '沉默' },
	new: { en: 'New', zh: '新客户' },
};

export const playbooks: Readonly<Record<SegmentKey, Bilingual>> = {
	highValue: {
		en: 'Give them a named contact and first access; ask for a referral. Do not discount.',
		zh: '安排专属联系人，优先体验新品，请其推荐他人；不要打折。',
	},
	active: {
		en: 'Offer what goes with the last order; invite to a loyalty step.',
		zh: '推荐与上一单搭配的产品，邀请加入会员计划。',
	},
	potential: {
		en: 'Ask what was missing; one relevant offer to win the next order.',
		zh: '询问还缺什么，用一个贴切的优惠促成下一单。',
	},
	silent: {
		en: 'Call the biggest ones and ask why; one win-back offer to the rest, then stop.',
		zh: '致电其中最大的客户了解原因，其余发送一次召回优惠，之后不再打扰。',
	},
	new: {
		en: 'Welcome them, check that the first order went well, help with first use.',
		zh: '表示欢迎，确认首单顺利，帮助上手使用。',
	},
};
