/**
 * The people of a workspace as the data worker serves them: inviting, admitting, changing and taking away rights, the epoch key,
 * and what waits in quarantine. Each act is one signed entry that every device judges alike (log/authority.ts).
 */
import type { Clock } from '#core/clock.ts';
import { fail, ok, type Failure, type Result } from '#core/result.ts';
import { randomBytes } from '#crypto/hash.ts';
import { cutsOf } from '#log/cuts.ts';
import type { LogDatabase } from '#log/database.ts';
import { waysBack } from '#log/invites.ts';
import { leavingWith } from '#log/leaving.ts';
import { belongs, endOf, mayWrite, type InviteState } from '#log/membership.ts';
import { giveKeys, isRotationDue, rotate } from '#log/rotation.ts';
import { keepInvite, keptInvites } from '#log/notes.ts';
import type { Role } from '#log/workspaces.ts';
import { inviteTrouble, receiveNewcomer, type Request } from '#sync/admission.ts';
import type { Engine } from '#sync/engine.ts';
import {
	SEED_LENGTH,
	inviteKeys,
	inviteRoom,
	inviteUrl,
	workspaceRoom,
	type Room,
} from '#sync/invite.ts';
import type { Link } from '#sync/link.ts';
import { erasuresIn, signErasure } from './erasures.ts';
import { reauthored, voidEntries } from './quarantine.ts';
import type { Store } from './store.ts';
import type { Erasing, Invite, InviteWish, Member, Pending, Quarantined } from './workspace.ts';

/** `workspace`, `former <kid>`, or the id of an invite. */
export type Purpose = string;

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
/** An invite that lets in while no owner is there (R7). */
const OFFLINE_FOR = 72 * HOUR;
const MOST_INVITES = 8;
/** Devices that were away look for the others where they last met them. */
const MOST_FORMER = 3;
const FORMER_FOR = 90 * 24 * HOUR;
/** A newcomer whose connection broke between the admission and the answer finds the door open for so long. */
const DOOR_STAYS = 10 * 60_000;
const CHECKPOINT_EVERY = 24 * HOUR;
/** Devices named in one entry. */
const MOST_CUTS = 100;

interface Needs {
	readonly store: Store;
	readonly engine: Engine;
	readonly database: LogDatabase;
	readonly clock: Clock;
	changed(): void;
}

export type Team = ReturnType<typeof createTeam>;

