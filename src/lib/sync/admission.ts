/**
 * Joining with the owner online (R6). The newcomer proves the invite; both screens show six digits that follow from both keys,
 * both nonces and the connection itself; the owner admits by signing, and the answer carries the membership and, boxed for the
 * newcomer's key alone, the epoch key.
 */
import { concat, equalBytes, fromBase64url, fromHex, toHex, type Bytes } from '#core/bytes.ts';
import { createWriter } from '#core/codec.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { createDeviceKeys, sign, verify, type DeviceKeys, type Did } from '#crypto/device.ts';
import { randomBytes, sha256 } from '#crypto/hash.ts';
import { box, unbox } from '#crypto/seal.ts';
import {
	didBytes,
	encodeMembershipHead,
	entryId,
	verifyMembership,
	type SignedEntry,
} from '#log/entry.ts';
import { storeWorkspace } from '#log/found.ts';
import type { Log } from '#log/log.ts';
import { joinStatement, replayMembership, type InviteState } from '#log/membership.ts';
import type { Role } from '#log/workspaces.ts';
import { inviteKeys, type InviteLink } from './invite.ts';
import type { Link } from './link.ts';
import { decodeMessage, encodeMessage, type Message } from './messages.ts';

export interface Request {
	/** Hex id of the newcomer's signed join entry. */
	readonly id: string;
	readonly name: string;
	readonly role: Role;
	readonly code: string;
	readonly askedAt: number;
	admit(): Promise<Result<readonly SignedEntry[]>>;
	refuse(): void;
}

const KNOCK_MS = 20_000;
const boxPurpose = (wid: string, did: Did) => `epoch ${wid} ${did}`;

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

/** Why an invite admits nobody now; undefined when it does. */
export function inviteTrouble(invite: InviteState | undefined, now: number): string | undefined {
	if (!invite) return 'This invite is unknown. Ask for a new one.';
	if (invite.cancelled) return 'This invite was cancelled. Ask for a new one.';
	if (invite.used >= invite.uses) return 'This invite has been used. Ask for a new one.';
	if (invite.expiresAt < now) return 'This invite has expired. Ask for a new one.';
	return undefined;
}

/** The owner's side of one link that came through an invite's room. */
export function receiveNewcomer(
	link: Link,
	log: Log,
	inviteId: string,
	now: () => number,
	onRequest: (request: Request) => void,
	onGone: (requestId: string) => void,
): void {
	const wid = fromBase64url(log.wid)!;
	const nonce = randomBytes(32);
	let commitment: Bytes | undefined;
	let requestId: string | undefined;
	const send = (message: Message) => link.send(encodeMessage(message));
	const end = (reason: string) => void send({ type: 'bye', reason }).finally(link.close);
	const timer = setTimeout(() => link.close(), KNOCK_MS);

	async function handle(message: Message): Promise<void> {
		const invite = log.membership.invites.get(inviteId);
		const trouble = inviteTrouble(invite, now());
		if (trouble || !invite) return end(trouble ?? 'This invite is unknown.');
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
			const proven =
				equalBytes(theirWid, wid) &&
				op.type === 'join' &&
				op.invite === inviteId &&
				op.proof instanceof Uint8Array &&
				(await verify(invite.publicKey, op.proof as Bytes, joinStatement(wid, did)));
			if (!proven) return end('The other device could not prove the invite.');
			clearTimeout(timer);
			const id = toHex(await entryId(message.join.head));
			requestId = id;
			const code = await shortCode(
				wid,
				link.binding,
				{ did, nonce: message.nonce },
				{ did: log.device.did, nonce },
			);
			onRequest({
				id,
				name: String(op.name ?? '').slice(0, 80),
				role: invite.role,
				code,
				askedAt: now(),
				refuse: () => end('The owner did not admit this device.'),
				async admit() {
					const late = inviteTrouble(log.membership.invites.get(inviteId), now());
					if (late) return fail('Forbidden', late);
					const boxed = await box(publicKeys.agree, log.epochKey, boxPurpose(log.wid, did));
					const joined = await log.receiveMembership([message.join]);
					if (!joined.ok) return joined;
					const approve = { type: 'approve', join: id, kid: log.epoch, ...boxed };
					const approved = await log.sign(approve, now());
					if (!approved.ok) return approved;
					const entries = await log.membershipEntries();
					await send({ type: 'welcome', entries });
					return ok(entries);
				},
			});
		} else if (message.type === 'bye') link.close();
		else end('The other device said something out of turn.');
	}

	serially(link, handle, end);
	link.onClose(() => {
		clearTimeout(timer);
		if (requestId) onGone(requestId);
	});
}

