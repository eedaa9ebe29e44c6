/**
 * The app lock as a page sees it: asks, tells the data worker that somebody is here, and fetches the passkey's secret, which
 * only a page can. A passphrase passes through and is not kept.
 */
import type { Remote } from 'comlink';
import type { Bytes } from '#core/bytes.ts';
import { fail } from '#core/result.ts';
import type { LockState, PasskeyHint } from '#log/vault.ts';
import { LOCK_CHANNEL } from './app-lock.ts';
import type { DataApi } from './data-api.ts';
import type { PageLock } from './session.ts';

const TOUCH_EVERY_MS = 5_000;

export function createPageLock(data: Remote<DataApi>, changed: () => void): PageLock {
	let state: LockState = { on: false, locked: false, times: { idle: 15, hidden: 5 } };

	async function refresh(): Promise<LockState> {
		state = await data.lockState();
		changed();
		return state;
	}

	new BroadcastChannel(LOCK_CHANNEL).onmessage = () => void refresh();
	tellTouches(data, refresh);

	return {
		get state() {
			return state;
		},
		refresh,
		turnOn: (passphrase, times) => data.turnLockOn(passphrase, times),
		turnOff: (passphrase) => data.turnLockOff(passphrase),
		setTimes: (times) => data.setLockTimes(times),
		unlock: (passphrase) => data.unlock(passphrase),
		lockNow: () => data.lockNow(),
		passkeysWork,
		async addPasskey(passphrase, name) {
			const made = await makePasskey(name);
			return made ? data.addPasskey(passphrase, made.hint, made.secret) : noPasskey();
		},
		async unlockWithPasskey() {
			const secret = state.passkey && (await askPasskey(state.passkey));
			return secret ? data.unlockWithPasskey(secret) : noPasskey();
		},
	};
}

const noPasskey = () =>
	fail('Cancelled', 'The passkey gave no secret. Use the passphrase, or try again.');

/** Some touches are enough to count idle time by; going out of sight and coming back are told at once. */
function tellTouches(data: Remote<DataApi>, refresh: () => Promise<LockState>): void {
	let told = 0;
	const touch = () => {
		if (Date.now() - told < TOUCH_EVERY_MS) return;
		told = Date.now();
		void data.touch(true);
	};
	for (const event of ['pointerdown', 'keydown', 'wheel'])
		addEventListener(event, touch, { passive: true, capture: true });
	document.addEventListener('visibilitychange', () => {
		const visible = document.visibilityState === 'visible';
		// Seen again: whether the time is up is asked before the touch could count.
		if (visible) void refresh();
		void data.touch(visible);
	});
}

/** `extension:prf` of WebAuthn Level 3; browsers that cannot say, cannot. */
async function passkeysWork(): Promise<boolean> {
	const asked = globalThis.PublicKeyCredential as
		{ getClientCapabilities?(): Promise<Record<string, boolean>> } | undefined;
	return (
		(await asked?.getClientCapabilities?.().catch(() => undefined))?.['extension:prf'] === true
	);
}

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

const secretOf = (credential: Credential | null): Bytes | undefined => {
	const results = (credential as PublicKeyCredential | null)?.getClientExtensionResults();
	const first = results?.prf?.results?.first;
	return (
		first &&
		new Uint8Array(first instanceof ArrayBuffer ? first : (first.buffer.slice(0) as ArrayBuffer))
	);
};

async function makePasskey(
	name: string,
): Promise<{ hint: PasskeyHint; secret: Bytes } | undefined> {
	const salt = random(32);
	const created = await navigator.credentials
		.create({
			publicKey: {
				challenge: random(32),
				rp: { name: 'Perennial' },
				user: { id: random(16), name, displayName: name },
				pubKeyCredParams: [
					{ type: 'public-key', alg: -7 },
					{ type: 'public-key', alg: -257 },
				],
				authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
				extensions: { prf: { eval: { first: salt } } },
			},
		})
		.catch(() => null);
	if (!created) return undefined;
	const hint = { credential: new Uint8Array((created as PublicKeyCredential).rawId), salt };
	// Some authenticators give the secret only when asked again.
	const secret = secretOf(created) ?? (await askPasskey(hint));
	return secret && { hint, secret };
}

async function askPasskey({ credential, salt }: PasskeyHint): Promise<Bytes | undefined> {
	const got = await navigator.credentials
		.get({
			publicKey: {
				challenge: random(32),
				allowCredentials: [{ type: 'public-key', id: credential }],
				userVerification: 'required',
				extensions: { prf: { eval: { first: salt } } },
			},
		})
		.catch(() => null);
	return secretOf(got);
}
