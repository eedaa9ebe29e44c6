/** Rows are distrusted: a chain read again from its first entry, to find what is spoilt and to mend what can be. */
import type { Bytes } from '#core/bytes.ts';
import { sign, type Did } from '#crypto/device.ts';
import { isWhole } from './chain-head.ts';
import type { LogContext } from './chains.ts';
import { NOTHING, isSigned, openBody } from './check.ts';
import type { Documents } from './documents.ts';
import { bodyMatches, decodeDataHead } from './entry.ts';
import type { StoredEntry } from './log-store.ts';
import { endOf } from './membership.ts';
import type { Payload, Range } from './payload.ts';
import { followProgress, inRanges, joinRanges } from './progress.ts';
import { EMPTY, lostRow, readRows, withGap } from './rows.ts';

export interface Inspection {
	/** Every row of a chain is there and genuine, and the documents stand where its entries lead. Changes nothing. */
	isSound(did: Did): Promise<boolean>;
	/** Mends what can be mended here; the rest become gaps. Resolves to how much was damaged. */
	scrub(did: Did): Promise<number>;
}

export function createInspection(
	{ device, keyring, members, store, chains }: LogContext,
	documents: Documents,
): Inspection {
	/** What is wrong with the rows of a chain, as the rows that should stand there, and with the documents' reach. */
	async function inspect(did: Did): Promise<{ spoilt: StoredEntry[]; astray: boolean }> {
		const { seq: last = 0, taken } = chains.heads.get(did) ?? {};
		const applied = Math.min(last, endOf(members.state, did));
		const spoilt: StoredEntry[] = [];
		const bodiless: StoredEntry[] = [];
		let obsolete: readonly Range[] = [];
		const followed = followProgress();
		let missing = false;
		let misfiled = false;
		let seq = 0;
		const lost = (until: number) => {
			while (++seq < until) spoilt.push(lostRow(did, seq));
		};
		for await (const row of readRows(store, did, 1, last)) {
			lost(row.seq);
			const checked = await checkRow(row);
			if (checked.row !== row) spoilt.push(checked.row);
			if (checked.row.gap === 1) missing = true;
			if (seq > applied) continue;
			if (!row.ct.length && !row.gap) bodiless.push(row);
			const parts = followed.follow(did, checked.payload);
			if (checked.row.ct.length && parts.join() !== row.parts.join()) misfiled = true;
			followed.retire(did, checked.payload.retires ?? []);
			obsolete = joinRanges(obsolete, checked.payload.obsolete ?? [], seq);
		}
		lost(last + 1);
		if (taken) return { spoilt, astray: false };
		for (const row of bodiless) if (!inRanges(obsolete, row.seq)) spoilt.push(withGap(row, 1));
		const own = [...chains.progress.clocks].filter(([key]) => key.startsWith(`${did}/`));
		const differs =
			misfiled ||
			own.length !== followed.clocks.size ||
			own.some(([key, at]) => followed.clocks.get(key) !== at);
		return { spoilt, astray: differs && !missing && !spoilt.some(({ gap }) => gap === 1) };
	}

	/** The row as it should stand, the same object when it does; and what its body says. */
	async function checkRow(row: StoredEntry): Promise<{ row: StoredEntry; payload: Payload }> {
		const head = decodeDataHead(row.head);
		const gone = (ct: Bytes) => ({ row: withGap({ ...row, ct }, 1), payload: NOTHING });
		const isGap = row.gap === 1 && !row.ct.length;
		const placed = head.ok && head.value.did === row.did && head.value.seq === row.seq;
		if (!placed || !(await isWhole(row))) return isGap ? { row, payload: NOTHING } : gone(EMPTY);
		if (!row.ct.length) return { row, payload: NOTHING };
		if (!(await bodyMatches(head.value, row.ct))) return gone(EMPTY);
		const known = members.state.devices.has(row.did);
		let right = row;
		if (known && !(await isSigned(row, head.value, members.state))) {
			if (row.did !== device.did) return row.gap ? { row, payload: NOTHING } : gone(row.ct);
			right = { ...row, sig: await sign(device, row.head) };
		}
		const opened = await openBody(head.value, row.ct, keyring);
		const payload = opened?.ok ? opened.value : NOTHING;
		if (row.gap) right = withGap(right, undefined);
		return { row: right, payload };
	}

	return {
		async isSound(did) {
			const { spoilt, astray } = await inspect(did);
			return !spoilt.length && !astray;
		},
		async scrub(did) {
			const { spoilt, astray } = await inspect(did);
			// While bodies are missing the documents stay: what they hold was right when it was read.
			if (spoilt.length) await chains.commit({ entries: spoilt });
			if (astray) await documents.align(did);
			return spoilt.length + Number(astray);
		},
	};
}
