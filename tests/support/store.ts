/** Workspaces for tests: founded, opened, and joined by further devices with the ledger's own invite, ask and approval. */
import { unwrap, type Result } from '#core/result.ts';
import { createDeviceKeys } from '#crypto/device.ts';
import { storesInBrowser } from '#log/database.ts';
import { foundWorkspace } from '#log/found.ts';
import type { Role } from '#log/workspaces.ts';
import { askToJoin } from '#sync/admission.ts';
import { parseInvite } from '#sync/invite.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { openHost, type Host } from '#workspace/host.ts';
import type { MailOptions } from '#workspace/mail.ts';
import { openStore, type BrowserStore } from '#workspace/open-store.ts';

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

export async function newStore(scope = nextScope()): Promise<BrowserStore> {
	const wid = unwrap(await foundWorkspace(genesis, Date.now(), storesInBrowser(scope)));
	return unwrap(await openStore(wid, { scope }));
}

export async function newHost(
	scope = nextScope(),
	options: MailOptions = {},
	more: Partial<typeof genesis> = {},
): Promise<Host> {
	const wid = unwrap(
		await foundWorkspace({ ...genesis, ...more }, Date.now(), storesInBrowser(scope)),
	);
	return unwrap(await openHost(wid, { scope, ...options }));
}

/** A further device of `owner`'s workspace, admitted over a real invite. */
export async function joinHost(
	owner: Host,
	role: Role = 'editor',
	scope = nextScope(),
	options: MailOptions = {},
	name = 'Bo',
): Promise<Host> {
	const invite = unwrap(await owner.invite({ role }, 'http://localhost'));
	return unwrap(await knock(owner, invite, name, { scope, options }));
}

/** A newcomer with an invite, at the door of one device; whoever sits there admits. */
export async function knock(
	door: Host,
	invite: { readonly id: string; readonly url: string },
	name: string,
	{ scope = nextScope(), loseFirstWelcome = false, options = {} as MailOptions } = {},
): Promise<Result<Host>> {
	const asking = {
		invite: unwrap(parseInvite(invite.url)),
		name,
		device: await createDeviceKeys(),
		now: Date.now,
		storeOf: storesInBrowser(scope),
		onCode() {},
	};
	const meet = async (lose: boolean) => {
		const [mine, theirs] = createMemoryLinks();
		door.attach(invite.id, theirs);
		const joined = askToJoin(mine, asking);
		let done = false;
		void joined.then(() => (done = true));
		await until(() => done || door.pending().length > 0);
		if (lose) {
			theirs.send = async () => {};
			setTimeout(() => mine.close(), 200);
		}
		const [request] = door.pending();
		if (request) unwrap(await door.admit(request.requestId));
		return joined;
	};
	if (loseFirstWelcome) await meet(true);
	const joined = await meet(false);
	return joined.ok ? openHost(joined.value, { scope, ...options }) : joined;
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
