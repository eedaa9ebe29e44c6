/**
 * Joining. The newcomer proves the invite; both screens show six digits that follow from both keys, both nonces and the
 * connection itself; a person admits by signing (R6), and the answer carries the membership and, boxed for the newcomer's key
 * alone, the epoch keys. When the invite allows it, any member's device admits by itself while no owner is there (R7).
 */
import { concat, equalBytes, fromBase64url, fromHex, toHex, type Bytes } from '#core/bytes.ts';
import { createWriter } from '#core/codec.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { sign, verify, type DeviceKeys, type Did } from '#crypto/device.ts';
import { randomBytes, sha256 } from '#crypto/hash.ts';
import {
	didBytes,
	encodeMembershipHead,
	entryId,
	verifyMembership,
	type SignedEntry,
} from '#log/entry.ts';
import { storeWorkspace, type StoreOf } from '#log/found.ts';
import { boxKeys, unboxKeys } from '#log/keyring.ts';
import type { Log } from '#log/log.ts';
import { belongs, replayMembership, type InviteState } from '#log/membership.ts';
import { joinStatement } from '#log/proofs.ts';
import type { Role } from '#log/workspaces.ts';
import { inviteKeys, type InviteLink } from './invite.ts';
import { createGatherer } from './limits.ts';
import type { Link } from './link.ts';
import { decodeMessage, encodeMessage, inMessages, type Message } from './messages.ts';

export interface Request {
	/** Hex id of the newcomer's signed join entry. */
	readonly id: string;
	readonly name: string;
	readonly role: Role;
	readonly code: string;
	readonly askedAt: number;
	admit(): Promise<Result<void>>;
	refuse(): void;
}

const KNOCK_MS = 20_000;

/** Six digits that both screens show. */
async function shortCode(
	wid: Bytes,
	binding: Bytes,
	newcomer: { did: Did; nonce: Bytes },
	owner: { did: Did; nonce: Bytes },
): Promise<string> {
	const hash = await sha256(
		createWriter()
			.text('perennial/1 code')
			.raw(wid)
			.bytes(binding)
			.raw(didBytes(newcomer.did))
			.raw(newcomer.nonce)
			.raw(didBytes(owner.did))
			.raw(owner.nonce)
			.done(),
	);
	const number = new DataView(hash.buffer).getUint32(0) % 1_000_000;
	return String(number).padStart(6, '0');
}

/** To everything of the newcomer's that the digits follow from: keys, too, could be tried until they agree. */
const commitmentOf = (did: Did, nonce: Bytes) =>
	sha256(concat(new TextEncoder().encode('knock'), didBytes(did), nonce));

/** What the newcomer signs with the invite's key about this one connection. */
const boundStatement = (wid: Bytes, binding: Bytes, did: Did, theirs: Bytes): Bytes =>
	createWriter()
		.text('perennial/1 bound')
		.raw(wid)
		.bytes(binding)
		.raw(didBytes(did))
		.raw(theirs)
		.done();

/** Why an invite admits nobody now; undefined when it does. */
export function inviteTrouble(invite: InviteState | undefined, now: number): string | undefined {
	if (!invite) return 'This invite is unknown. Ask for a new one.';
	if (invite.cancelled) return 'This invite was cancelled. Ask for a new one.';
	if (invite.used >= invite.uses) return 'This invite has been used. Ask for a new one.';
	if (invite.expiresAt < now) return 'This invite has expired. Ask for a new one.';
	return undefined;
}

export interface Door {
	readonly log: Log;
	readonly inviteId: string;
	readonly now: () => number;
	onRequest(request: Request): void;
	onGone(requestId: string): void;
}

