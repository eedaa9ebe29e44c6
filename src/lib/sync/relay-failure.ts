/** What a relay refuses, in words that say what to do. Nothing is lost in any of these cases: it waits on the device. */
import { JetStreamApiError } from '@nats-io/jetstream';
import { AuthorizationError, PermissionViolationError, errors } from '@nats-io/nats-core';
import { fail, type Failure } from '#core/result.ts';

/** JetStream's own codes (nats-server, server/errors.json). */
const NO_STREAM = 10059;
const NO_JETSTREAM = [10035, 10039, 10076];
const TOO_FEW_NODES = [10005, 10074];
const NOT_NOW = [10008, 10009];
const FULL = [10023, 10028, 10047, 10077, 10122];

/** The stream asked for is not there. */
export const isMissing = (error: unknown): boolean =>
	error instanceof JetStreamApiError && error.code === NO_STREAM;

function* causes(error: unknown): Generator<Error> {
	for (let at = error; at instanceof Error; at = at.cause) yield at;
}

export function relayFailure(error: unknown): Failure {
	for (const one of causes(error)) {
		const known = words(one);
		if (known) return known.error;
	}
	return fail('Offline', 'The relay cannot be reached now.').error;
}

type Kind = abstract new (...args: never[]) => Error;
const is = (error: Error, ...kinds: readonly Kind[]) => kinds.some((kind) => error instanceof kind);

function words(error: Error): { readonly error: Failure } | undefined {
	const code = error instanceof JetStreamApiError ? error.code : 0;
	if (is(error, AuthorizationError, errors.UserAuthenticationExpiredError))
		return fail(
			'Forbidden',
			'The relay does not accept this name and password (any more). Ask whoever runs it, then enter them again.',
		);
	if (error instanceof PermissionViolationError)
		return fail(
			'Forbidden',
			`The relay does not allow ${error.operation} on ${error.subject}. Whoever runs it finds the permissions in docs/relay.md.`,
		);
	if (TOO_FEW_NODES.includes(code))
		return fail(
			'Offline',
			'Too few nodes of the relay are running to keep three copies. Whoever runs it should start them all.',
		);
	if (FULL.includes(code))
		return fail(
			'Storage',
			'The relay is full. Whoever runs it can allow this account more space; until then, changes wait here.',
		);
	if (NO_JETSTREAM.includes(code))
		return fail(
			'Unreadable',
			'This is a NATS server, but JetStream is not on for this account. Whoever runs it can turn it on.',
		);
	// A cluster that elects a leader says the same as a server without JetStream.
	if (is(error, errors.NoRespondersError) || error.name === 'JetStreamNotEnabled')
		return fail(
			'Offline',
			'The relay answers, but keeps nothing now. If it stays so, JetStream is not on for this account.',
		);
	if (is(error, errors.TimeoutError) || NOT_NOW.includes(code))
		return fail('Timeout', 'The relay did not answer in time.');
	if (error instanceof RangeError)
		return fail('Storage', `The relay refuses messages of this size: ${error.message}.`);
	if (is(error, errors.InvalidArgumentError, SyntaxError))
		return fail('Invalid', 'This is no address of a relay. It begins with wss://.');
	return undefined;
}
