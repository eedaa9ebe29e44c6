/**
 * `npm start`: from a bare clone to a running app. Installs and builds what is missing, serves the app and the peers' meeting
 * point on one port. `-- --lan` serves https to phones in the same network, because they need a secure context.
 */
import { networkInterfaces } from 'node:os';
import { buildApp } from './build.mjs';
import { installPackages, root } from './install.mjs';

const port = Number(process.env.PORT ?? 4173);
const lan = process.argv.includes('--lan');

installPackages();
buildApp();

const { serve } = await import('./serve.mjs');
const address = lan ? lanAddress() : 'localhost';
const tls = lan ? await certificate(address) : undefined;

try {
	// Browsers and scripts that are told `localhost` try this address too; other machines cannot reach it.
	await serve({ folder: `${root}/build`, port, host: lan ? undefined : '127.0.0.1', tls });
} catch (error) {
	if (error.code !== 'EADDRINUSE') throw error;
	console.error(`Port ${port} is taken. Choose another: PORT=${port + 1} npm start`);
	process.exit(1);
}

const url = `${lan ? 'https' : 'http'}://${address}:${port}/`;
console.log(`Perennial is at ${url}`);
if (lan) {
	const { default: encodeQR } = await import('qr');
	console.log(encodeQR(url, 'term'));
	console.log('The certificate was made just now, so the phone will ask once whether to trust it.');
}

function lanAddress() {
	const addresses = Object.values(networkInterfaces()).flat();
	return (
		addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? 'localhost'
	);
}

/** Kept nowhere: a new one each start. */
async function certificate(name) {
	const { generate } = await import('selfsigned');
	const made = await generate([{ name: 'commonName', value: name }], {
		keySize: 2048,
		algorithm: 'sha256',
		extensions: [
			{
				name: 'subjectAltName',
				altNames: [
					{ type: 2, value: 'localhost' },
					/^\d/.test(name) ? { type: 7, ip: name } : { type: 2, value: name },
				],
			},
		],
	});
	return { key: made.private, cert: made.cert };
}
