/** Finds a nats-server for the relay's tests, or installs Debian's where it may. */
import { existsSync } from 'node:fs';
import { installDebian } from './install.mjs';

const places = [
	'/usr/sbin/nats-server',
	'/usr/bin/nats-server',
	'/usr/local/bin/nats-server',
	'/opt/homebrew/bin/nats-server',
];

const find = () => [process.env.NATS_SERVER, ...places].find((place) => place && existsSync(place));

export function findNatsServer() {
	let found = find();
	if (!found && installDebian('nats-server')) found = find();
	if (!found)
		throw new Error(
			'The tests of the relay need nats-server (2.9 or newer). Install it, or set NATS_SERVER to its path.',
		);
	return found;
}
