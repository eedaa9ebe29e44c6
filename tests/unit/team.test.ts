/** Rights given and taken away, between whole devices: what every rule of the ledger promises to the people who rely on it. */
import { describe, expect, test } from 'vitest';
import { fail, unwrap } from '#core/result.ts';
import { createEngine } from '#sync/engine.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import {
	connect,
	converged,
	joinHost,
	knock,
	newHost,
	newStore,
	nextScope,
	until,
} from '#tests/support/store.ts';
import { openHost, type Host } from '#workspace/host.ts';
import { openStore } from '#workspace/open-store.ts';
import { peopleOf } from '#views/people/people.ts';
import { createTeam } from '#workspace/team.ts';

const didOf = (host: Host) => host.info().did;
const firstName = async (host: Host, id: string) =>
	(await host.importTarget().read([id]))[0]?.firstName;

async function team(...names: string[]): Promise<Host[]> {
	const ann = await newHost();
	const others: Host[] = [];
	for (const _ of names) others.push(await joinHost(ann));
	return [ann, ...others];
}

function connectAll(hosts: readonly Host[]): () => void {
	const cuts = hosts.flatMap((a, i) => hosts.slice(i + 1).map((b) => connect(a, b)));
	return () => cuts.forEach((cut) => cut());
}

describe('revoking', () => {
	test('late edits of a removed device wait in quarantine; everybody else goes on; an owner writes them again', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		const cut = connectAll([ann, bo, cy]);
		const id = unwrap(await ann.create('contact', { firstName: 'Li', jobTitle: 'Buyer' }));
		await until(() => converged(ann, bo, cy));
		cut();
		unwrap(await bo.update(id, { firstName: 'Late' }));
		const made = unwrap(await bo.create('contact', { firstName: 'New' }));
		unwrap(await cy.update(id, { jobTitle: 'Head of sales' }));
		unwrap(await ann.revoke([didOf(bo)]));
		connect(ann, bo);
		connect(ann, cy);
		await until(async () => (await ann.quarantine())[0]?.edits.length === 2);
		await until(() => converged(ann, cy));
		expect(await firstName(ann, id)).toBe('Li');
		expect(await firstName(cy, id)).toBe('Li');
		expect((await ann.importTarget().read([id]))[0]).toMatchObject({ jobTitle: 'Head of sales' });
		expect((await bo.update(id, { phone: '1' })).ok).toBe(false);
		expect(await ann.reauthor(didOf(bo))).toEqual({ ok: true, value: 2 });
		expect(await firstName(ann, id)).toBe('Late');
		expect(await firstName(ann, made)).toBe('New');
		expect(await ann.quarantine()).toEqual([]);
		await until(() => converged(ann, cy));
		expect(await firstName(cy, made)).toBe('New');
	});

	test('edits that others had taken before they heard of it are taken back everywhere', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		const id = unwrap(await ann.create('contact', { firstName: 'Li' }));
		let cut = connectAll([ann, bo, cy]);
		await until(() => converged(ann, bo, cy));
		cut();
		cut = connect(bo, cy);
		unwrap(await bo.update(id, { firstName: 'Unseen by Ann' }));
		await until(async () => (await firstName(cy, id)) === 'Unseen by Ann');
		cut();
		unwrap(await ann.revoke([didOf(bo)]));
		connect(ann, cy);
		await until(() => converged(ann, cy));
		expect(await firstName(cy, id)).toBe('Li');
		await until(async () => (await ann.quarantine())[0]?.edits.length === 1);
		await cy.rebuild();
		expect(await converged(ann, cy)).toBe(true);
	});

	test('the key changes: the removed device can neither read on nor find the others', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		connectAll([ann, bo, cy]);
		await until(() => converged(ann, bo, cy));
		const before = await bo.rooms();
		unwrap(await ann.revoke([didOf(bo)]));
		unwrap(await ann.create('contact', { firstName: 'Secret' }));
		await until(() => converged(ann, cy));
		const rooms = await ann.rooms();
		expect(rooms[0]!.room.name).not.toBe(before[0]!.room.name);
		expect((await cy.rooms())[0]!.room).toEqual(rooms[0]!.room);
		expect(rooms.map(({ room }) => room.name)).toContain(before[0]!.room.name);
		expect((await bo.rooms())[0]!.room).toEqual(before[0]!.room);
		expect(await bo.find('contact', 'secret', 5)).toEqual([]);
	});

	test('an owner cannot remove a senior, and what was signed after a removal is void', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		const cut = connectAll([ann, bo, cy]);
		unwrap(await ann.setRole(didOf(bo), 'owner'));
		await until(() => bo.info().role === 'owner' && cy.members().length === 3);
		const mayChange = (host: Host) =>
			host.members().flatMap((one) => (one.mayChange && !one.self ? [one.did] : []));
		expect(mayChange(ann).sort()).toEqual([didOf(bo), didOf(cy)].sort());
		expect(mayChange(bo)).toEqual([didOf(cy)]);
		expect(mayChange(cy)).toEqual([]);
		expect(await bo.revoke([didOf(ann)])).toMatchObject({
			ok: false,
			error: { type: 'Forbidden' },
		});
		cut();
		unwrap(await bo.setRole(didOf(cy), 'owner'));
		unwrap(await ann.revoke([didOf(bo)]));
		connectAll([ann, bo, cy]);
		await until(() => cy.members().some(({ ended }) => ended === 'revoked'));
		for (const host of [ann, cy])
			expect(host.members().find(({ did }) => did === didOf(cy))?.role).toBe('editor');
	});
});

