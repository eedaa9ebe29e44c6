/** Backups: what is read back is what was written, every kind of damage is noticed, and restoring only ever adds. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
	joinHost,
	newHost,
	newStore,
	nextScope,
	connect,
	converged,
	until,
} from '#tests/support/store.ts';
import { concat, type Bytes } from '#core/bytes.ts';
import { unwrap, type Result } from '#core/result.ts';
import { randomBytes } from '#crypto/hash.ts';
import { createRecord } from '#commands/records.ts';
import { LogDatabase, storesInBrowser } from '#log/database.ts';
import type { SealedEntry } from '#log/entry.ts';
import { createKeyring } from '#log/keyring.ts';
import { verifyBundle } from '#log/read-bundle.ts';
import { rotate } from '#log/rotation.ts';
import { writeBundle } from '#log/write-bundle.ts';
import { recoveryEntropy } from '#workspace/kit.ts';
import { openHost, type Host } from '#workspace/host.ts';
import { restoreWorkspace } from '#workspace/restore.ts';

const go = () => true;
const message = (result: Result<unknown>) => (result.ok ? 'accepted' : result.error.message);
const bytesOf = async (file: Blob): Promise<Bytes> => new Uint8Array(await file.arrayBuffer());

/** Where each piece begins (at its length) and ends. */
function piecesOf(bytes: Bytes): { from: number; to: number }[] {
	const view = new DataView(bytes.buffer);
	const opening = new TextDecoder('latin1').decode(bytes.subarray(0, 17)).length;
	// Magic of 17 bytes, version 1, then the opening with a length of two varint bytes.
	let at = opening + 1;
	const size = (bytes[at]! & 127) | (bytes[at + 1]! << 7);
	at += 2 + size;
	const pieces = [];
	while (at < bytes.length) {
		const to = at + 4 + view.getUint32(at);
		pieces.push({ from: at, to });
		at = to;
	}
	return pieces;
}

async function withContacts(count: number): Promise<Host> {
	const host = await newHost();
	for (let i = 0; i < count; i++)
		unwrap(await host.create('contact', { firstName: `N${i}`, notes: 'x'.repeat(49_000) }));
	return host;
}

