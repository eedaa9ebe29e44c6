/**
 * The key that seals this device's keys at rest. Without an app lock the browser keeps it, sealed under a key object that
 * cannot be exported; with one it is stored only sealed by a passphrase or a passkey, and stands in memory while unlocked.
 * The key itself stays the same, so that turning the lock on or off is one transaction in one small database.
 */
import { Dexie, type Table } from 'dexie';
import { utf8, type Bytes } from '#core/bytes.ts';
import { systemClock, type Clock } from '#core/clock.ts';
import { fail, ok, type Result } from '#core/result.ts';
import { deriveAesKey, randomBytes } from '#crypto/hash.ts';
import { openWithPassphrase, sealWithPassphrase } from '#crypto/passphrase.ts';
import type { PassphraseSealed, Slowness } from '#crypto/passphrase.ts';
import { newIv, open, seal, type Sealed } from '#crypto/seal.ts';
import { storageFailure } from './storage.ts';

export interface LockTimes {
	/** Minutes without a touch until the app locks itself. */
	readonly idle: number;
	/** Minutes out of sight until it does. */
	readonly hidden: number;
}

/** What the browser needs to ask a passkey for its secret (WebAuthn Level 3, `prf`). */
export interface PasskeyHint {
	readonly credential: Bytes;
	readonly salt: Bytes;
}

export interface LockState {
	readonly on: boolean;
	readonly locked: boolean;
	readonly times: LockTimes;
	readonly passkey?: PasskeyHint;
}

interface LockRow {
	readonly times: LockTimes;
	readonly passphrase: PassphraseSealed;
	readonly passkey?: PasskeyHint & Sealed;
	/** Wrong passphrases in a row, and when the next may be tried. */
	readonly wrong: number;
	readonly notBefore: number;
}

/** Both rows never stand together. */
interface OpenRow extends Sealed {
	readonly kek: CryptoKey;
}

export interface Vault {
	state(): Promise<LockState>;
	/** `Locked` while it is. */
	key(): Promise<Result<CryptoKey>>;
	turnOn(passphrase: string, times: LockTimes): Promise<Result<void>>;
	turnOff(passphrase: string): Promise<Result<void>>;
	setTimes(times: LockTimes): Promise<Result<void>>;
	/** `secret`: 32 bytes that only this passkey gives for this salt. */
	addPasskey(passphrase: string, hint: PasskeyHint, secret: Bytes): Promise<Result<void>>;
	unlock(passphrase: string): Promise<Result<void>>;
	unlockWithPasskey(secret: Bytes): Promise<Result<void>>;
	/** Forgets the key. */
	lock(): Promise<void>;
}

export const DEFAULT_TIMES: LockTimes = { idle: 15, hidden: 5 };
const PURPOSE = 'app lock';
const PASSKEY_PURPOSE = 'app lock passkey';
const KEPT = utf8('perennial/1 vault');

class VaultDatabase extends Dexie {
	declare rows: Table<unknown, string>;
	constructor(scope: string) {
		super(`perennial-vault-${scope}`, { chromeTransactionDurability: 'strict' });
		this.version(1).stores({ rows: '' });
	}
}

const vaults = new Map<string, Vault>();

/** One for each device in this process; only tests and simulations have more than one. */
export function vaultOf(scope = ''): Vault {
	const known = vaults.get(scope);
	if (known) return known;
	const vault = createVault(scope);
	vaults.set(scope, vault);
	return vault;
}

