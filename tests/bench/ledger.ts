/**
 * The ledger's single costs, for `npm run bench` to measure in a page: real WebCrypto, real IndexedDB, the real data path. Each
 * call prepares first; what it answers runs the measured part alone and says how many times it did it.
 */
import { unwrap } from '#core/result.ts';
import { sign, verify } from '#crypto/device.ts';
import type { SealedEntry } from '#log/entry.ts';
import type { Payload } from '#log/payload.ts';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { startSession } from '#sync/session.ts';
import { systemClock } from '#core/clock.ts';
import { openStore, type BrowserStore } from '#workspace/open-store.ts';
import { joinHost, newHost } from '#tests/support/store.ts';

type Measured = () => Promise<number>;

/** Entries received in one go while much is coming. */
const TOGETHER = 64;

/** Owner and editor of one workspace, each with databases of its own. */
async function twoStores(): Promise<readonly [BrowserStore, BrowserStore]> {
	const [ann, bo] = ['bench-ann-', 'bench-bo-'];
	const owner = await newHost(ann);
	const { workspace } = owner.info();
	const other = await joinHost(owner, 'editor', bo);
	await Promise.all([owner.close(), other.close()]);
	const open = async (scope: string) => unwrap(await openStore(workspace.id, { scope }));
	return [await open(ann), await open(bo)];
}

const [ann, bo] = await twoStores();

async function annsEntries(): Promise<readonly SealedEntry[]> {
	const { did } = ann.log.device;
	return ann.log.entries(did, 1, Infinity, Infinity);
}

let clock = 0;
const anEdit = (): Payload => ({
	intent: { verb: 'update', entity: 'contact', count: 1 },
	updates: [{ part: 'bench', from: clock, clock: ++clock, update: new Uint8Array(120) }],
});

/** Entries of an edit's size, one durable transaction each. */
export async function sealAndAppend(count: number): Promise<Measured> {
	return async () => {
		for (let i = 0; i < count; i++) unwrap(await bo.log.write('edit', Date.now(), anEdit()));
		return count;
	};
}

/** Rows of the same bytes into a bare object store, one durable transaction each. */
export async function writeBytes(count: number): Promise<Measured> {
	const { did } = bo.log.device;
	const [row] = await bo.log.store.page(did, bo.log.chain(did)!.seq, 1);
	const opening = indexedDB.open('bench-bytes', 1);
	opening.onupgradeneeded = () => opening.result.createObjectStore('entries');
	await new Promise((resolve) => (opening.onsuccess = resolve));
	const database = opening.result;
	return async () => {
		for (let i = 0; i < count; i++) {
			const transaction = database.transaction('entries', 'readwrite', { durability: 'strict' });
			transaction.objectStore('entries').put(row, i);
			await new Promise((resolve) => (transaction.oncomplete = resolve));
		}
		return count;
	};
}

/** Another device's contacts, one an entry: checked, opened, stored, merged into documents and tables. */
export async function verifyAndApply(count: number): Promise<Measured> {
	const before = ann.log.chain(ann.log.device.did)?.seq ?? 0;
	for (let i = 0; i < count; i++)
		await ann.context.write({ verb: 'create', entity: 'contact', count: 1 }, [
			{
				id: `contact:bench-${String(before + i).padStart(6, '0')}`,
				did: ann.log.device.did,
				hlc: ann.context.nextHlc(),
				fields: { firstName: 'Bench', lastName: `Of ${i}`, email: `bench${i}@example.com` },
			},
		]);
	const entries = (await annsEntries()).slice(before);
	return async () => {
		for (let at = 0; at < entries.length; at += TOGETHER) {
			const more = at + TOGETHER < entries.length;
			unwrap(await bo.receive(entries.slice(at, at + TOGETHER), false, more));
		}
		if (bo.log.chain(ann.log.device.did)?.seq !== before + count) throw new Error('Not received.');
		return count;
	};
}

/** `crypto.subtle.verify` over the heads of such entries, and nothing else. */
export async function verifyOnly(count: number): Promise<Measured> {
	const entries = await annsEntries();
	const { publicKeys } = ann.log.device;
	return async () => {
		for (let i = 0; i < count; i++) {
			const { head, sig } = entries[i % entries.length]!;
			if (!(await verify(publicKeys.sign, sig, head))) throw new Error('Not verified.');
		}
		return count;
	};
}

/** Whole greetings of two devices, both sides: proof, membership, what each holds. */
export async function handshakes(count: number): Promise<Measured> {
	return async () => {
		for (let i = 0; i < count; i++) {
			const links = createMemoryLinks();
			const greeted = [ann, bo].map(
				({ log }, side) =>
					new Promise<void>((resolve, reject) => {
						startSession(links[side]!, {
							log,
							clock: systemClock,
							partial: false,
							receive: async () => undefined,
							opened() {},
							told: () => resolve(),
							closed: (_, reason) => reject(new Error(reason)),
						});
					}),
			);
			await Promise.all(greeted);
			links[0].close();
		}
		return count;
	};
}

/** Signs and checks as often as a greeting must: twice each. */
export async function proofsOnly(count: number): Promise<Measured> {
	const statement = crypto.getRandomValues(new Uint8Array(200));
	const { log } = ann;
	return async () => {
		for (let i = 0; i < 2 * count; i++) {
			const sig = await sign(log.device, statement);
			if (!(await verify(log.device.publicKeys.sign, sig, statement))) throw new Error('Not so.');
		}
		return count;
	};
}