describe('leaving', () => {
	test('an editor leaves by their own word: later edits do not count, the key changes, a later promotion helps not', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		const cut = connectAll([ann, bo, cy]);
		const id = unwrap(await bo.create('contact', { firstName: 'Li' }));
		await until(() => converged(ann, bo, cy));
		const room = (await ann.rooms())[0]!.room.name;
		expect(await bo.revoke([didOf(cy)])).toMatchObject({ error: { type: 'Forbidden' } });
		unwrap(await bo.revoke([didOf(bo)]));
		expect((await bo.update(id, { phone: '1' })).ok).toBe(false);
		const goneFor = (host: Host) =>
			host.members().find(({ did }) => did === didOf(bo))?.ended === 'revoked';
		await until(() => goneFor(ann) && goneFor(cy));
		await until(async () => (await ann.rooms())[0]!.room.name !== room);
		await until(async () => (await cy.rooms())[0]!.room.name !== room);
		expect((await bo.rooms())[0]!.room.name).toBe(room);
		expect(await firstName(ann, id)).toBe('Li');
		await ann.setRole(didOf(bo), 'owner');
		cut();
		connectAll([ann, bo, cy]);
		expect(await bo.setRole(didOf(cy), 'viewer')).toMatchObject({ ok: false });
		unwrap(await ann.create('contact', { firstName: 'After' }));
		await until(() => converged(ann, cy));
		expect(cy.info().role).toBe('editor');
		expect(goneFor(cy)).toBe(true);
	});
});

describe('roles', () => {
	test('a viewer made editor writes; an editor made viewer does not, and late edits wait', async () => {
		const ann = await newHost();
		const eve = await joinHost(ann, 'viewer');
		const bo = await joinHost(ann);
		const cut = connectAll([ann, eve, bo]);
		const id = unwrap(await ann.create('contact', { firstName: 'Li' }));
		await until(() => converged(ann, eve, bo));
		unwrap(await ann.setRole(didOf(eve), 'editor'));
		await until(() => eve.info().role === 'editor');
		unwrap(await eve.update(id, { firstName: 'By Eve' }));
		await until(async () => (await firstName(bo, id)) === 'By Eve');
		cut();
		unwrap(await bo.update(id, { firstName: 'Late' }));
		unwrap(await ann.setRole(didOf(bo), 'viewer'));
		connectAll([ann, eve, bo]);
		await until(async () => (await ann.quarantine()).length === 1);
		await until(() => converged(ann, eve));
		expect(await firstName(bo, id)).toBe('By Eve');
		expect((await bo.update(id, { phone: '1' })).ok).toBe(false);
		unwrap(await ann.discard(didOf(bo)));
		expect(await ann.quarantine()).toEqual([]);
	});
});

