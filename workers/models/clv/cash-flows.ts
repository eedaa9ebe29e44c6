/**
 * Customer value as arithmetic on cash flows that a person expects, one per period from the end of the first period on.
 * Source: Berger and Nasr, Customer Lifetime Value, Journal of Interactive Marketing 12 (1998).
 */
/** Time-weighted cash flow: the sum of CF_t / (1 + d)^t. */
export const presentValue = (cashFlows: readonly number[], discountRate: number): number =>
	cashFlows.reduce((sum, flow, i) => sum + flow / (1 + discountRate) ** (i + 1), 0);

/** Expected value when a customer stays with probability `retention` each period: the sum of CF_t retention^t. */
export const expectedValue = (cashFlows: readonly number[], retention: number): number =>
	cashFlows.reduce((sum, flow, i) => sum + flow * retention ** (i + 1), 0);