/** The side of whoever may admit, on one link that came through an invite's room. */
export function receiveNewcomer(link: Link, door: Door): void {
	const { log, inviteId, now } = door;
	const wid = fromBase64url(log.wid)!;
	const nonce = randomBytes(32);
	let commitment: Bytes | undefined;
	let requestId: string | undefined;
	const send = (message: Message) => link.send(encodeMessage(message));
	const end = (reason: string) => void send({ type: 'bye', reason }).finally(link.close);
	const timer = setTimeout(() => link.close(), KNOCK_MS);

	async function welcome(): Promise<void> {
		for (const message of inMessages('welcome', log.membershipEntries())) await send(message);
	}

	async function admit(join: SignedEntry, did: Did, agree: Bytes): Promise<Result<void>> {
		const late = inviteTrouble(log.membership.invites.get(inviteId), now());
		if (late) return fail('Forbidden', late);
		const joined = await log.receiveMembership([join]);
		if (!joined.ok) return joined;
		const keys = await boxKeys(log.keyring.all(), log.wid, did, agree);
		const approve = { type: 'approve', join: toHex(await entryId(join.head)), keys } as const;
		const approved = await log.sign(approve, now());
		if (!log.membership.devices.has(did))
			return approved.ok || approved.error.type === 'Forbidden'
				? fail('Forbidden', 'This device may not admit anybody. Ask an owner to do it.')
				: approved;
		await welcome();
		return ok(undefined);
	}

	async function handle(message: Message): Promise<void> {
		const invite = log.membership.invites.get(inviteId);
		if (!invite || invite.cancelled) return end(inviteTrouble(invite, now())!);
		if (message.type === 'knock' && !commitment) {
			commitment = message.commitment;
			await send({
				type: 'answer',
				nonce,
				did: log.device.did,
				invite: fromHex(inviteId),
				workspace: log.membership.genesis.name,
			});
		} else if (message.type === 'ask' && commitment && !requestId) {
			const join = await verifyMembership(message.join);
			if (!join.ok) return end(join.error.message);
			const { did, op, publicKeys, wid: theirWid } = join.value;
			if (!equalBytes(await commitmentOf(did, message.nonce), commitment))
				return end('The other device changed its mind about its number.');
			const bound = boundStatement(wid, link.binding, did, nonce);
			const proven =
				equalBytes(theirWid, wid) &&
				op.type === 'join' &&
				op.invite === inviteId &&
				op.proof instanceof Uint8Array &&
				(await verify(invite.publicKey, op.proof as Bytes, joinStatement(wid, did))) &&
				(await verify(invite.publicKey, message.bound, bound));
			if (!proven) return end('This link does not fit the invite. Copy the whole link again.');
			clearTimeout(timer);
			// Admitted before, but the answer was lost on the way: it is given again and uses nothing up.
			if (belongs(log.membership, did)) return welcome();
			const trouble = inviteTrouble(invite, now());
			if (trouble) return end(trouble);
			const id = toHex(await entryId(message.join.head));
			requestId = id;
			if (admitsByItself(log, invite)) {
				const admitted = await admit(message.join, did, publicKeys.agree);
				return admitted.ok ? undefined : end(admitted.error.message);
			}
			const code = await shortCode(
				wid,
				link.binding,
				{ did, nonce: message.nonce },
				{ did: log.device.did, nonce },
			);
			door.onRequest({
				id,
				name: String(op.name ?? '').slice(0, 80),
				role: invite.role,
				code,
				askedAt: now(),
				refuse: () => end('The owner did not admit this device.'),
				admit: () => admit(message.join, did, publicKeys.agree),
			});
		} else if (message.type === 'bye') link.close();
		else end('The other device said something out of turn.');
	}

	serially(link, handle, end);
	link.onClose(() => {
		clearTimeout(timer);
		if (requestId) door.onGone(requestId);
	});
}

/** An owner compares the digits; anybody else can only let in by the invite's own word (R7). */
const admitsByItself = (log: Log, invite: InviteState): boolean =>
	invite.offline !== undefined && log.membership.devices.get(log.device.did)?.role !== 'owner';

export interface Asking {
	readonly invite: InviteLink;
	readonly name: string;
	/** Made once for all tries: whoever was admitted and did not hear of it is known again. */
	readonly device: DeviceKeys;
	readonly now: () => number;
	readonly storeOf: StoreOf;
	onCode(code: string, workspace: string): void;
}