describe('a copied profile', () => {
	/** Bo's, both of whose copies have written something else in one place; the second one is open. */
	async function copied() {
		const ann = await newHost();
		const scope = nextScope();
		let bo = await joinHost(ann, 'editor', scope);
		const wid = ann.info().workspace.id;
		const cut = connect(ann, bo);
		const id = unwrap(await ann.create('contact', { firstName: 'Li' }));
		await until(() => converged(ann, bo));
		const backup = await dump(wid, scope);
		unwrap(await bo.update(id, { firstName: 'First copy' }));
		await until(() => converged(ann, bo));
		cut();
		await bo.close();
		const first = await dump(wid, scope);
		await restore(wid, scope, backup);
		bo = unwrap(await openHost(wid, { scope }));
		unwrap(await bo.update(id, { jobTitle: 'Second copy' }));
		unwrap(await bo.update(id, { phone: '7' }));
		return { ann, bo, id, wid, scope, first };
	}

	/** Both hear of it. */
	async function collide(ann: Host, bo: Host) {
		const cut = connect(ann, bo);
		for (const host of [ann, bo])
			await until(() => host.members().some(({ ended }) => ended === 'forked'));
		cut();
		await bo.close();
	}

	test('goes on as a new device, and nothing of either copy is lost', async () => {
		const { ann, bo: second, id, wid, scope } = await copied();
		await collide(ann, second);
		const bo = unwrap(await openHost(wid, { scope }));
		expect(didOf(bo)).not.toBe(didOf(second));
		connect(ann, bo);
		await until(async () => {
			const [row] = await ann.importTarget().read([id]);
			return row?.jobTitle === 'Second copy' && row.phone === '7';
		});
		await until(() => converged(ann, bo));
		unwrap(await bo.update(id, { email: 'li@x.cn' }));
		await until(() => converged(ann, bo));
	});

	test('does not bring back a person who was removed, by either copy', async () => {
		const { ann, bo: second, wid, scope, first } = await copied();
		await collide(ann, second);
		const devices = () => peopleOf(ann.members()).find(({ self }) => !self)!.devices;
		expect(devices()).toHaveLength(1);
		let bo = unwrap(await openHost(wid, { scope }));
		let cut = connect(ann, bo);
		await until(() => ann.members().some(({ did }) => did === didOf(bo)));
		await until(() => converged(ann, bo));
		cut();
		await bo.close();
		unwrap(await ann.revoke(devices().map(({ did }) => did)));
		const secret = unwrap(await ann.create('contact', { firstName: 'Secret' }));
		// The first copy, which hears only that it was copied, would go on as one more device.
		await restore(wid, scope, first);
		for (let start = 0; start < 3; start++) {
			bo = unwrap(await openHost(wid, { scope }));
			cut = connect(ann, bo);
			await new Promise((resolve) => setTimeout(resolve, 500));
			expect(await firstName(bo, secret)).toBeUndefined();
			expect(ann.members().filter(({ self, ended }) => !self && ended !== 'revoked')).toEqual([]);
			cut();
			await bo.close();
		}
	});

	test('that wrote nothing yet fetches what it wrote before it was restored', async () => {
		const ann = await newHost();
		const scope = nextScope();
		let bo = await joinHost(ann, 'editor', scope);
		const wid = ann.info().workspace.id;
		const cut = connect(ann, bo);
		await until(() => converged(ann, bo));
		const backup = await dump(wid, scope);
		const id = unwrap(await bo.create('contact', { firstName: 'Once' }));
		await until(() => converged(ann, bo));
		cut();
		await bo.close();
		await restore(wid, scope, backup);
		bo = unwrap(await openHost(wid, { scope }));
		connect(ann, bo);
		await until(() => converged(ann, bo));
		expect(await firstName(bo, id)).toBe('Once');
		unwrap(await bo.update(id, { firstName: 'Twice' }));
		await until(() => converged(ann, bo));
		expect(await firstName(ann, id)).toBe('Twice');
		expect(ann.members().some(({ ended }) => ended)).toBe(false);
	});
});

