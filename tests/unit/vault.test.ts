/** The vault: keys at rest open for nobody without the passphrase, and the lock keeps its times. */
import { describe, expect, test, vi } from 'vitest';
import { newHost, nextScope } from '#tests/support/store.ts';
import { unwrap } from '#core/result.ts';
import { randomBytes } from '#crypto/hash.ts';
import { LogDatabase } from '#log/database.ts';
import { createVault, vaultOf } from '#log/vault.ts';
import { createAppLock } from '#workspace/app-lock.ts';
import { openHost } from '#workspace/host.ts';

const times = { idle: 15, hidden: 5 };
const passphrase = 'green hill seven';
const quick = { iterations: 1, memory: 1024 };

describe('the vault', () => {
	test('locked, the workspace does not open; unlocked it is the same device', async () => {
		const scope = nextScope();
		const host = await newHost(scope);
		const { workspace, did } = host.info();
		const vault = vaultOf(scope);
		unwrap(await vault.turnOn(passphrase, times));
		await host.close();
		await vault.lock();
		expect(await openHost(workspace.id, { scope })).toMatchObject({
			ok: false,
			error: { type: 'Locked' },
		});
		expect((await vault.unlock('green hill eight')).ok).toBe(false);
		expect((await openHost(workspace.id, { scope })).ok).toBe(false);
		unwrap(await vault.unlock(passphrase));
		const again = unwrap(await openHost(workspace.id, { scope }));
		expect(again.info().did).toBe(did);
		unwrap(await again.create('contact', { firstName: 'Li' }));
		await again.close();
	});

	test('nothing on the disk opens the keys without the passphrase: a fresh process stays locked', async () => {
		const scope = nextScope();
		const host = await newHost(scope);
		const { id } = host.info().workspace;
		unwrap(await vaultOf(scope).turnOn(passphrase, times));
		await host.close();
		const restarted = createVault(scope);
		expect(await restarted.state()).toMatchObject({ on: true, locked: true, times });
		expect((await restarted.key()).ok).toBe(false);
		const database = new LogDatabase(id, scope);
		const rows = await database.secrets.toArray();
		expect(rows.some((row) => row instanceof CryptoKey)).toBe(false);
		const held = JSON.stringify(rows, (_, value: unknown) =>
			value instanceof CryptoKey ? 'KEY' : value,
		);
		expect(held).not.toContain('KEY');
		database.close();
		unwrap(await restarted.unlock(passphrase));
		expect((await restarted.key()).ok).toBe(true);
		unwrap(await restarted.turnOff(passphrase));
		expect((await createVault(scope).key()).ok).toBe(true);
	});

	test('wrong passphrases must wait longer and longer, also after a restart', async () => {
		const scope = nextScope();
		let now = 1_000_000;
		const vault = createVault(scope, () => now, quick);
		unwrap(await vault.turnOn(passphrase, times));
		for (let i = 0; i < 3; i++) expect((await vault.unlock('wrong wrong')).ok).toBe(false);
		const restarted = createVault(scope, () => now, quick);
		expect(await restarted.unlock(passphrase)).toMatchObject({
			ok: false,
			error: { type: 'Busy', needed: 2 },
		});
		now += 2000;
		unwrap(await restarted.unlock(passphrase));
	});

	test('a passkey opens it with its own secret and no other', async () => {
		const vault = createVault(nextScope(), Date.now, quick);
		unwrap(await vault.turnOn(passphrase, times));
		const secret = randomBytes(32);
		const hint = { credential: randomBytes(16), salt: randomBytes(32) };
		unwrap(await vault.addPasskey(passphrase, hint, secret));
		await vault.lock();
		expect((await vault.state()).passkey).toEqual(hint);
		expect((await vault.unlockWithPasskey(randomBytes(32))).ok).toBe(false);
		expect((await vault.key()).ok).toBe(false);
		unwrap(await vault.unlockWithPasskey(secret));
		expect((await vault.key()).ok).toBe(true);
	});
});

describe('the app lock', () => {
	async function openLock() {
		let now = 1_000_000;
		const vault = createVault(nextScope(), Date.now, quick);
		const closeAll = vi.fn(async () => {});
		const parts = { vault, workspaces: async () => [], closeAll, tell: () => {}, clock: () => now };
		const lock = createAppLock(parts);
		unwrap(await lock.turnLockOn(passphrase, times));
		const locked = async () => (await lock.lockState()).locked;
		return { lock, locked, closeAll, pass: (minutes: number) => (now += minutes * 60_000) };
	}

	test('locks after the idle time and not before; a touch counts', async () => {
		const { lock, locked, pass, closeAll } = await openLock();
		pass(14);
		expect(await locked()).toBe(false);
		lock.touch(true);
		await vi.waitFor(async () => expect(await locked()).toBe(false));
		pass(14);
		expect(await locked()).toBe(false);
		pass(2);
		expect(await locked()).toBe(true);
		expect(closeAll).toHaveBeenCalledTimes(1);
		unwrap(await lock.unlock(passphrase));
		expect(await locked()).toBe(false);
	});

	test('locks when hidden for the hidden time; a late touch does not help', async () => {
		const { lock, locked, pass } = await openLock();
		lock.touch(false);
		pass(0);
		await new Promise((resolve) => setTimeout(resolve, 20));
		pass(6);
		lock.touch(true);
		await vi.waitFor(async () => expect(await locked()).toBe(true));
	});
});