describe('a backup', () => {
	let host: Host;
	let file: Blob;
	let bytes: Bytes;
	let words: string;
	beforeAll(async () => {
		host = await withContacts(60);
		words = unwrap(await host.recoveryWords()).join(' ');
		file = unwrap(await host.backup(go));
		bytes = await bytesOf(file);
	});

	test('has several pieces, is good, and is remembered only once a copy of it was read', async () => {
		expect(piecesOf(bytes).length).toBeGreaterThanOrEqual(4);
		expect((await host.safety()).backup).toBeUndefined();
		const note = unwrap(await host.verifyBackup(file, go));
		expect(note).toMatchObject({ entries: 60, size: file.size });
		expect((await host.safety()).backup).toEqual(note);
	});

	test('a changed byte of any kind is noticed', async () => {
		const pieces = piecesOf(bytes);
		const last = pieces.at(-1)!;
		const places: Record<string, number> = {
			magic: 3,
			version: 17,
			'length of the opening': 18,
			'workspace id': 60,
			'opening, any': pieces[0]!.from - 10,
			'length of a piece': pieces[1]!.from + 3,
			'high byte of a length': pieces[1]!.from,
			'first piece': pieces[0]!.from + 4,
			'inside a piece': pieces[1]!.from + 5000,
			'tag of a piece': pieces[1]!.to - 1,
			'length of the manifest': last.from + 3,
			manifest: last.from + 4,
			'tag of the manifest': last.to - 1,
		};
		for (const [kind, at] of Object.entries(places)) {
			const changed = bytes.slice();
			changed[at]! ^= 1;
			const said = await host.verifyBackup(new Blob([changed]), go);
			expect(said.ok, kind).toBe(false);
		}
		// And 200 places anywhere.
		for (let i = 0; i < 200; i++) {
			const changed = bytes.slice();
			const at = Math.floor((i / 200) * bytes.length);
			changed[at]! ^= 1 << (i % 8);
			const restored = await restoreWorkspace(
				new Blob([changed]),
				{ words },
				go,
				Date.now,
				storesInBrowser(nextScope()),
			);
			expect(restored.ok, `byte ${at}`).toBe(false);
		}
	});

	test('cut off at any piece, in a piece or in its length, it says that its end is missing', async () => {
		const pieces = piecesOf(bytes);
		for (const { from, to } of pieces)
			for (const end of [from + 2, from + 4, Math.floor((from + to) / 2), to]) {
				if (end === bytes.length) continue;
				expect(message(await host.verifyBackup(new Blob([bytes.slice(0, end)]), go))).toContain(
					'cut off',
				);
			}
	});

	test('pieces that changed places, are missing, or come twice are noticed', async () => {
		const pieces = piecesOf(bytes).map(({ from, to }) => bytes.slice(from, to));
		const opening = bytes.slice(0, piecesOf(bytes)[0]!.from);
		const put = (...some: Bytes[]) => host.verifyBackup(new Blob([concat(opening, ...some)]), go);
		const [a, b, ...rest] = pieces as [Bytes, Bytes, ...Bytes[]];
		expect((await put(a, b, ...rest)).ok).toBe(true);
		expect((await put(b, a, ...rest)).ok).toBe(false);
		expect((await put(a, ...rest)).ok).toBe(false);
		expect((await put(a, b, b, ...rest)).ok).toBe(false);
		expect((await put(a, rest.at(-1)!)).ok).toBe(false);
		expect((await put(a, b, ...rest, rest.at(-1)!)).ok).toBe(false);
	});

	test('other files, newer forms, wrong words and other workspaces each have their sentence', async () => {
		expect(message(await host.restore(new Blob(['name,email\n']), go))).toContain('no Perennial');
		const newer = bytes.slice();
		newer[17] = 2;
		expect(message(await host.restore(new Blob([newer]), go))).toContain('newer version');
		const other = await newHost();
		expect(message(await other.restore(file, go))).toContain('another workspace');
		const wrong = unwrap(await other.recoveryWords()).join(' ');
		const restored = await restoreWorkspace(
			file,
			{ words: wrong },
			go,
			Date.now,
			storesInBrowser(nextScope()),
		);
		expect(message(restored)).toContain('do not belong to this backup');
		await other.close();
	});

	test('cancelled, it leaves nothing', async () => {
		const stopped = await host.backup(() => false);
		expect(stopped).toMatchObject({ ok: false, error: { type: 'Cancelled' } });
		const restored = await restoreWorkspace(
			file,
			{ words },
			() => false,
			Date.now,
			storesInBrowser(nextScope()),
		);
		expect(restored).toMatchObject({ ok: false, error: { type: 'Cancelled' } });
	});

	test('an empty device with the words has everything, writes, invites, and restores again without effect', async () => {
		const scope = nextScope();
		const options = { words, userName: 'Ann again' };
		const wid = unwrap(await restoreWorkspace(file, options, go, Date.now, storesInBrowser(scope)));
		const back = unwrap(await openHost(wid, { scope }));
		expect(back.info().role).toBe('owner');
		expect(unwrap(await back.restore(file, go)).added).toBe(60);
		expect(await back.fingerprint()).toBe(await host.fingerprint());
		expect(unwrap(await back.restore(file, go)).added).toBe(0);
		expect(await back.fingerprint()).toBe(await host.fingerprint());
		unwrap(await back.create('contact', { firstName: 'New' }));
		unwrap(await back.invite({ role: 'editor' }, 'http://localhost'));
		// The old device and the new one meet and agree.
		connect(host, back);
		await until(() => converged(host, back), 30);
		expect(host.members().map(({ name }) => name)).toContain('Ann again');
	});

	test('an old backup on newer data removes nothing', async () => {
		const owner = await withContacts(3);
		const old = unwrap(await owner.backup(go));
		const guest = await joinHost(owner);
		const cut = connect(owner, guest);
		await until(() => converged(owner, guest));
		unwrap(await guest.create('contact', { firstName: 'Later' }));
		unwrap(await owner.create('contact', { firstName: 'Later too' }));
		await until(() => converged(owner, guest));
		cut();
		const [before, vector] = [await owner.fingerprint(), owner.version()];
		expect(unwrap(await owner.restore(old, go)).added).toBe(0);
		expect([await owner.fingerprint(), owner.version()]).toEqual([before, vector]);
		expect(owner.members()).toHaveLength(2);
		// A member's device that has less takes what is missing.
		expect(unwrap(await guest.restore(unwrap(await owner.backup(go)), go)).added).toBe(0);
		await Promise.all([owner.close(), guest.close()]);
	});
});