describe('erasing', () => {
	test('goes from every device, its documents and its log, and the page shows who has not', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		const cut = connectAll([ann, bo, cy]);
		const id = unwrap(await bo.create('contact', { firstName: 'Forgetmenot' }));
		const other = unwrap(await bo.create('contact', { firstName: 'Stays' }));
		await until(() => converged(ann, bo, cy));
		unwrap(await ann.update(id, { notes: 'Forgetmenot at home' }));
		await until(() => converged(ann, bo, cy));
		cut();
		unwrap(await cy.update(id, { phone: '5' }));
		unwrap(await ann.erase([id]));
		expect(await ann.find('contact', 'forgetmenot', 5)).toEqual([]);
		connectAll([ann, bo]);
		await until(async () => (await ann.erasures())[0]?.waiting.length === 1);
		expect((await ann.erasures())[0]).toMatchObject({ waiting: [didOf(cy)], late: [] });
		connectAll([ann, bo, cy]);
		await until(async () => (await ann.erasures())[0]?.waiting.length === 0);
		await until(() => converged(ann, bo, cy));
		for (const host of [ann, bo, cy]) {
			expect(await host.find('contact', 'forgetmenot', 5)).toEqual([]);
			expect(await host.find('contact', 'stays', 5)).toEqual([other]);
			await until(async () => (await host.history(id)).length === 0);
			await host.rebuild();
			expect(await host.find('contact', 'forgetmenot', 5)).toEqual([]);
			expect(unwrap(await host.verify())).toMatchObject({ bad: [], missing: [] });
		}
	});

	test('waits for the late edits of a removed device, says whose, and goes on once they are decided', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		const cut = connectAll([ann, bo, cy]);
		const id = unwrap(await bo.create('contact', { firstName: 'Forgetmenot' }));
		const other = unwrap(await bo.create('contact', { firstName: 'Stays' }));
		await until(() => converged(ann, bo, cy));
		cut();
		unwrap(await bo.update(other, { phone: '5' }));
		unwrap(await ann.revoke([didOf(bo)]));
		connectAll([ann, bo, cy]);
		await until(async () => (await ann.quarantine()).length === 1);
		unwrap(await ann.erase([id]));
		for (const host of [ann, cy])
			await until(async () => {
				const [erasing] = await host.erasures();
				return erasing?.late.length === 1 && erasing.late[0] === didOf(bo);
			});
		expect((await ann.erasures())[0]?.waiting).toContain(didOf(ann));
		unwrap(await ann.discard(didOf(bo)));
		for (const host of [ann, cy])
			await until(async () => (await host.erasures())[0]?.waiting.length === 0);
		expect((await ann.erasures())[0]?.late).toEqual([]);
	});

	const many = (count: number) =>
		Array.from({ length: count }, (_, i) => `${'a'.repeat(24)}:${String(i).padStart(36, 'a')}`);
	const erasuresIn = async (host: Host) =>
		(await host.audit()).filter(({ verb }) => verb === 'erase').length;

	test('of more records than one entry holds is one act, and nothing is signed twice', async () => {
		const [ann, bo] = (await team('bo')) as [Host, Host];
		connect(ann, bo);
		unwrap(await ann.erase(many(700)));
		for (const host of [ann, bo])
			await until(async () => (await host.erasures())[0]?.waiting.length === 0);
		for (const host of [ann, bo])
			expect(await host.erasures()).toMatchObject([{ by: didOf(ann), count: 700 }]);
		const signed = await erasuresIn(ann);
		unwrap(await ann.erase(many(700)));
		expect(await erasuresIn(ann)).toBe(signed);
		unwrap(await ann.erase(many(701)));
		expect((await ann.erasures()).map(({ count }) => count)).toEqual([700, 1]);
	});

	test('takes all of them or says which part is open; what is no record is refused before', async () => {
		const store = await newStore();
		let left = 2;
		const log = Object.create(store.log, {
			sign: {
				value: (...args: Parameters<typeof store.log.sign>) =>
					left-- > 0 ? store.log.sign(...args) : fail('Storage', 'The disk is full.'),
			},
		}) as typeof store.log;
		const people = createTeam({
			...{ store: Object.create(store, { log: { value: log } }), database: store.database },
			engine: await createEngine(store),
			clock: Date.now,
			changed() {},
		});
		expect(await people.erase([...many(300), 'Rita'])).toMatchObject({
			error: { type: 'Invalid' },
		});
		expect(store.log.membership.erasures).toEqual([]);
		const part = await people.erase(many(700));
		expect(part).toMatchObject({ error: { type: 'Storage' } });
		expect(!part.ok && part.error.message).toMatch(/^A part is erased.*The disk is full\.$/);
		expect(store.log.membership.erasedIds.size).toBe(400);
		left = Infinity;
		unwrap(await people.erase(many(700)));
		const ids = store.log.membership.erasures.flatMap((one) => one.ids);
		expect(ids.sort()).toEqual(many(700).sort());
		people.close();
		await store.close();
	});
});