/** `slowness` of the passphrase: measured on this device unless a test says otherwise. */
export function createVault(scope: string, clock: Clock = systemClock, slowness?: Slowness): Vault {
	const { rows } = new VaultDatabase(scope);
	let unlocked: CryptoKey | undefined;
	const lockRow = async () => (await rows.get('lock')) as LockRow | undefined;
	const openRow = async () => (await rows.get('open')) as OpenRow | undefined;
	const isOff = () => fail('Invalid', 'The app lock is not on.');

	async function stored<T>(work: () => Promise<T>): Promise<Result<T>> {
		try {
			return ok(await work());
		} catch (error) {
			return storageFailure(error);
		}
	}

	async function makeOpenRow(secret: Bytes): Promise<OpenRow> {
		const kek = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
			'encrypt',
			'decrypt',
		]);
		const iv = newIv();
		return { kek, iv, ct: await seal(kek, iv, secret, KEPT) };
	}

	/** The bytes of the key; made when this device has none. */
	async function kept(): Promise<Result<Bytes>> {
		const fresh = (await openRow()) ? undefined : await makeOpenRow(randomBytes(32));
		if (fresh)
			await rows.db.transaction('rw', rows, async () => {
				if (!(await rows.get('open')) && !(await rows.get('lock'))) await rows.add(fresh, 'open');
			});
		const row = await openRow();
		return row ? open(row.kek, row.iv, row.ct, KEPT) : locked();
	}

	/** The passphrase's word for it; each wrong one makes the next wait longer. */
	async function opened(passphrase: string): Promise<Result<Bytes>> {
		const row = await lockRow();
		if (!row) return isOff();
		const seconds = Math.ceil((row.notBefore - clock()) / 1000);
		if (seconds > 0)
			return fail('Busy', `Too many wrong passphrases. Wait ${seconds} seconds, then try again.`, {
				needed: seconds,
			});
		const secret = await openWithPassphrase(row.passphrase, passphrase, PURPOSE);
		const wrong = secret.ok ? 0 : row.wrong + 1;
		const wait = wrong > 2 ? Math.min(300, 2 ** (wrong - 2)) * 1000 : 0;
		if (wrong || row.wrong)
			await rows.put({ ...row, wrong, notBefore: wait ? clock() + wait : 0 }, 'lock');
		return secret;
	}

	const take = async (secret: Bytes) => {
		unlocked = await deriveAesKey(secret, 'vault');
	};

	async function withRow(change: (row: LockRow) => Promise<LockRow> | LockRow) {
		const row = await lockRow();
		if (!row) return isOff();
		return stored(async () => void (await rows.put(await change(row), 'lock')));
	}

	return {
		async state() {
			const row = await lockRow();
			if (!row) return { on: false, locked: false, times: DEFAULT_TIMES };
			const { times, passkey } = row;
			const hint = passkey && { credential: passkey.credential, salt: passkey.salt };
			return { on: true, locked: !unlocked, times, ...(hint && { passkey: hint }) };
		},
		async key() {
			if (unlocked) return ok(unlocked);
			if (await lockRow()) return locked();
			const secret = await kept();
			if (!secret.ok) return secret;
			await take(secret.value);
			return ok(unlocked!);
		},
		async turnOn(passphrase, times) {
			if (await lockRow()) return fail('Invalid', 'The app lock is on already.');
			const secret = await kept();
			if (!secret.ok) return secret;
			const sealed = await sealWithPassphrase(secret.value, passphrase, PURPOSE, slowness);
			if (!sealed.ok) return sealed;
			const row: LockRow = { times, passphrase: sealed.value, wrong: 0, notBefore: 0 };
			await take(secret.value);
			return stored(() =>
				rows.db.transaction('rw', rows, async () => {
					await rows.put(row, 'lock');
					await rows.delete('open');
				}),
			);
		},
		async turnOff(passphrase) {
			const secret = await opened(passphrase);
			if (!secret.ok) return secret;
			const row = await makeOpenRow(secret.value);
			await take(secret.value);
			return stored(() =>
				rows.db.transaction('rw', rows, async () => {
					await rows.put(row, 'open');
					await rows.delete('lock');
				}),
			);
		},
		setTimes: (times) => withRow((row) => ({ ...row, times })),
		async addPasskey(passphrase, hint, secret) {
			const vaultSecret = await opened(passphrase);
			if (!vaultSecret.ok) return vaultSecret;
			const iv = newIv();
			const key = await deriveAesKey(secret, PASSKEY_PURPOSE);
			const ct = await seal(key, iv, vaultSecret.value, KEPT);
			return withRow((row) => ({ ...row, passkey: { ...hint, iv, ct } }));
		},
		async unlock(passphrase) {
			const secret = await opened(passphrase);
			if (!secret.ok) return secret;
			await take(secret.value);
			return ok(undefined);
		},
		async unlockWithPasskey(secret) {
			const sealed = (await lockRow())?.passkey;
			if (!sealed) return isOff();
			const key = await deriveAesKey(secret, PASSKEY_PURPOSE);
			const plain = await open(key, sealed.iv, sealed.ct, KEPT);
			if (!plain.ok) return fail('Invalid', 'This passkey does not open the app lock.');
			await take(plain.value);
			return ok(undefined);
		},
		async lock() {
			if (await lockRow()) unlocked = undefined;
		},
	};
}

const locked = () => fail('Locked', 'The app is locked. Unlock it, then try again.');
