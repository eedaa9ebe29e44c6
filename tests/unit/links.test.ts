/**
 * Invite links and pairing codes of every bad kind, at a real door: nobody gets in who should not, and each kind is told in its own
 * words, which say what to do. LINKS=5000 for the full number.
 */
import { describe, expect, test } from 'vitest';
import { fromBase64url, toBase64url, utf8 } from '#core/bytes.ts';
import { createRandom, type Random } from '#core/random.ts';
import { unwrap } from '#core/result.ts';
import { createDeviceKeys } from '#crypto/device.ts';
import { randomBytes } from '#crypto/hash.ts';
import type { Description } from '#sync/description.ts';
import { SEED_LENGTH, inviteUrl, parseInvite } from '#sync/invite.ts';
import { decodePairing, encodePairing, isFor, pairingUrl } from '#sync/pairing-code.ts';
import { ask, foundInMemory, inviteTo, type NewInvite } from '#tests/support/memory.ts';
import { mutate, noise } from '#tests/support/mutate.ts';

const count = Number(process.env.LINKS ?? 300);
const base = 'https://crm.example';
const DO = /Copy|Reload|Ask for|Open|Scan|Show/;

/** One character of the link's payload changed, cut, doubled or put in; never the same link again. */
function garbled(random: Random, url: string): string {
	const at = url.indexOf('#') + 1;
	const bytes = utf8(url.slice(at));
	for (;;) {
		const text = Array.from(mutate(random, bytes), (byte) => String.fromCharCode(byte % 128)).join(
			'',
		);
		if (text.trim() !== url.slice(at)) return url.slice(0, at) + text;
	}
}