describe('the audit trail', () => {
	test('names whom and what an act about people concerned', async () => {
		const [ann, bo, cy] = (await team('bo', 'cy')) as [Host, Host, Host];
		connectAll([ann, bo, cy]);
		unwrap(await ann.setRole(didOf(bo), 'viewer'));
		const id = unwrap(await ann.create('contact', { firstName: 'Gone' }));
		unwrap(await ann.erase([id]));
		unwrap(await ann.revoke([didOf(cy)]));
		const { id: invite } = unwrap(await ann.invite({ role: 'viewer' }, 'https://crm.example/'));
		unwrap(await ann.cancelInvite(invite));
		await until(async () => (await bo.audit()).some(({ verb }) => verb === 'uninvite'));
		const abouts = async (host: Host, verb: string) =>
			(await host.audit()).filter((line) => line.verb === verb).map(({ about }) => about);
		for (const host of [ann, bo]) {
			expect(await abouts(host, 'role')).toEqual([{ devices: [didOf(bo)], role: 'viewer' }]);
			expect(await abouts(host, 'revoke')).toEqual([{ devices: [didOf(cy)] }]);
			expect(await abouts(host, 'erase')).toEqual([{ devices: [], records: 1 }]);
			expect(await abouts(host, 'uninvite')).toEqual([{ devices: [], role: 'viewer', own: false }]);
			expect(await abouts(host, 'approve')).toEqual(
				expect.arrayContaining([{ devices: [didOf(bo)] }, { devices: [didOf(cy)] }]),
			);
			expect(await abouts(host, 'rotate')).toEqual([undefined]);
		}
		await until(async () => (await abouts(bo, 'erased')).length > 0);
		expect((await abouts(bo, 'erased'))[0]).toEqual({ devices: [], records: 1 });
	});
});

