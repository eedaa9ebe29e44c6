/** Whom and what an act about people concerned, from what its entry says; nothing where this version cannot read it. */
import { decodeDataHead } from '#log/entry.ts';
import type { Act } from '#log/membership.ts';
import { readOperation } from '#log/operations.ts';
import type { About } from './workspace.ts';

/** `acts`: by id, for those that name another one. */
export function aboutOf(act: Act, acts: ReadonlyMap<string, Act>): About | undefined {
	const op = readOperation(act.op);
	/** What the one that it names was about; of that kind only, which names none in turn. */
	const other = (id: string, type: 'invite' | 'erase') => {
		const named = acts.get(id);
		return named?.type === type ? aboutOf(named, acts) : undefined;
	};
	switch (op?.type) {
		case 'invite':
			return { devices: [], role: op.role, own: op.member !== undefined };
		case 'uninvite':
			return other(op.invite, 'invite');
		case 'join':
			return { devices: [], name: op.name };
		case 'approve': {
			const join = acts.get(op.join);
			return join && { devices: [join.did] };
		}
		case 'role':
			return { devices: [op.member], role: op.role };
		case 'revoke':
			return { devices: Object.keys(op.cuts) };
		case 'succeed':
			return { devices: [op.did] };
		case 'keys':
		case 'takeover':
		case 'settle':
			return { devices: [op.device] };
		case 'fork': {
			const head = decodeDataHead(op.a.head);
			return head.ok ? { devices: [head.value.did] } : undefined;
		}
		case 'erase':
			return { devices: [], records: op.ids.length };
		case 'erased':
			return other(op.erase, 'erase');
		default:
			return undefined;
	}
}