describe(`${count} bad links`, () => {
	test(
		'invites: no wrong admission, and for each kind its own words',
		{ timeout: 1e9 },
		async () => {
			const random = createRandom(Number(process.env.FUZZ_SEED ?? 5));
			const ann = await foundInMemory();
			const { log } = ann.store;
			const foreign = await foundInMemory();
			const good = await inviteTo(log, { uses: 1e6 });
			const expired = await inviteTo(log, { expiresAt: Date.now() - 1000 });
			const used = await inviteTo(log);
			const usedBy = await createDeviceKeys();
			unwrap(await ask(log, used.id, { wid: log.wid, seed: used.seed }, usedBy));
			const cancelled = await inviteTo(log);
			unwrap(await log.sign({ type: 'uninvite', invite: cancelled.id }, Date.now()));
			const foreignInvite = await inviteTo(foreign.store.log);
			const url = (invite: Pick<NewInvite, 'seed'>, wid = log.wid) =>
				inviteUrl(base, { wid, seed: invite.seed as never });
			const stranger = { seed: randomBytes(SEED_LENGTH) };
			const goodUrl = url(good);

			/** A link, and the invite at whose door its holder would stand. */
			const kinds: Record<string, () => { text: string; door: string }> = {
				garbled: () => ({ text: garbled(random, goodUrl), door: good.id }),
				noise: () => ({
					text: Buffer.from(noise(random, random.below(120))).toString(
						pick(random, ['base64', 'utf8', 'hex']),
					),
					door: good.id,
				}),
				'no link': () => ({
					text: pick(random, ['hello', base, `${base}/join`, '']),
					door: good.id,
				}),
				newer: () => ({ text: goodUrl.replace('#1.', `#${2 + random.below(98)}.`), door: good.id }),
				cut: () => ({ text: goodUrl.slice(0, -1 - random.below(20)), door: good.id }),
				expired: () => ({ text: url(expired), door: expired.id }),
				used: () => ({ text: url(used), door: used.id }),
				cancelled: () => ({ text: url(cancelled), door: cancelled.id }),
				unknown: () => ({ text: url(stranger), door: '00'.repeat(32) }),
				'another seed': () => ({ text: url({ seed: randomBytes(SEED_LENGTH) }), door: good.id }),
				'of another workspace': () => ({ text: url(good, foreign.store.log.wid), door: good.id }),
				"another workspace's": () => ({
					text: url(foreignInvite, foreign.store.log.wid),
					door: good.id,
				}),
			};
			const newcomer = await createDeviceKeys();
			const words = new Map<string, Set<string>>();
			const devices = log.membership.devices.size;
			for (let n = 0; n < count; n++) {
				const kind = Object.keys(kinds)[n % Object.keys(kinds).length]!;
				const { text, door } = kinds[kind]!();
				const parsed = parseInvite(text);
				let said = parsed.ok ? '' : parsed.error.message;
				if (parsed.ok && isThe(parsed.value, good.seed, log.wid) && door === good.id) continue;
				if (parsed.ok) {
					const answer = await ask(log, door, parsed.value, newcomer);
					if (answer.ok) throw new Error(`${kind} let in: ${text}`);
					said = answer.error.message;
				}
				words.set(kind, (words.get(kind) ?? new Set()).add(said));
				expect(log.membership.devices.size, `${kind}: ${text}`).toBe(devices);
			}
			const clear = [
				'no link',
				'newer',
				'cut',
				'expired',
				'used',
				'cancelled',
				'unknown',
				'another seed',
			];
			const sentences = clear.map((kind) => {
				const all = [...(words.get(kind) ?? [])];
				expect(all.slice(1), kind).toEqual([]);
				expect(all[0], kind).toMatch(DO);
				return all[0];
			});
			expect(new Set(sentences).size).toBe(clear.length);
			for (const all of words.values()) for (const one of all) expect(one).toMatch(DO);
			// The good one still opens, once the bad ones have been at the door.
			unwrap(await ask(log, good.id, unwrap(parseInvite(goodUrl)), newcomer));
		},
	);

	test(
		'pairing codes: none is taken for another, and for each kind its own words',
		{ timeout: 1e9 },
		async () => {
			const random = createRandom(Number(process.env.FUZZ_SEED ?? 6));
			const room = { name: 'r', password: 'only the team knows' };
			const description: Description = {
				...{ setup: 'actpass', ufrag: 'Xy+/', pwd: 'abcdefghijklmnopqrstuvwx' },
				fingerprint: new Uint8Array(32).fill(9),
				candidates: [{ type: 'host', address: '192.168.1.20', port: 51235 }],
			};
			const peerId = 'c0ffee00-1234-4abc-8def-0123456789ab';
			const { text } = await encodePairing(room, peerId, description);
			const other = await encodePairing({ ...room, password: 'another team' }, peerId, description);
			const good = pairingUrl(base, text);
			const kinds: Record<string, () => string> = {
				garbled: () => garbled(random, good),
				noise: () => Buffer.from(noise(random, random.below(300))).toString('base64'),
				'no code': () => pick(random, ['hello', base, `${base}/pair`, '']),
				newer: () => good.replace('#1.', `#${2 + random.below(98)}.`),
				cut: () => good.slice(0, -1 - random.below(20)),
				invite: () =>
					inviteUrl(base, { wid: toBase64url(noise(random, 16)), seed: noise(random, 16) }),
				foreign: () => pairingUrl(base, other.text),
			};
			const words = new Map<string, Set<string>>();
			for (let n = 0; n < count; n++) {
				const kind = Object.keys(kinds)[n % Object.keys(kinds).length]!;
				const shown = kinds[kind]!();
				const decoded = await decodePairing(shown);
				if (decoded.ok) {
					const same = shown.replace(/\s/g, '').split('#').at(-1) === text;
					expect(same || !(await isFor(decoded.value, room)), shown).toBe(true);
				} else words.set(kind, (words.get(kind) ?? new Set()).add(decoded.error.message));
			}
			const clear = ['no code', 'newer', 'cut', 'invite'];
			const sentences = clear.map((kind) => {
				const all = [...(words.get(kind) ?? [])];
				expect(all.slice(1), kind).toEqual([]);
				return all[0];
			});
			expect(new Set(sentences).size).toBe(clear.length);
			for (const all of words.values()) for (const one of all) expect(one).toMatch(DO);
		},
	);
});

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!;

const isThe = (link: { wid: string; seed: Uint8Array }, seed: Uint8Array, wid: string) =>
	Buffer.from(link.seed).equals(Buffer.from(seed)) &&
	Buffer.from(fromBase64url(link.wid)!).equals(Buffer.from(fromBase64url(wid)!));