/** The newcomer's side: resolves to the workspace's id when this device is admitted and the keys are stored. */
export function askToJoin(
	link: Link,
	invite: InviteLink,
	name: string,
	now: () => number,
	onCode: (code: string, workspace: string) => void,
	scope = '',
): Promise<Result<string>> {
	const wid = fromBase64url(invite.wid)!;
	const nonce = randomBytes(32);
	const send = (message: Message) => link.send(encodeMessage(message));

	return new Promise((resolve) => {
		const keys = createDeviceKeys();
		let device: DeviceKeys | undefined;
		const fails = (error: Failure) => resolve({ ok: false, error });

		async function handle(message: Message): Promise<void> {
			if (message.type === 'answer' && !device) {
				device = await keys;
				const inviteId = toHex(message.invite);
				const { privateKey } = await inviteKeys(invite.seed);
				const statement = joinStatement(wid, device.did);
				const proof = new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, statement));
				const head = encodeMembershipHead({
					wid,
					did: device.did,
					publicKeys: device.publicKeys,
					prevs: [message.invite],
					hlc: now(),
					op: { type: 'join', invite: inviteId, name, proof },
				});
				await send({ type: 'ask', nonce, join: { head, sig: await sign(device, head) } });
				const code = await shortCode(
					wid,
					link.binding,
					{ did: device.did, nonce },
					{ did: message.did, nonce: message.nonce },
				);
				onCode(code, message.workspace);
			} else if (message.type === 'welcome' && device) {
				const stored = await enter(invite.wid, device, message.entries, now(), scope);
				resolve(stored.ok ? ok(invite.wid) : stored);
				link.close();
			} else if (message.type === 'bye') {
				fails({ type: 'Forbidden', message: message.reason });
				link.close();
			} else link.close();
		}

		serially(link, handle, (reason) => {
			fails({ type: 'Damaged', message: reason });
			link.close();
		});
		link.onClose(() =>
			fails({
				type: 'Offline',
				message: 'The connection ended before this device was admitted. Open the link again.',
			}),
		);
		const knock = async () => {
			const { did } = await keys;
			await send({ type: 'knock', commitment: await commitmentOf(did, nonce) });
		};
		knock().catch((error: unknown) => {
			fails({ type: 'Damaged', message: String(error) });
			link.close();
		});
	});
}

/** Believes nothing: the entries must lead from the workspace's own id to an approval of exactly this device. */
async function enter(
	wid: string,
	device: DeviceKeys,
	entries: readonly SignedEntry[],
	now: number,
	scope: string,
): Promise<Result<void>> {
	const membership = await replayMembership(fromBase64url(wid)!, entries);
	if (!membership.ok) return membership;
	const wrap = membership.value.wraps.get(device.did);
	if (!membership.value.devices.has(device.did) || !wrap)
		return fail('Forbidden', 'The answer does not admit this device. Ask for a new invite.');
	const epochKey = await unbox(device, wrap, boxPurpose(wid, device.did));
	if (!epochKey.ok) return epochKey;
	return storeWorkspace(wid, device, epochKey.value, wrap.kid, entries, now, scope);
}

function serially(
	link: Link,
	handle: (message: Message) => Promise<void>,
	onBad: (reason: string) => void,
): void {
	let work: Promise<unknown> = Promise.resolve();
	link.onMessage((bytes) => {
		const decoded = decodeMessage(bytes);
		work = work
			.then(() => (decoded.ok ? handle(decoded.value) : onBad(decoded.error.message)))
			.catch((error: unknown) => onBad(String(error)));
	});
}
