/** The tabs of the Insights page, as its address names them. */
export const insightTabs = ['segments', 'value', 'rebuy', 'sentiment'] as const;
export type InsightTab = (typeof insightTabs)[number];
