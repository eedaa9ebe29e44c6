import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#core/bytes.ts';
import { unwrap } from '#core/result.ts';
import { calibrate, openWithPassphrase, sealWithPassphrase } from '#crypto/passphrase.ts';
import { entropyOf, newRecoveryEntropy, recoveryKeysFrom, wordsOf } from '#crypto/recovery.ts';
import { box, unbox } from '#crypto/seal.ts';

/** From BIP-39's own list (github.com/trezor/python-mnemonic, vectors.json): 128 bits each. */
const vectors = [
	[
		'00000000000000000000000000000000',
		'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about',
	],
	[
		'7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f',
		'legal winner thank year wave sausage worth useful legal winner thank yellow',
	],
	[
		'80808080808080808080808080808080',
		'letter advice cage absurd amount doctor acoustic avoid letter advice cage above',
	],
	['ffffffffffffffffffffffffffffffff', 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'],
	[
		'9e885d952ad362caeb4efe34a8e91bd2',
		'ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic',
	],
	[
		'c0ba5a8e914111210f2bd131f3d5e08d',
		'scheme spot photo card baby mountain device kick cradle pact join borrow',
	],
	[
		'23db8160a31d3e0dca3688ed941adbf3',
		'cat swing flag economy stadium alone churn speed unique patch report train',
	],
	[
		'f30f8c1da665478f49b001d94c5fc452',
		'vessel ladder alter error federal sibling chat ability sun glass valve picture',
	],
] as const;

describe('the recovery key', () => {
	test.each(vectors)('%s is its words, and back', async (hex, words) => {
		expect((await wordsOf(fromHex(hex))).join(' ')).toBe(words);
		expect(toHex(unwrap(await entropyOf(words)))).toBe(hex);
	});

	test('typed as people type', async () => {
		const typed =
			'1. Legal 2. WINNER 3. thank, year\nwave sausage worth useful legal winner thank yellow ';
		expect(toHex(unwrap(await entropyOf(typed)))).toBe('7f'.repeat(16));
	});

	test('a missing, misspelt, exchanged or wrong word is told from the others', async () => {
		const said = async (text: string) => {
			const result = await entropyOf(text);
			return result.ok ? 'accepted' : result.error.message;
		};
		const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
		expect(await said(words.replace(' yellow', ''))).toContain('these are 11');
		expect(await said(words.replace('sausage', 'sosage'))).toContain('"sosage"');
		expect(await said(words.replace('winner thank', 'thank winner'))).toContain('belong together');
		expect(await said(words.replace('yellow', 'zoo'))).toContain('belong together');
	});

	test('its key pairs always follow from it: what one copy boxed the other opens', async () => {
		const entropy = newRecoveryEntropy();
		const [one, other] = [await recoveryKeysFrom(entropy), await recoveryKeysFrom(entropy)];
		expect(one.publicKeys).toEqual(other.publicKeys);
		expect(one.publicKeys.sign.length).toBe(32);
		expect(one.publicKeys.agree.length).toBe(65);
		const boxed = await box(one.publicKeys.agree, entropy, 'test');
		expect(unwrap(await unbox(other, boxed, 'test'))).toEqual(entropy);
		const stranger = await recoveryKeysFrom(newRecoveryEntropy());
		expect((await unbox(stranger, boxed, 'test')).ok).toBe(false);
	});
});

describe('a passphrase', () => {
	const secret = newRecoveryEntropy();
	const little = { iterations: 1, memory: 1024 };

	test('opens what it sealed, whatever form its letters have', async () => {
		const sealed = unwrap(await sealWithPassphrase(secret, 'Müller’s ﬁeld 田', 'test', little));
		const typed = 'Müller’s field 田'.normalize('NFD');
		expect(unwrap(await openWithPassphrase(sealed, typed, 'test'))).toEqual(secret);
	});

	test('a wrong one, a changed byte and another purpose do not', async () => {
		const sealed = unwrap(await sealWithPassphrase(secret, 'correct horse', 'test', little));
		const wrong = await openWithPassphrase(sealed, 'correct house', 'test');
		expect(wrong).toMatchObject({ ok: false, error: { field: 'passphrase' } });
		expect((await openWithPassphrase(sealed, 'correct horse', 'other')).ok).toBe(false);
		const ct = sealed.ct.slice();
		ct[3]! ^= 1;
		expect((await openWithPassphrase({ ...sealed, ct }, 'correct horse', 'test')).ok).toBe(false);
	});

	test('a short one is refused, and so is a file that asks for too much work', async () => {
		expect((await sealWithPassphrase(secret, 'seven77', 'test', little)).ok).toBe(false);
		const sealed = unwrap(await sealWithPassphrase(secret, 'long enough', 'test', little));
		const greedy = { ...sealed, memory: 16 * 1024 * 1024 };
		expect(await openWithPassphrase(greedy, 'long enough', 'test')).toMatchObject({
			error: { type: 'Damaged' },
		});
	});

	test('calibrated to at least what RFC 9106 asks of 64 MiB', async () => {
		const { iterations, memory } = await calibrate();
		expect(memory).toBe(65536);
		expect(iterations).toBeGreaterThanOrEqual(3);
	});
});
