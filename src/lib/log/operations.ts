/**
 * What a membership entry can say, read strictly from the bytes. An operation of another type, or of a shape this version does
 * not know, is kept and handed on without effect, so that versions mix.
 */
import type { Bytes } from '#core/bytes.ts';
import type { Did, PublicKeys } from '#crypto/device.ts';
import type { Boxed } from '#crypto/seal.ts';
import type { SignedEntry } from './entry.ts';
import { kidOf } from './kid.ts';
import { isBytes, isCount, isObject, isText } from './shapes.ts';
import type { Role } from './workspaces.ts';

/** The last entry of a chain that counts: what came later is void for everyone. */
export interface Cut {
	readonly seq: number;
	/** Id of that entry; zeros for an empty chain. */
	readonly head: Bytes;
}

export type Cuts = Readonly<Record<Did, Cut>>;

export type Operation =
	| {
			readonly type: 'genesis';
			readonly name: string;
			readonly language: string;
			readonly currency: string;
			readonly timeZone: string;
			readonly userName: string;
			/** SHA-256 of the first epoch key, as `commitmentOf` in keyring.ts makes it. */
			readonly commitment: Bytes;
			/** Public halves of the recovery key. */
			readonly recovery?: PublicKeys;
	  }
	| {
			readonly type: 'invite';
			readonly role: 'editor' | 'viewer';
			readonly uses: number;
			readonly expiresAt: number;
			readonly publicKey: Bytes;
			/** The newcomer is a further device of this member. */
			readonly member?: Did;
			/** Any member's device may let the newcomer in (R7); the room is for them to wait in. */
			readonly offline?: { readonly name: string; readonly password: string };
	  }
	| { readonly type: 'uninvite'; readonly invite: string }
	| {
			readonly type: 'join';
			readonly invite: string;
			readonly name: string;
			readonly proof: Bytes;
	  }
	| { readonly type: 'approve'; readonly join: string; readonly keys: Boxed }
	| { readonly type: 'role'; readonly member: Did; readonly role: Role; readonly cuts: Cuts }
	| { readonly type: 'revoke'; readonly cuts: Cuts }
	/** A new device takes the place of the signer's: its profile was copied or restored. */
	| {
			readonly type: 'succeed';
			/** Of the new device; follows from its keys, which sign the proof. */
			readonly did: Did;
			readonly publicKeys: PublicKeys;
			readonly proof: Bytes;
			readonly cut: Cut;
	  }
	/** Signed by a new device with the recovery key's word for it. */
	| { readonly type: 'recover'; readonly name: string; readonly proof: Bytes }
	| {
			readonly type: 'rotate';
			readonly kid: number;
			readonly commitment: Bytes;
			readonly keys: Readonly<Record<Did, Boxed>>;
	  }
	/**
	 * Epoch keys for one who was let in while they changed, or who was left out by an owner who had no right to; `kids` names them. To
	 * itself: a device names those it holds, because what it was given did not open.
	 */
	| {
			readonly type: 'keys';
			readonly device: Did;
			readonly keys: Boxed;
			readonly kids?: readonly number[];
	  }
	| { readonly type: 'fork'; readonly a: SignedEntry; readonly b: SignedEntry }
	| { readonly type: 'erase'; readonly ids: readonly string[] }
	| { readonly type: 'erased'; readonly erase: string }
	/**
	 * The signer has written again, as its own, what the ended chain of `device` says: its bodies may go, once the signer's chain is
	 * here up to `seq`. So erased records leave chains that nobody can write anew.
	 */
	| { readonly type: 'takeover'; readonly device: Did; readonly seq: number }
	/** The void entries of a chain up to `seq` have been looked at: written again, or let go. */
	| { readonly type: 'settle'; readonly device: Did; readonly seq: number }
	| { readonly type: 'checkpoint'; readonly chains: Cuts }
	| { readonly type: 'policy'; readonly settings: Readonly<Record<string, unknown>> };

export type OperationOf<T extends Operation['type']> = Extract<Operation, { type: T }>;

type Raw = Readonly<Record<string, unknown>>;

const isDid = (value: unknown): value is Did => isText(value) && /^[\w-]{22}$/.test(value);
const isBoxed = (value: unknown): value is Boxed =>
	isObject(value) && isBytes(value.enc, 65) && isBytes(value.ct);
const isKeys = (value: unknown): value is PublicKeys =>
	isObject(value) && isBytes(value.sign, 32) && isBytes(value.agree, 65);
const isCut = (value: unknown): value is Cut =>
	isObject(value) && isCount(value.seq) && isBytes(value.head, 32);
const isSigned = (value: unknown): value is SignedEntry =>
	isObject(value) && isBytes(value.head) && isBytes(value.sig, 64);
const isRole = (value: unknown): value is Role =>
	value === 'owner' || value === 'editor' || value === 'viewer';
const perDevice = <T>(value: unknown, is: (one: unknown) => one is T): value is Record<Did, T> =>
	isObject(value) && Object.entries(value).every(([did, one]) => isDid(did) && is(one));

const shapes: Readonly<Record<string, (op: Raw) => boolean>> = {
	genesis: (op) =>
		[op.name, op.language, op.currency, op.timeZone, op.userName].every(isText) &&
		isBytes(op.commitment, 32) &&
		(op.recovery === undefined || isKeys(op.recovery)),
	invite: (op) =>
		(op.role === 'editor' || op.role === 'viewer') &&
		isCount(op.uses) &&
		isCount(op.expiresAt) &&
		isBytes(op.publicKey, 32) &&
		(op.member === undefined || isDid(op.member)) &&
		(op.offline === undefined ||
			(isObject(op.offline) && isText(op.offline.name) && isText(op.offline.password))),
	uninvite: (op) => isText(op.invite),
	join: (op) => isText(op.invite) && isText(op.name) && isBytes(op.proof, 64),
	approve: (op) => isText(op.join) && isBoxed(op.keys),
	role: (op) => isDid(op.member) && isRole(op.role) && perDevice(op.cuts, isCut),
	revoke: (op) => perDevice(op.cuts, isCut),
	succeed: (op) => isDid(op.did) && isKeys(op.publicKeys) && isBytes(op.proof, 64) && isCut(op.cut),
	recover: (op) => isText(op.name) && isBytes(op.proof, 64),
	rotate: (op) =>
		isBytes(op.commitment, 32) && op.kid === kidOf(op.commitment) && perDevice(op.keys, isBoxed),
	keys: (op) =>
		isDid(op.device) &&
		isBoxed(op.keys) &&
		(op.kids === undefined || (Array.isArray(op.kids) && op.kids.every(isCount))),
	fork: (op) => isSigned(op.a) && isSigned(op.b),
	erase: (op) => Array.isArray(op.ids) && op.ids.length <= 1000 && op.ids.every(isText),
	erased: (op) => isText(op.erase),
	takeover: (op) => isDid(op.device) && isCount(op.seq),
	settle: (op) => isDid(op.device) && isCount(op.seq),
	checkpoint: (op) => perDevice(op.chains, isCut),
	policy: (op) => isObject(op.settings),
};

/** Undefined for what this version does not know. */
export function readOperation(op: Raw): Operation | undefined {
	const { type } = op;
	return isText(type) && Object.hasOwn(shapes, type) && shapes[type]!(op)
		? (op as unknown as Operation)
		: undefined;
}
