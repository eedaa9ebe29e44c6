/**
 * What this device keeps of things that happened (orders, calls, visits): everything, or the last months. Older bodies stay with
 * the others and come when somebody asks for them; records themselves are always kept. A device that leaves something out says
 * so and never counts as a full copy.
 */
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { LogDatabase } from '#log/database.ts';
import type { Log } from '#log/log.ts';

export interface Keeping {
	/** 0 for everything. */
	readonly months: number;
	/** The oldest month that is kept, `2026-11`; empty for everything. */
	since(): string;
	/** Keeping more fetches what was left out; keeping less leaves out what comes from now on. */
	setMonths(months: number): Promise<Result<void>>;
}

const ROW = 'keepMonths';

export async function openKeeping(database: LogDatabase, log: Log, clock: Clock): Promise<Keeping> {
	let months = Number((await database.secrets.get(ROW)) ?? 0);

	return {
		get months() {
			return months;
		},
		since() {
			if (!months) return '';
			const day = new Date(clock());
			day.setUTCDate(1);
			day.setUTCMonth(day.getUTCMonth() - months + 1);
			return day.toISOString().slice(0, 7);
		},
		async setMonths(next) {
			if (!Number.isInteger(next) || next < 0 || next > 600)
				return fail('Invalid', 'Choose between 1 and 600 months, or everything.', {
					field: 'months',
				});
			await database.secrets.put(next, ROW);
			const more = months > 0 && (next === 0 || next > months);
			months = next;
			if (more) await log.wantLeftOut();
			return ok(undefined);
		},
	};
}
