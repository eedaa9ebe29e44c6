/**
 * The chains are the audit trail (R14): who, which device, when claimed and when received, what, old and new value. Nothing is
 * written for it; it is read from what is there, and `verifyAll` checks that all of it is genuine.
 */
import { entityOf } from '#core/id.ts';
import { fail, ok, type Result } from '#core/result.ts';
import type { Log, OpenedEntry } from '#log/log.ts';
import { endOf } from '#log/membership.ts';
import type { Intent } from '#log/payload.ts';
import { inRanges } from '#log/progress.ts';
import { idsIn, isBase } from '#replica/cell.ts';
import type { Replica } from '#replica/replica.ts';
import { aboutOf } from './audit-about.ts';
import type { AuditLine, Change, Verdict } from './workspace.ts';

/** Told how far a check is; false ends it. It crosses to the page and back, where a signal cannot go. */
export type GoOn = (done: number, total: number) => boolean | Promise<boolean>;

/** A rewriting that says something else than what it replaced; that something was erased is no such thing. */
const isTakingBack = (log: Log, did: string, seq: number): boolean =>
	log
		.chain(did)
		?.takenBack?.some(
			(one) => one.seq === seq && one.ids.some((id) => !log.membership.erasedIds.has(id)),
		) ?? false;

/** Said of entries that change no record; a takeover stands in the trail as the owner's act. */
const SILENT = new Set(['rewrite', 'takeover']);

/**
 * What a line says of an entry: what its writer says, except where that would hide it. Who calls an edit a rewriting is believed when
 * it was found to say nothing new (`repeats.ts`); what first came here in a rewriting is an edit like another.
 */
function told(log: Log, { did, seq, payload }: OpenedEntry): Intent | undefined {
	const { intent, updates } = payload;
	if (!SILENT.has(intent.verb) || isTakingBack(log, did, seq)) return intent;
	if (!updates.length || inRanges(log.chain(did)?.repeats ?? [], seq)) return undefined;
	const ids = new Set(updates.flatMap(({ update }) => [...idsIn(update)]));
	const entities = new Set([...ids].map(entityOf));
	const entity = entities.size === 1 ? [...entities][0]! : '';
	return { verb: 'update', entity, count: Math.max(1, ids.size) };
}

interface Trail {
	readonly log: Log;
	readonly replica: Replica;
}

/** The newest lines of all chains, claimed before `before`; at most `limit`. */
export async function auditTrail(
	{ log }: Trail,
	{ before = Infinity, limit = 100 }: { before?: number; limit?: number } = {},
): Promise<readonly AuditLine[]> {
	const lines: AuditLine[] = [];
	for (const [did, last] of Object.entries(log.vector())) {
		const own: AuditLine[] = [];
		for (let to = last; to > 0 && own.length < limit; to -= limit) {
			const page: AuditLine[] = [];
			for await (const entry of log.opened(did, Math.max(1, to - limit + 1), to)) {
				const intent = told(log, entry);
				if (entry.hlc < before && intent)
					page.push({
						...{ did, seq: entry.seq, at: entry.hlc, receivedAt: entry.receivedAt },
						...intent,
						counts: entry.seq <= endOf(log.membership, did),
					});
			}
			own.push(...page.reverse());
		}
		lines.push(...own.slice(0, limit));
	}
	const { acts } = log.membership;
	const byId = new Map(acts.map((act) => [act.id, act]));
	for (const act of acts)
		if (act.at < before) {
			const { id, did, at, type, effective } = act;
			const about = aboutOf(act, byId);
			lines.push({
				...{ id, did, at, verb: type, entity: '', count: 1, counts: effective },
				...(about && { about }),
			});
		}
	return lines.sort((a, b) => b.at - a.at).slice(0, limit);
}

/** Every change of one record that the log still holds in full, oldest first. */
export async function historyOf({ log, replica }: Trail, id: string): Promise<readonly Change[]> {
	const changes: Change[] = [];
	for (const { did, part } of log.partKeys()) {
		if (!(await replica.cells(did, part)).some((cell) => cell.id === id)) continue;
		const replay = replica.replay(did, part);
		for (const entry of await log.partEntries(did, part))
			for (const update of entry.payload.updates.filter((one) => one.part === part))
				for (const cell of await replay.apply([update])) {
					if (cell.id !== id) continue;
					const about = { did, seq: entry.seq, at: cell.hlc, receivedAt: entry.receivedAt };
					const fields = isBase(cell) ? cell.fields : { [cell.field]: cell.value };
					for (const [field, value] of Object.entries(fields))
						changes.push({ ...about, field, value });
				}
	}
	return changes.sort((a, b) => a.at - b.at);
}

/** Checks every signature, hash, link and body of every chain again, as long as `goOn` says so. */
export async function verifyAll({ log }: Trail, goOn?: GoOn): Promise<Result<Verdict>> {
	const vector = Object.entries(log.vector());
	const total = vector.reduce((sum, [, seq]) => sum + seq, 0);
	const bad: { did: string; seq: number; why: string }[] = [];
	const bodiless = { ended: 0, wanted: 0, leftOut: 0 };
	let done = 0;
	for (const [did] of vector)
		for await (const { seq, why, without } of log.verify(did)) {
			done++;
			if (why) bad.push({ did, seq, why });
			if (without) bodiless[without]++;
			if (done % 100 === 0 && (await goOn?.(done, total)) === false)
				return fail('Cancelled', 'The check was cancelled.');
		}
	const { checkpoint } = log.membership;
	const short = Object.entries(checkpoint?.chains ?? {}).filter(
		([did, cut]) => (log.chain(did)?.seq ?? 0) < Math.min(cut.seq, endOf(log.membership, did)),
	);
	return ok({
		entries: total,
		dropped: bodiless.ended,
		awaited: bodiless.wanted,
		leftOut: bodiless.leftOut,
		bad,
		missing: short.map(([did]) => did),
	});
}