test('bodies that were dropped stay dropped, the rest comes back, and the new device goes on', async () => {
	const host = await newHost();
	const id = unwrap(await host.create('contact', { firstName: 'N' }));
	for (let i = 0; i < 230; i++) unwrap(await host.update(id, { notes: `note ${i}` }));
	const words = unwrap(await host.recoveryWords()).join(' ');
	const file = unwrap(await host.backup(go));
	const scope = nextScope();
	const storeOf = storesInBrowser(scope);
	const wid = unwrap(await restoreWorkspace(file, { words }, go, Date.now, storeOf));
	const back = unwrap(await openHost(wid, { scope }));
	unwrap(await back.restore(file, go));
	expect(await back.fingerprint()).toBe(await host.fingerprint());
	const verdict = unwrap(await back.verify());
	expect(verdict.bad).toEqual([]);
	expect(verdict.dropped).toBeGreaterThan(190);
	unwrap(await back.update(id, { notes: 'after' }));
	connect(host, back);
	await until(() => converged(host, back));
	await Promise.all([host.close(), back.close()]);
});

test('a damaged body is healed from a backup', async () => {
	const scope = nextScope();
	const host = await newHost(scope);
	for (const firstName of ['A', 'B', 'C']) unwrap(await host.create('contact', { firstName }));
	const file = unwrap(await host.backup(go));
	const print = await host.fingerprint();
	const { workspace, did } = host.info();
	await host.close();
	const database = new LogDatabase(workspace.id, scope);
	await database.entries.update([did, 2], { ct: new Uint8Array(40) });
	database.close();
	const again = unwrap(await openHost(workspace.id, { scope }));
	unwrap(await again.checkUp());
	expect(unwrap(await again.verify())).toMatchObject({ bad: [], dropped: 0, awaited: 1 });
	expect(unwrap(await again.restore(file, go)).added).toBe(1);
	expect(unwrap(await again.verify())).toMatchObject({ bad: [], dropped: 0, awaited: 0 });
	await again.rebuild();
	expect(await again.fingerprint()).toBe(print);
	await again.close();
});