export function createTeam({ store, engine, database, clock, changed }: Needs) {
	const { log, context } = store;
	const { did } = log.device;
	const requests = new Map<string, Request>();
	/** Invite -> links open in its room: a used-up invite's room stays until its last answer has arrived. */
	const doors = new Map<string, number>();
	let keeping: Promise<unknown> = Promise.resolve();

	const self = () => log.membership.devices.get(did);
	const isOwner = () => store.role === 'owner' && !self()?.ended;
	const refuseOthers = () =>
		isOwner() ? undefined : fail('Forbidden', 'Only an owner can do this. Ask one of them.');
	/** Whom this device may let in with it. */
	const mayAdmit = (invite: InviteState) =>
		isOwner() || invite.offline !== undefined || invite.member === self()?.member;

	const devicesOf = (member: string) =>
		[...log.membership.devices.values()].filter((device) => device.member === member);

	/**
	 * What an owner's device does unasked: keys for those who lack them, a new key when it is due, a checkpoint a day; and for
	 * every person: what a former device of theirs wrote and could not be counted, once more.
	 */
	function keep(): void {
		keeping = keeping.then(keepOnce).catch((error: unknown) => console.error(error));
	}

	const renewKey = async (): Promise<Result<unknown>> =>
		isOwner() && isRotationDue(log, clock()) ? rotate(log, clock()) : ok(undefined);

	async function keepOnce(): Promise<void> {
		for (const device of devicesOf(self()?.member ?? ''))
			if (device.ended === 'forked' || device.ended === 'succeeded')
				if (mayWrite(store.role) && !self()?.ended) await writeAgain(device.did);
		if (!isOwner()) return;
		const now = clock();
		await giveKeys(log, log.membership.devices.keys(), now);
		await renewKey();
		const { checkpoint } = log.membership;
		const chains = cutsOf(
			log,
			Object.keys(log.vector()).filter((one) => endOf(log.membership, one)),
		);
		const moved = Object.entries(chains).some(
			([one, cut]) => (checkpoint?.chains[one]?.seq ?? 0) < cut.seq,
		);
		if (moved && now - (checkpoint?.at ?? 0) > CHECKPOINT_EVERY)
			await log.sign({ type: 'checkpoint', chains }, now);
	}
	const stopListening = log.onMembership(() => {
		keep();
		changed();
	});
	keep();

	async function closeWaysBack(gone: readonly string[]): Promise<Result<void>> {
		const { invites, devices } = log.membership;
		for (const { id } of waysBack(invites.values(), devices, gone)) {
			const signed = await log.sign({ type: 'uninvite', invite: id }, clock());
			if (!signed.ok) return signed;
		}
		return ok(undefined);
	}

	/** As far as they can be read here; none is settled unread. */
	async function writeAgain(device: string): Promise<Result<number>> {
		const waiting = await voidEntries(log, store.replica, device);
		const ahead = waiting.findIndex(({ isAhead }) => isAhead);
		const entries = ahead < 0 ? waiting : waiting.slice(0, ahead);
		if (ahead >= 0) await log.wantLeftOut(device);
		if (!entries.length) return ahead < 0 ? ok(0) : fail('Busy', NOT_HERE);
		const cells = await reauthored(context, entries);
		const intent = { verb: 'reauthor', entity: '', count: entries.length } as const;
		const written = cells.length ? await context.write(intent, cells) : ok(undefined);
		if (!written.ok) return written;
		const settled = await settle(device, entries.at(-1)!.seq);
		return settled.ok ? ok(entries.length) : settled;
	}

	const settle = (device: string, seq: number) =>
		log.sign({ type: 'settle', device, seq }, clock());

	async function inviteList(): Promise<Invite[]> {
		const secrets = await keptInvites(database);
		return [...log.membership.invites.values()].flatMap((invite) => {
			const secret = secrets.get(invite.id);
			if (!secret || inviteTrouble(invite, clock())) return [];
			const { id, role, uses, used, expiresAt, offline, member } = invite;
			return [
				{
					...{ id, role, uses, usesLeft: uses - used, expiresAt, url: secret.url },
					offline: offline !== undefined,
					own: member !== undefined,
				},
			];
		});
	}

	async function inviteRooms(): Promise<{ purpose: Purpose; room: Room }[]> {
		const secrets = await keptInvites(database);
		const now = clock();
		const rooms = [];
		for (const invite of log.membership.invites.values()) {
			const recent = now - (invite.came.at(-1)?.at ?? 0) < DOOR_STAYS;
			const live = !inviteTrouble(invite, now) || doors.has(invite.id) || recent;
			if (!live || invite.cancelled || !mayAdmit(invite)) continue;
			const seed = secrets.get(invite.id)?.seed;
			const room = seed ? await inviteRoom(seed) : invite.offline;
			if (room) rooms.push({ purpose: invite.id, room });
		}
		return rooms.slice(-MOST_INVITES);
	}

	async function formerRooms(): Promise<{ purpose: Purpose; room: Room }[]> {
		const { epoch } = log.membership;
		if (clock() - epoch.since > FORMER_FOR) return [];
		const former = log.keyring.all().filter(({ kid }) => kid !== log.keyring.newest().kid);
		return Promise.all(
			former.slice(-MOST_FORMER).map(async ({ kid, key }) => ({
				purpose: `former ${kid}`,
				room: await workspaceRoom(key),
			})),
		);
	}

	return {
		/** Where this device waits for others. */
		async rooms(): Promise<readonly { purpose: Purpose; room: Room }[]> {
			const main = { purpose: 'workspace', room: await workspaceRoom(log.keyring.newest().key) };
			return [main, ...(await formerRooms()), ...(await inviteRooms())];
		},
		attach(purpose: Purpose, link: Link): void {
			if (purpose === 'workspace' || purpose.startsWith('former ')) return engine.attach(link);
			doors.set(purpose, (doors.get(purpose) ?? 0) + 1);
			link.onClose(() => {
				const left = doors.get(purpose)! - 1;
				if (left) doors.set(purpose, left);
				else doors.delete(purpose);
				changed();
			});
			receiveNewcomer(link, {
				log,
				inviteId: purpose,
				now: clock,
				onRequest(request) {
					requests.set(request.id, request);
					changed();
				},
				onGone(id) {
					if (requests.delete(id)) changed();
				},
			});
		},
		/** `meetingPoint`: named in the link when the team meets elsewhere than at the app's own address. */
		async invite(
			{ role, uses = 1, offline = false, own = false }: InviteWish,
			base: string,
			meetingPoint?: string,
		) {
			if (!own) {
				const refused = refuseOthers();
				if (refused) return refused;
			}
			if (role === 'owner')
				return fail('Invalid', 'An invite makes an editor or a viewer, never an owner.');
			if (!(uses >= 1 && uses <= 100))
				return fail('Invalid', 'An invite is for 1 to 100 devices.', { field: 'uses' });
			const seed = randomBytes(SEED_LENGTH);
			const { publicKey } = await inviteKeys(seed);
			const expiresAt = clock() + (offline ? OFFLINE_FOR : WEEK);
			const room = await inviteRoom(seed);
			const id = await log.sign(
				{
					type: 'invite',
					...{ role, uses, expiresAt, publicKey },
					...(offline && { offline: room }),
					...(own && { member: self()!.member }),
				},
				clock(),
			);
			if (!id.ok) return id;
			const url = inviteUrl(base, { wid: log.wid, seed, ...(meetingPoint && { meetingPoint }) });
			await keepInvite(database, id.value, { seed, url });
			changed();
			return ok({ id: id.value, role, uses, usesLeft: uses, expiresAt, url, offline, own });
		},
		invites: inviteList,
		async cancelInvite(id: string): Promise<Result<void>> {
			const invite = log.membership.invites.get(id);
			if (!invite) return fail('NotFound', 'There is no such invite.');
			const refused = invite.by === did ? undefined : refuseOthers();
			if (refused) return refused;
			const signed = await log.sign({ type: 'uninvite', invite: id }, clock());
			return signed.ok ? ok(undefined) : signed;
		},
		pending: (): readonly Pending[] =>
			[...requests.values()].map(({ id, name, role, code, askedAt }) => ({
				requestId: id,
				...{ name, role, code, askedAt },
			})),
		async admit(requestId: string): Promise<Result<void>> {
			const request = requests.get(requestId);
			if (!request)
				return fail('NotFound', 'That device is no longer waiting. Ask it to open the link again.');
			const admitted = await request.admit();
			if (!admitted.ok) return admitted;
			requests.delete(requestId);
			changed();
			return ok(undefined);
		},
		refuse(requestId: string): Result<void> {
			const request = requests.get(requestId);
			if (!request) return fail('NotFound', 'That device is no longer waiting.');
			requests.delete(requestId);
			request.refuse();
			changed();
			return ok(undefined);
		},
		members(): readonly Member[] {
			const here = new Set(engine.status().here);
			const acks = new Map(engine.acks().map((ack) => [ack.did, ack]));
			const vector = log.vector();
			const total = Object.values(vector).reduce((sum, seq) => sum + seq, 0);
			return [...log.membership.devices.values()].map((device) => {
				const ack = acks.get(device.did);
				const held = Object.entries(vector).reduce(
					(sum, [chain, seq]) => sum + Math.min(seq, ack?.holds[chain] ?? 0),
					0,
				);
				const isSelf = device.did === did;
				return {
					did: device.did,
					member: device.member,
					name: device.name,
					role: device.role,
					joinedAt: device.joinedAt,
					self: isSelf,
					here: isSelf || here.has(device.did),
					lacks: isSelf ? 0 : total - held,
					...(ack && { lastSeen: ack.at }),
					...(device.ended && { ended: device.ended }),
					...(device.unreviewed && { unreviewed: true }),
					...(log.membership.outranks(did, device.did) && { mayChange: true }),
				};
			});
		},
		async setRole(member: string, role: Role): Promise<Result<void>> {
			const refused = refuseOthers();
			if (refused) return refused;
			const devices = devicesOf(member);
			if (!devices.length) return fail('NotFound', 'There is no such person here.');
			const cuts = cutsOf(
				log,
				devices.map((device) => device.did),
			);
			const signed = await log.sign({ type: 'role', member, role, cuts }, clock());
			if (log.membership.devices.get(member)?.role === role) return ok(undefined);
			return signed.ok ? fail('Forbidden', SENIOR) : orSenior(signed);
		},
		/** Devices, or all devices of a person; then the key changes, so that they cannot read on. */
		async revoke(named: readonly string[]): Promise<Result<void>> {
			const isLeaving = named.every((one) => one === did);
			const refused = isLeaving ? undefined : refuseOthers();
			if (refused) return refused;
			const devices = isLeaving ? named : leavingWith(log.membership, named);
			// First, so that nothing can come between: by the same link they would be given the new key.
			const closed = isOwner() ? await closeWaysBack(devices) : ok(undefined);
			if (!closed.ok) return closed;
			for (let at = 0; at < devices.length; at += MOST_CUTS) {
				const cuts = cutsOf(log, devices.slice(at, at + MOST_CUTS));
				const signed = await log.sign({ type: 'revoke', cuts }, clock());
				if (!signed.ok) return orSenior(signed);
			}
			if (devices.some((one) => belongs(log.membership, one))) return fail('Forbidden', SENIOR);
			// In turn with what is done unasked, or the key would change twice.
			const renewed = keeping.then(renewKey);
			keeping = renewed.catch(() => {});
			const done = await renewed;
			return done.ok ? ok(undefined) : done;
		},
		async quarantine(): Promise<readonly Quarantined[]> {
			const waiting: Quarantined[] = [];
			for (const device of log.membership.devices.values()) {
				const last = log.chain(device.did)?.seq ?? 0;
				if (last <= device.end) continue;
				const entries = await voidEntries(log, store.replica, device.did);
				if (!entries.length) continue;
				waiting.push({
					did: device.did,
					name: device.name,
					edits: entries.map(({ seq, hlc, receivedAt, verb, cells }) => ({
						...{ seq, at: hlc, receivedAt, verb },
						ids: [...new Set(cells.map(({ id }) => id))],
					})),
				});
			}
			return waiting;
		},
		/** Writes the void entries of a device again, as this one's own; resolves to how many. */
		async reauthor(device: string): Promise<Result<number>> {
			return refuseOthers() ?? writeAgain(device);
		},
		async discard(device: string): Promise<Result<void>> {
			const refused = refuseOthers();
			if (refused) return refused;
			const settled = await settle(device, log.chain(device)?.seq ?? 0);
			return settled.ok ? ok(undefined) : settled;
		},
		/** For good, on every device (R13). */
		async erase(ids: readonly string[]): Promise<Result<void>> {
			const refused = refuseOthers();
			if (refused) return refused;
			const signed = await signErasure(log, ids, clock());
			if (!signed.ok) return signed;
			// Resolves when it is gone here; the others follow and say so.
			await store.settled(async () => {});
			return ok(undefined);
		},
		erasures: async (): Promise<readonly Erasing[]> => erasuresIn(log.membership, store.late),
		async setPolicy(settings: Readonly<Record<string, unknown>>): Promise<Result<void>> {
			const refused = refuseOthers();
			if (refused) return refused;
			const signed = await log.sign({ type: 'policy', settings }, clock());
			return signed.ok ? ok(undefined) : signed;
		},
		close: stopListening,
	};
}

const orSenior = (refused: { readonly ok: false; readonly error: Failure }) =>
	refused.error.type === 'Forbidden' ? fail('Forbidden', SENIOR) : refused;

const NOT_HERE =
	'What these edits change is not on this device. If another device here has it, it is being fetched: try again in a moment.';

const SENIOR = 'An owner can only change people who became owners after them.';
