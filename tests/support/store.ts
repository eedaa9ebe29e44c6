/** Workspaces for tests: founded, opened, and joined by further devices with the ledger's own invite, ask and approval. */
import { unwrap } from '#core/result.ts';
import { foundWorkspace } from '#log/found.ts';
import type { Role } from '#log/workspaces.ts';
import { askToJoin } from '#sync/admission.ts';
import { parseInvite } from '#sync/invite.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { openHost, type Host } from '#workspace/host.ts';
import { openStore, type Store } from '#workspace/store.ts';

let devices = 0;
/** Every device of a test has databases of its own. */
export const nextScope = () => `device${++devices}-`;

const genesis = {
	name: 'Test',
	language: 'en',
	currency: 'GBP',
	timeZone: 'UTC',
	userName: 'Ann',
};

export async function newStore(scope = nextScope()): Promise<Store> {
	const wid = unwrap(await foundWorkspace(genesis, Date.now(), scope));
	return unwrap(await openStore(wid, { scope }));
}

export async function newHost(scope = nextScope()): Promise<Host> {
	const wid = unwrap(await foundWorkspace(genesis, Date.now(), scope));
	return unwrap(await openHost(wid, { scope }));
}

/** A further device of `owner`'s workspace, admitted over a real invite. */
export async function joinHost(
	owner: Host,
	role: Role = 'editor',
	scope = nextScope(),
): Promise<Host> {
	const invite = unwrap(await owner.invite(role, 1, 'http://localhost'));
	const link = unwrap(parseInvite(invite.url));
	const [mine, theirs] = createMemoryLinks();
	owner.attach(invite.id, theirs);
	const joined = askToJoin(mine, link, 'Bo', Date.now, () => {}, scope);
	await until(() => owner.pending().length > 0);
	unwrap(await owner.admit(owner.pending()[0]!.requestId));
	return unwrap(await openHost(unwrap(await joined), { scope }));
}

/** Connects two devices; call the result to cut them apart. */
export function connect(a: Host, b: Host): () => void {
	const [left, right] = createMemoryLinks();
	a.attach('workspace', left);
	b.attach('workspace', right);
	return () => {
		left.close();
		right.close();
	};
}

export async function converged(...hosts: Host[]): Promise<boolean> {
	const prints = await Promise.all(hosts.map((host) => host.fingerprint()));
	return prints.every((print) => print === prints[0]);
}

/** Resolves when `test` holds; rejects after `seconds`. */
export async function until(test: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
	for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
		if (await test()) return;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error(`Not so after ${seconds} s: ${test.toString()}`);
}