describe('joining without an owner', () => {
	test('a colleague lets in whoever holds the link; the owner is told and the key changes', async () => {
		const ann = await newHost();
		const bo = await joinHost(ann);
		const cut = connect(ann, bo);
		const invite = unwrap(await ann.invite({ role: 'editor', offline: true }, 'http://localhost'));
		await until(() => converged(ann, bo));
		await until(async () => (await bo.rooms()).some(({ purpose }) => purpose === invite.id));
		cut();
		const cy = unwrap(await knock(bo, invite, 'Cy'));
		connect(bo, cy);
		const id = unwrap(await cy.create('contact', { firstName: 'By Cy' }));
		await until(() => converged(bo, cy));
		const before = (await ann.rooms())[0]!.room.name;
		expect(cy.members().find(({ did }) => did === didOf(cy))?.unreviewed).toBe(true);
		connect(ann, bo);
		await until(async () => (await ann.rooms())[0]!.room.name !== before);
		await until(() => converged(ann, bo, cy));
		expect(await firstName(ann, id)).toBe('By Cy');
		const room = async (host: Host) => (await host.rooms())[0]!.room.name;
		await until(async () => (await room(cy)) === (await room(ann)));
	});

	test('the same link does not let in a second one, nor does an editor with an ordinary invite', async () => {
		const ann = await newHost();
		const bo = await joinHost(ann);
		connect(ann, bo);
		const offline = unwrap(await ann.invite({ role: 'editor', offline: true }, 'http://localhost'));
		const plain = unwrap(await ann.invite({ role: 'editor' }, 'http://localhost'));
		await until(async () => (await bo.rooms()).some(({ purpose }) => purpose === offline.id));
		unwrap(await knock(bo, offline, 'Cy'));
		expect(await knock(bo, offline, 'Di')).toMatchObject({ ok: false });
		expect((await bo.rooms()).some(({ purpose }) => purpose === plain.id)).toBe(false);
	});

	const isInside = (at: Host, one: Host) =>
		at.members().some(({ did, ended }) => did === didOf(one) && !ended);
	const hears = async (host: Host, invite: { readonly id: string }) =>
		until(async () => (await host.rooms()).some(({ purpose }) => purpose === invite.id));

	test('who was removed does not come back by the same link; who came by it before stays', async () => {
		const [ann, bo, di] = (await team('bo', 'di')) as [Host, Host, Host];
		const wish = { role: 'editor', uses: 5, offline: true } as const;
		const invite = unwrap(await ann.invite(wish, 'http://localhost'));
		const other = unwrap(await ann.invite(wish, 'http://localhost'));
		connect(ann, bo);
		const cut = connect(ann, di);
		for (const host of [bo, di]) await hears(host, invite);
		const [cy, eve] = [
			unwrap(await knock(bo, invite, 'Cy')),
			unwrap(await knock(bo, invite, 'Eve')),
		];
		await until(() => isInside(ann, cy) && isInside(ann, eve));
		cut();
		unwrap(await ann.revoke([didOf(eve)]));
		const newest = (await ann.rooms())[0]!.room.name;
		await until(async () => (await bo.rooms())[0]!.room.name === newest);
		expect(await knock(bo, invite, 'Eve')).toMatchObject({ ok: false });
		// Di has not heard of it, and can give no more than the key that Eve knows.
		const again = unwrap(await knock(di, invite, 'Eve'));
		connect(ann, di);
		await until(async () => (await di.rooms())[0]!.room.name === newest);
		for (const host of [ann, bo, di]) {
			await until(() => !isInside(host, again));
			expect(isInside(host, cy)).toBe(true);
		}
		expect((await again.rooms())[0]!.room.name).not.toBe(newest);
		expect((await ann.invites()).map(({ id }) => id)).toEqual([other.id]);
	});

	test('with a device of a person, and with whoever made it, a link goes as well', async () => {
		const [ann, bo] = (await team('bo')) as [Host, Host];
		connect(ann, bo);
		unwrap(await ann.setRole(didOf(bo), 'owner'));
		await until(() => bo.info().role === 'owner');
		const wish = { role: 'editor', uses: 5, offline: true } as const;
		const [came, made, open] = [
			unwrap(await ann.invite(wish, 'http://localhost')),
			unwrap(await bo.invite(wish, 'http://localhost')),
			unwrap(await ann.invite(wish, 'http://localhost')),
		];
		await hears(bo, came);
		await hears(ann, made);
		const phone = unwrap(await knock(ann, came, 'Eve'));
		const own = unwrap(await phone.invite({ role: 'editor', own: true }, 'http://localhost'));
		const laptop = unwrap(await knock(phone, own, 'Eve'));
		connect(ann, phone);
		await until(() => isInside(ann, laptop));
		unwrap(await ann.revoke([didOf(laptop)]));
		const opens = async () => (await ann.rooms()).map(({ purpose }) => purpose);
		expect(await opens()).not.toContain(came.id);
		expect(await opens()).toEqual(expect.arrayContaining([made.id, open.id]));
		unwrap(await ann.revoke([didOf(bo)]));
		expect(await opens()).not.toContain(made.id);
		expect(await opens()).toContain(open.id);
	});
});

