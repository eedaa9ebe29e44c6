/**
 * Defects, planted one at a time into the code the simulator runs: each must be found. `npm run sim:defects` runs them all. A
 * defect is a text of the source and what stands there instead; one that no longer fits its source is an error, so the list
 * follows the code.
 */
export interface Defect {
	readonly name: string;
	/** Under src/lib. */
	readonly file: string;
	readonly find: string;
	readonly put: string;
}

const defect = (name: string, file: string, find: string, put: string): Defect => ({
	...{ name, file, find, put },
});

export const defects: readonly Defect[] = [
	defect(
		'a removed device goes on belonging',
		'log/authority.ts',
		'removals.every((gone) => gone.did !== node.head.did || graph.sees(gone.node, node));',
		'removals.length >= 0;',
	),
	defect(
		'anybody acts upwards',
		'log/authority.ts',
		'if (member === tenure.member) return true;\n\t\treturn tenures.every(',
		'if (member) return true;\n\t\treturn tenures.every(',
	),
	defect(
		'a former owner stays one for what they sign later',
		'log/authority.ts',
		"change.role === 'owner' ||",
		'true ||',
	),
	defect(
		'everybody is an owner',
		'log/authority.ts',
		'return tenures.find(\n\t\t\t(tenure) =>\n\t\t\t\ttenure.member === member &&',
		'return tenures.find(\n\t\t\t(tenure) =>\n\t\t\t\tmember !== "" &&',
	),
	defect(
		'junior promotions outrank senior demotions',
		'log/chain-ends.ts',
		'if (!knew && authority.compare(change.by, last.by) > 0) continue;',
		'if (!knew && authority.compare(change.by, last.by) < 0) continue;',
	),
	defect(
		'entries after a cut count',
		'log/member-devices.ts',
		'const end = Math.min(endByRole(seat.did, base, own), ...stops.map(({ seq }) => seq));',
		'const end = endByRole(seat.did, base, own);',
	),
	defect(
		'a cut is one entry late',
		'log/chain-ends.ts',
		'seq: cut.seq,\n\t\twhy:',
		'seq: cut.seq + 1,\n\t\twhy:',
	),
	defect(
		'viewers write',
		'log/chain-ends.ts',
		'return places.find((seq) => !mayWrite(roleAt(seq + 1))) ?? Infinity;',
		'return places.length ? Infinity : 0;',
	),
	defect(
		'a fork proof ends nothing',
		'log/chain-ends.ts',
		'if (!forked || !forked.ok) return [];',
		'if (!forked || forked.ok) return [];',
	),
	defect(
		'an erasure needs no owner',
		'log/effect.ts',
		'default:\n\t\t\treturn authority.isOwnersAct(node);',
		'default:\n\t\t\treturn true;',
	),
	defect(
		'the order of who acted follows arrival',
		'log/graph.ts',
		'const order = [...placed.values()].sort((a, b) => a.depth - b.depth || (a.id < b.id ? -1 : 1));',
		'const order = [...placed.values()];',
	),
	defect(
		'signatures of entries are not checked',
		'log/receiving.ts',
		"if (!(await isSigned(entry, head, members.state)))\n\t\t\treturn fail('Damaged', 'The signature",
		"if (head.seq < 0)\n\t\t\treturn fail('Damaged', 'The signature",
	),
	defect(
		'signatures of membership entries are not checked',
		'log/entry.ts',
		"if (!(await verify(publicKeys.sign, entry.sig, entry.head)))\n\t\treturn fail('Damaged', 'The signature of this membership entry is wrong.');",
		'',
	),
	defect(
		'links of a chain are not checked',
		'log/receiving.ts',
		'if (!hole && !equalBytes(head.prev, before.id)) {',
		'if (head.seq < 0) {',
	),
	defect(
		'bodies are not the ones named',
		'log/check.ts',
		'if (entry.ct.length && !(await bodyMatches(head, entry.ct)))',
		'if (head.seq < 0)',
	),
	defect(
		'void entries are applied',
		'log/receiving.ts',
		'batch.good.push({ stored, head, payload, counts: seq <= end });',
		'batch.good.push({ stored, head, payload, counts: true });',
	),
	defect(
		'a late cut winds nothing back',
		'log/documents.ts',
		'chain.applied !== Math.min(chain.seq, endOf(members.state, chain.did)) ||',
		'chain.applied < Math.min(chain.seq, endOf(members.state, chain.did)) ||',
	),
	defect(
		'an end that moves up winds nothing on',
		'log/documents.ts',
		'chain.applied !== Math.min(chain.seq, endOf(members.state, chain.did)) ||',
		'chain.applied > Math.min(chain.seq, endOf(members.state, chain.did)) ||',
	),
	defect(
		'a second entry in one place is not noticed',
		'log/receiving.ts',
		'await proveFork(held, entry, head, ask);',
		'',
	),
	defect(
		'a fork is looked for at the ends of chains only',
		'log/receiving.ts',
		'if (!isFirst) ask.push([did, seq - 1]);',
		'',
	),
	defect(
		'a key that comes late opens nothing',
		'log/receiving.ts',
		'members.onChange(() => stalled.clear());',
		'',
	),
	defect(
		'bodies of living documents are dropped',
		'log/documents.ts',
		'if ((old.ct.length || old.gap) && !old.parts.some(after.isLiving))',
		'if (old.ct.length || old.gap)',
	),
	defect(
		'bodies that came back while an entry did not count stay',
		'log/documents.ts',
		'if (dropped?.length) retiring.push(row.seq);',
		'',
	),
	defect(
		'what was written is kept in memory only',
		'log/chains.ts',
		'entries,\n\t\t\t\tchains: [...next.values()],',
		'entries: [],\n\t\t\t\tchains: [...next.values()],',
	),
	defect(
		'heads are not stored with their entries',
		'log/chains.ts',
		'chains: [...next.values()],\n\t\t\t\tparts: [...changed]',
		'chains: [],\n\t\t\t\tparts: [...changed]',
	),
	defect(
		'documents take updates that do not continue them',
		'log/progress.ts',
		'const continues = from === (clocks.get(key) ?? 0);',
		'const continues = from >= 0;',
	),
	defect(
		'ended documents stay',
		'log/progress.ts',
		'for (const part of parts) {\n\t\t\t\tclocks.set(`${did}/${part}`, RETIRED);',
		'for (const part of [] as string[]) {\n\t\t\t\tclocks.set(`${did}/${part}`, RETIRED);',
	),
	defect(
		'ties are broken by chance of arrival',
		'readmodel/merge.ts',
		'a[1] > b[1] || (a[1] === b[1] && a[2] > b[2]);',
		'a[1] >= b[1];',
	),
	defect(
		'the last to arrive wins',
		'readmodel/merge.ts',
		'a[2] === b[2] ? order(a, b) >= 0 : a[3] >= b[1] && b[3] < a[1];',
		'a[1] >= 0;',
	),
	defect(
		'the first version of a record is whichever came first',
		'readmodel/merge.ts',
		'if (!before || earlier(stamp, before)) {',
		'if (!before) {',
	),
	defect(
		'erased rows stay on the screen',
		'workspace/erasing.ts',
		'await tables.remake(erasedIds, []);',
		'',
	),
	defect(
		'erased records come back with the next delivery',
		'workspace/projecting.ts',
		'return erasedIds.size ? cells.filter(({ id }) => !erasedIds.has(id)) : cells;',
		'return cells.filter(() => erasedIds.size >= 0);',
	),
	defect(
		'erased cells stay in the log',
		'workspace/erasing.ts',
		'const written = touched.length && (await chain.rewrite(await log.entangled(touched)));',
		'const written = { ok: touched.length >= 0 };',
	),
	defect(
		'the quarantine keeps erased bodies that come late',
		'workspace/erasing.ts',
		'purged.clear();',
		'',
	),
	defect(
		'what comes late is not searched for what was erased',
		'workspace/erasing.ts',
		'searched.clear();',
		'',
	),
	defect(
		'a chain is cleared that is not here whole',
		'workspace/erasing.ts',
		'if (await log.lacks(did, end)) searched.set(did, looked);',
		'if (!did) searched.set(did, looked);',
	),
	defect(
		'a late value that does not name its record stays',
		'workspace/erasing.ts',
		'if (isAhead || cells.some(isErased) || speaksOfErased(payload)) seqs.push(seq);',
		'if (speaksOfErased(payload)) seqs.push(seq);',
	),
	defect(
		'erasing takes late edits of others along',
		'workspace/erasing.ts',
		'isOpen ||= waits &&',
		'isOpen ||= !did &&',
	),
	defect(
		'who cannot decide waits for ever',
		'workspace/erasing.ts',
		'isOpen &&= !isPastDeciding(did);',
		'',
	),
	defect(
		'late edits are settled unread',
		'workspace/team.ts',
		'ahead < 0 ? waiting : waiting.slice(0, ahead)',
		'waiting',
	),
	defect(
		'who left months with the others never takes over',
		'workspace/erasing.ts',
		'await log.wantLeftOut(did);',
		'',
	),
	defect(
		'who went on as another device does not hear of the removal',
		'log/membership.ts',
		"if (op?.type === 'succeed' && line.has(op.did)) line.add(head.did);",
		'void line.has(op?.type ?? "");',
	),
	defect(
		'chains that ended keep what was erased',
		'workspace/erasing.ts',
		'if (isDecided && (await mayBeTaken(did))) {',
		'if (isDecided && !did) {',
	),
	defect(
		'a takeover that leaves something out is believed',
		'workspace/erasing.ts',
		'(words.get(keyOfCell(cell)) ?? -1) >= cell.hlc',
		'words.size >= 0',
	),
	defect(
		'a chain is let go before what takes its place is here',
		'workspace/erasing.ts',
		'return head.applied >= seq && !(await log.misses(by));',
		'return seq >= 0;',
	),
	defect(
		'rows keep what a cut took away',
		'workspace/upkeep.ts',
		'async () => differing(before, await cellsOf(did)),',
		'async () => new Set<string>(),',
	),
	defect(
		'what a device takes back stays with some',
		'workspace/upkeep.ts',
		'await projecting.doubt(lost);',
		'void lost;',
	),
	defect(
		'what a device takes back in its place stays with some',
		'workspace/projecting.ts',
		'await tables.project(alive(cells), upTo, takenBack);',
		'await tables.project(alive(cells), upTo);',
	),
	defect(
		'a device that says less elsewhere takes away what others said',
		'readmodel/merge.ts',
		'other[2] === state[2] && other[3] > state[3]',
		'other[2] === state[2] && other[3] < 0',
	),
	defect(
		'what is stored and was not shown is passed over',
		'workspace/projecting.ts',
		'const known = behind ? ((await tables.projected())[did] ?? 0) : seq;',
		'const known = seq;',
	),
	defect(
		'caches run ahead of what the tables know',
		'replica/replica.ts',
		'if (takenBack.size) return;',
		'',
	),
	defect(
		'rows in doubt rest for ever',
		'workspace/projecting.ts',
		'async catchUp() {\n\t\t\trests = false;',
		'async catchUp() {',
	),
	defect(
		'documents move before their rows are in doubt',
		'workspace/projecting.ts',
		'await tables.project([], {}, new Set([EVERYTHING]));',
		'',
	),
	defect(
		'rows in doubt are forgotten at a start',
		'workspace/projecting.ts',
		'if (await isAllInDoubt()) await tables.clear();',
		'',
	),
	defect(
		'noise crowds out what the next entry must have seen',
		'log/prevs.ts',
		'if (graph.heads.length <= MOST_PREVS) return graph.heads;',
		'if (MOST_PREVS) return graph.heads.slice(0, MOST_PREVS);',
	),
	defect(
		'the noise of a removed device is kept',
		'log/members.ts',
		"device.ended === 'revoked' ? MOST_OF_REMOVED : MOST_VOID",
		'MOST_VOID',
	),
	defect(
		'what others rest on is dropped with the noise',
		'log/graph.ts',
		'for (const parent of parents) found.add(parent);',
		'',
	),
	defect(
		'what calls itself a rewriting is in no trail',
		'workspace/audit.ts',
		'if (!updates.length || inRanges(log.chain(did)?.repeats ?? [], seq)) return undefined;',
		'if (log) return undefined;',
	),
	defect(
		'the check passes over entries that are gone',
		'log/verification.ts',
		'for (let at = before.seq + 1; at < seq; at++) yield { seq: at, why: LOST };',
		'',
	),
	defect(
		'the check passes over bodies that nothing accounts for',
		'log/verification.ts',
		"else yield { seq, why: 'Its body is not here, and nothing says why.' };",
		"else yield { seq, without: 'ended' };",
	),
	defect(
		'what would have no effect is signed again and again',
		'log/members.ts',
		'if (mustCount || !device) return false;',
		'if (!device) return false;',
	),
	defect(
		'a document that is ahead of its log stays so',
		'workspace/own-chain.ts',
		'if (!entry?.ok) await replica.forget(did, names);',
		'',
	),
	defect(
		'tables do not catch up after a cut power line',
		'workspace/projecting.ts',
		'const late = writers.filter((one) => (projected[one.did] ?? 0) < one.applied);',
		'const late = writers.filter((one) => (projected[one.did] ?? 0) < 0);',
	),
	defect(
		'who has sent everything is taken for silent',
		'sync/engine.ts',
		'if ((after[did] ?? 0) >= to || log.stalled.has(did)) asked.delete(did);',
		'if (to < 0) asked.delete(did);',
	),
	defect(
		'who was asked and went away is waited for',
		'sync/engine.ts',
		'for (const [did, pending] of asked) if (pending.session === session) asked.delete(did);',
		'',
	),
	defect(
		'rights that change during a greeting are not told',
		'sync/engine.ts',
		'opened(session: Session) {\n\t\t\tvoid session.tellMembers();',
		'opened(session: Session) {',
	),
	defect(
		'the new key goes to nobody who came meanwhile',
		'log/membership.ts',
		"if (said?.type === 'keys') return said.device === did ? said.keys : [];",
		"if (said?.type === 'keys') return [];",
	),
	defect(
		'who claims to have left long ago takes back what they did',
		'log/authority.ts',
		'some((left) => graph.sees(node, left.node) && seatAt(left.node))',
		'some((left) => left.node !== node && !graph.sees(left.node, node))',
	),
	defect(
		'a recovered device that was demoted recovers again',
		'log/authority.ts',
		'if (!before.some((one) => graph.sees(node, one))) first.add(node);',
		'if (before.length >= 0) first.add(node);',
	),
];
