/** Words that several model cards share. */
import type { Bilingual } from '#core/bilingual.ts';
import { fail } from '#core/result.ts';

export const customersUnit: Bilingual = { en: 'customers', zh: '位客户' };

/** YYYY-MM-DD in UTC. */
export const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const refuseEmpty = () =>
	fail('Refused', 'There are no purchases yet. Import or enter orders first.', {
		needed: 1,
		got: 0,
	});