describe('of a device that cannot read all it holds', () => {
	/** The second of three entries is spoilt on the disk, as `row` says. */
	async function spoilt(row: object | undefined) {
		const scope = nextScope();
		const ann = await newHost(scope);
		const words = unwrap(await ann.recoveryWords()).join(' ');
		const bo = await joinHost(ann);
		const cut = connect(ann, bo);
		for (const firstName of ['A', 'B', 'C']) unwrap(await ann.create('contact', { firstName }));
		await until(() => converged(ann, bo));
		cut();
		const { workspace, did } = ann.info();
		await ann.close();
		const database = new LogDatabase(workspace.id, scope);
		await (row ? database.entries.update([did, 2], row) : database.entries.delete([did, 2]));
		database.close();
		return { did, words, bo, ann: unwrap(await openHost(workspace.id, { scope })) };
	}

	test.each([
		['an entry that is gone', undefined, 2],
		['a spoilt head', { head: randomBytes(200) }, 2],
		['a spoilt body', { ct: randomBytes(40) }, 3],
	])('%s keeps nothing else out, and is named', async (_, row, entries) => {
		const { ann, bo, did, words } = await spoilt(row);
		for (const mended of [false, true]) {
			if (mended) unwrap(await ann.checkUp());
			const file = unwrap(await ann.backup(go));
			const note = unwrap(await ann.verifyBackup(file, go));
			expect(note).toMatchObject({ entries, lacks: { [did]: 1 } });
			expect((await ann.safety()).backup).toEqual(note);
			expect(unwrap(await ann.restore(file, go)).added).toBe(0);

			const scope = nextScope();
			const storeOf = storesInBrowser(scope);
			const wid = unwrap(await restoreWorkspace(file, { words }, go, Date.now, storeOf));
			const back = unwrap(await openHost(wid, { scope }));
			expect(unwrap(await back.restore(file, go)).added).toBe(entries);
			expect(unwrap(await back.restore(file, go)).added).toBe(0);
			const { bad, awaited } = unwrap(await back.verify());
			expect(bad.length + awaited).toBe(1);
			// Whoever has what is missing makes it whole.
			connect(back, bo);
			await until(async () => (await back.fingerprint()) === (await bo.fingerprint()));
			expect(unwrap(await back.verify())).toMatchObject({ bad: [], awaited: 0 });
			const whole = unwrap(await back.verifyBackup(unwrap(await back.backup(go)), go));
			expect(whole).not.toHaveProperty('lacks');
			await back.close();
		}
		await Promise.all([ann.close(), bo.close()]);
	});

	test('a hole that its writer does not name is damage', async () => {
		const store = await newStore();
		const { log, context } = store;
		const { did } = log.device;
		for (const firstName of ['A', 'B', 'C'])
			unwrap(await createRecord(context, 'contact', { firstName }));
		const [first, , third] = await log.entries(did, 1, 3, Infinity);
		const written = async (...entries: SealedEntry[]) => {
			const vector = () => ({ [did]: entries.length });
			const bent = { ...log, vector, entries: async () => entries };
			const parts: Bytes[] = [];
			for await (const { bytes } of writeBundle({ log: bent, at: Date.now() })) parts.push(bytes);
			return message(await verifyBundle(new Blob(parts), { epochs: log.keyring.all() }));
		};
		expect(await written(first!)).toBe('accepted');
		expect(await written(first!, third!)).toContain('incomplete');
		await store.close();
	});
});

test('epoch keys of a file are taken up only when an owner committed to them', async () => {
	const { log } = await newStore();
	const first = log.keyring.newest();
	unwrap(await rotate(log, Date.now()));
	const second = log.keyring.newest();
	const device = createKeyring(log.wid, log.device, [second]);
	const stranger = { kid: first.kid, key: randomBytes(32) };
	expect(await device.take([stranger], log.membership)).toBe(false);
	expect(await device.take([first], log.membership)).toBe(true);
	expect(await device.take([first], log.membership)).toBe(false);
	expect(device.newest()).toEqual(second);
	expect(device.all()).toHaveLength(2);
});

describe('the recovery kit', () => {
	test('three words make this device forget them; the sealed kit opens with its passphrase alone', async () => {
		const host = await newHost();
		expect((await host.safety()).kit).toBe('unsaved');
		const words = unwrap(await host.recoveryWords());
		const kit = unwrap(await host.recoveryKit('a few good words'));
		const text = `<p>Keep this.</p>${kit}<p>`;
		expect(unwrap(await recoveryEntropy(text, 'a few good words'))).toEqual(
			unwrap(await recoveryEntropy(words.join(' '))),
		);
		expect(message(await recoveryEntropy(text, 'a few bad words'))).toContain('passphrase');

		const wrong = { 1: words[0]!, 5: words[4]!, 9: words[0]! === words[8] ? 'zoo' : words[0]! };
		expect((await host.confirmKit(wrong)).ok).toBe(false);
		expect((await host.confirmKit({ 1: words[0]! })).ok).toBe(false);
		unwrap(
			await host.confirmKit({ 2: ` ${words[1]!.toUpperCase()}`, 7: words[6]!, 12: words[11]! }),
		);
		expect((await host.safety()).kit).toBe('saved');
		expect((await host.recoveryWords()).ok).toBe(false);
		await host.close();
	});
});