/** The newcomer's side: resolves to the workspace's id when this device is admitted and the keys are stored. */
export function askToJoin(link: Link, asking: Asking): Promise<Result<string>> {
	const { invite, device, now } = asking;
	const wid = fromBase64url(invite.wid)!;
	const nonce = randomBytes(32);
	const send = (message: Message) => link.send(encodeMessage(message));

	return new Promise((resolve) => {
		let asked = false;
		const entries = createGatherer(MOST_WELCOME);
		const fails = (error: Failure) => resolve({ ok: false, error });

		async function ask(answer: Extract<Message, { type: 'answer' }>): Promise<void> {
			const inviteId = toHex(answer.invite);
			const { privateKey } = await inviteKeys(invite.seed);
			const prove = async (statement: Bytes) =>
				new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, statement));
			const head = encodeMembershipHead({
				wid,
				did: device.did,
				publicKeys: device.publicKeys,
				prevs: [answer.invite],
				hlc: now(),
				op: {
					type: 'join',
					invite: inviteId,
					name: asking.name,
					proof: await prove(joinStatement(wid, device.did)),
				},
			});
			const join = { head, sig: await sign(device, head) };
			const bound = await prove(boundStatement(wid, link.binding, device.did, answer.nonce));
			await send({ type: 'ask', nonce, join, bound });
			const code = await shortCode(
				wid,
				link.binding,
				{ did: device.did, nonce },
				{ did: answer.did, nonce: answer.nonce },
			);
			asking.onCode(code, answer.workspace);
		}

		async function handle(message: Message): Promise<void> {
			if (message.type === 'answer' && !asked) {
				asked = true;
				await ask(message);
			} else if (message.type === 'welcome' && asked) {
				if (!entries.add(message.entries)) throw new Error('The other device says too much.');
				if (message.more) return;
				const stored = await enter(asking, entries.take());
				resolve(stored.ok ? ok(invite.wid) : stored);
				link.close();
			} else if (message.type === 'bye') {
				fails({ type: 'Forbidden', message: message.reason });
				link.close();
			} else link.close();
		}

		const settled = serially(link, handle, (reason) => {
			fails({ type: 'Damaged', message: reason });
			link.close();
		});
		// What was said before the end says more than the end.
		link.onClose(async () => {
			await settled();
			fails({
				type: 'Offline',
				message: 'The connection ended before this device was admitted. Open the link again.',
			});
		});
		commitmentOf(device.did, nonce)
			.then((commitment) => send({ type: 'knock', commitment }))
			.catch((error: unknown) => {
				fails({ type: 'Damaged', message: String(error) });
				link.close();
			});
	});
}

/** Bytes in memory of the membership that a newcomer is given. */
const MOST_WELCOME = 128 * 1024 * 1024;

/** Believes nothing: the entries must lead from the workspace's own id to an approval of exactly this device. */
async function enter(
	{ invite, device, now, storeOf }: Asking,
	entries: readonly SignedEntry[],
): Promise<Result<void>> {
	const replayed = await replayMembership(fromBase64url(invite.wid)!, entries);
	if (!replayed.ok) return replayed;
	const membership = replayed.value;
	const epochs = [];
	for (const boxed of membership.boxes(device.did))
		epochs.push(...(await unboxKeys(boxed, invite.wid, device, membership.commitments)));
	if (!belongs(membership, device.did) || !epochs.length)
		return fail('Forbidden', 'The answer does not admit this device. Ask for a new invite.');
	return storeWorkspace(device, epochs, entries, now(), storeOf(invite.wid));
}

function serially(
	link: Link,
	handle: (message: Message) => Promise<void>,
	onBad: (reason: string) => void,
): () => Promise<unknown> {
	let work: Promise<unknown> = Promise.resolve();
	link.onMessage((bytes) => {
		const decoded = decodeMessage(bytes);
		work = work
			.then(() => (decoded.ok ? handle(decoded.value) : onBad(decoded.error.message)))
			.catch((error: unknown) => onBad(String(error)));
	});
	return () => work;
}