test('a newcomer whose connection broke after the admission is let in again without a second use', async () => {
	const ann = await newHost();
	const invite = unwrap(await ann.invite({ role: 'editor' }, 'http://localhost'));
	const cy = await knock(ann, invite, 'Cy', { loseFirstWelcome: true });
	expect(cy.ok).toBe(true);
	expect(ann.members()).toHaveLength(2);
	const [left, right] = createMemoryLinks();
	left.close();
	right.close();
});

test('a document with many superseded cells is rewritten: the same data in a smaller log', async () => {
	const scope = nextScope();
	const ann = await newHost(scope);
	const bo = await joinHost(ann);
	const id = unwrap(await ann.create('contact', { firstName: 'N' }));
	for (let i = 0; i < 230; i++) unwrap(await ann.update(id, { notes: `note ${i}` }));
	connect(ann, bo);
	await until(() => converged(ann, bo), 30);
	const cy = await joinHost(ann);
	connect(ann, cy);
	await until(() => converged(ann, cy), 30);
	expect(await cy.find('contact', 'note 229', 5)).toEqual([id]);
	const verdict = unwrap(await cy.verify());
	expect(verdict.bad).toEqual([]);
	expect(verdict.dropped).toBeGreaterThan(190);
	await ann.close();
	const again = unwrap(await openHost(cy.info().workspace.id, { scope }));
	await again.rebuild();
	expect(await converged(again, cy)).toBe(true);
	unwrap(await again.update(id, { notes: 'after' }));
	connect(again, cy);
	await until(async () => (await cy.find('contact', 'after', 5)).length === 1);
});

test('a phone leaves old months with the others, says so, and fetches them when it wants them', async () => {
	const ann = await newHost();
	const customer = unwrap(await ann.create('contact', { firstName: 'Li' }));
	const order = (number: string, placedAt: string) =>
		ann.create('order', {
			...{ number, placedAt, customer },
			lines: [{ product: 'product:aaaaaaaaaaaaaaaa', quantity: 1, price: 100 }],
		});
	unwrap(await order('old', '2020-02-03T10:00:00Z'));
	unwrap(await order('new', new Date().toISOString()));
	const bo = await joinHost(ann);
	unwrap(await bo.keepMonths(3));
	connect(ann, bo);
	await until(async () => (await bo.find('order', 'new', 5)).length === 1);
	expect(await bo.find('order', 'old', 5)).toEqual([]);
	expect(await bo.find('contact', 'li', 5)).toEqual([customer]);
	await until(() => ann.members().some(({ self, lacks }) => !self && lacks === 0));
	expect(ann.status().copies).toBe(0);
	unwrap(await bo.keepMonths(0));
	await until(() => converged(ann, bo));
	expect((await bo.find('order', 'old', 5)).length).toBe(1);
	await until(() => ann.status().copies === 1);
});

type Dump = Record<string, [unknown, unknown][]>;

/** All rows of a device's log, as a copy of its profile would hold them. */
async function dump(wid: string, scope: string): Promise<Dump> {
	const { LogDatabase } = await import('#log/database.ts');
	const database = new LogDatabase(wid, scope);
	const out: Dump = {};
	for (const table of database.tables) {
		const [keys, rows] = await Promise.all([table.toCollection().primaryKeys(), table.toArray()]);
		out[table.name] = keys.map((key, i) => [key, rows[i]]);
	}
	database.close();
	return out;
}

async function restore(wid: string, scope: string, rows: Dump): Promise<void> {
	const { LogDatabase } = await import('#log/database.ts');
	const database = new LogDatabase(wid, scope);
	for (const table of database.tables) {
		await table.clear();
		for (const [key, row] of rows[table.name] ?? [])
			await (table.schema.primKey.keyPath ? table.put(row) : table.put(row, key));
	}
	database.close();
	const store = unwrap(await openStore(wid, { scope }));
	await store.rebuild();
	await store.close();
}
