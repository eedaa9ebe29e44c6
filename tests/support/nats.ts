/** Real nats-servers on loopback, configured by the very blocks of docs/relay.md; only addresses and folders are replaced. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { RelayConfig } from '#sync/relay.ts';
import { findNatsServer } from '../../scripts/nats-server.mjs';

// Node 20 has no WebSocket of its own.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

export interface Node {
	readonly url: string;
	/** Where its files are. */
	readonly store: string;
	/** What it has said since it started. */
	said(): string;
	start(): Promise<void>;
	/** SIGKILL. */
	kill(): Promise<void>;
	/** Reads the configuration again, with this password in place of the old one. */
	setPassword(password: string): Promise<void>;
}

export interface Relay {
	readonly nodes: readonly Node[];
	readonly config: RelayConfig;
	/** Every byte that the nodes have on disk. */
	files(): Buffer;
	stop(): Promise<void>;
}

const page = readFileSync(join(import.meta.dirname, '../../docs/relay.md'), 'utf8');
/** One node, its TLS variant, what a cluster adds. */
export const [single, tls, cluster] = [...page.matchAll(/```conf\n(.*?)```/gs)].map(
	(match) => match[1]!,
) as [string, string, string];

export const PASSWORD = 'change-me';

/** `origins`: which pages may connect, instead of the page's example. */
export async function startRelay(size: 1 | 3 = 1, origins: readonly string[] = []): Promise<Relay> {
	const binary = findNatsServer();
	const folder = mkdtempSync(join(tmpdir(), 'perennial-relay-'));
	const ports = await freePorts(size * 3);
	const nodes = Array.from({ length: size }, (_, i) =>
		createNode(binary, join(folder, `node${i + 1}`), (store) => {
			const own = { '4222': ports[i * 3]!, '8080': ports[i * 3 + 1]! };
			let text = (size > 1 ? single + cluster : single)
				.replace('relay-1', `relay-${i + 1}`)
				.replace('/var/lib/nats', store)
				.replace(/allowed_origins: \[.*\]/, `allowed_origins: ${JSON.stringify(origins)}`);
			for (const [port, free] of Object.entries(own))
				text = text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${free}`);
			text = text.replace('listen: "10.0.0.1:6222"', `listen: "127.0.0.1:${ports[i * 3 + 2]}"`);
			for (let n = 0; n < size; n++)
				text = text.replaceAll(`10.0.0.${n + 1}:6222`, `127.0.0.1:${ports[n * 3 + 2]}`);
			return { text, url: `ws://127.0.0.1:${own['8080']}` };
		}),
	);
	await Promise.all(nodes.map((node) => node.start()));
	for (let n = 0; size > 1 && n < 300; n++) {
		// Of two that have found each other one leads already, and cannot keep three copies yet.
		if (nodes.every((node) => node.said().includes('metadata leader'))) break;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return {
		nodes,
		config: { urls: nodes.map(({ url }) => url), user: 'team', password: PASSWORD },
		files: () => Buffer.concat([...filesIn(folder)].map((path) => readFileSync(path))),
		async stop() {
			await Promise.all(nodes.map((node) => node.kill()));
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** What nats-server says of a configuration; throws when it refuses it. */
export function checkConfig(text: string, folder = mkdtempSync(join(tmpdir(), 'perennial-conf-'))) {
	writeFileSync(join(folder, 'nats.conf'), text);
	return execFileSync(findNatsServer(), ['-t', '-c', join(folder, 'nats.conf')], { stdio: 'pipe' });
}

function createNode(
	binary: string,
	store: string,
	configure: (store: string) => { text: string; url: string },
): Node {
	const { text, url } = configure(store);
	const path = `${store}.conf`;
	writeFileSync(path, text);
	let child: ChildProcess | undefined;
	let said = '';
	return {
		url,
		store,
		said: () => said,
		async start() {
			child = spawn(binary, ['-c', path], { stdio: ['ignore', 'ignore', 'pipe'] });
			child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk).slice(-20_000)));
			for (let n = 0; n < 300; n++) {
				if (child.exitCode !== null) throw new Error(`nats-server ended:\n${said}`);
				if (said.includes('Server is ready')) return;
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
			throw new Error(`nats-server did not start:\n${said}`);
		},
		async kill() {
			const dying = child;
			child = undefined;
			if (!dying || dying.exitCode !== null) return;
			const gone = new Promise((resolve) => dying.once('exit', resolve));
			dying.kill('SIGKILL');
			await gone;
			said = '';
		},
		async setPassword(password) {
			writeFileSync(path, text.replace(`"${PASSWORD}"`, JSON.stringify(password)));
			said = '';
			child!.kill('SIGHUP');
			for (let n = 0; n < 100 && !said.includes('Reloaded'); n++)
				await new Promise((resolve) => setTimeout(resolve, 50));
		},
	};
}

async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(
		Array.from({ length: count }, async () => {
			const server = createServer();
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			return server;
		}),
	);
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
	return ports;
}

function* filesIn(folder: string): Generator<string> {
	for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
		if (entry.isFile() && !entry.name.endsWith('.conf')) yield join(entry.parentPath, entry.name);
}
