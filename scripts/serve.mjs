/** Serves build/ as any static host should (headers included), and the peers' meeting point on the same port. */
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import sirv from 'sirv';
import { serveMeetingPoint } from './meeting-point.mjs';

/** Workers take their policy from the response, not from the page. */
const POLICY = [
	"default-src 'self'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"connect-src 'self' ws: wss:",
	"object-src 'none'",
	"base-uri 'none'",
	"frame-ancestors 'none'",
].join('; ');

const headers = {
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Embedder-Policy': 'require-corp',
	'Cross-Origin-Resource-Policy': 'same-origin',
	'Referrer-Policy': 'no-referrer',
	'X-Content-Type-Options': 'nosniff',
	'Permissions-Policy': 'geolocation=(), payment=(), usb=()',
};

export const MEETING_PATH = '/meet';

/**
 * Resolves when it listens, to its port and the way to stop it. `tls` makes it https; port 0 takes a free one; without `meet`
 * there is no meeting point, as on a host of files only.
 * @param {{ folder: string, port: number, host?: string, tls?: { key: string, cert: string }, meet?: boolean }} options
 * @returns {Promise<{ port: number, stop(): Promise<void> }>}
 */
export function serve({ folder, port, host, tls, meet = true }) {
	const files = sirv(folder, {
		single: '200.html',
		etag: true,
		setHeaders(response, path) {
			for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
			const isPage = path.endsWith('.html') || !/\.\w+$/.test(path);
			// The page carries its own policy, with the hashes of its scripts.
			response.setHeader('Content-Security-Policy', isPage ? "frame-ancestors 'none'" : POLICY);
			response.setHeader(
				'Cache-Control',
				path.startsWith('/_app/immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache',
			);
		},
	});
	const answer = (request, response) => {
		try {
			files(request, response, () => {
				response.statusCode = 404;
				response.end('Not found');
			});
		} catch {
			response.statusCode = 400;
			response.end('Bad request');
		}
	};
	const server = tls ? createHttps(tls, answer) : createHttp(answer);
	// Garbage on the wire ends that connection and nothing else.
	server.on('clientError', (_, socket) => {
		if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
		else socket.destroy();
	});
	server.on('tlsClientError', (_, socket) => socket.destroy());
	const endMeetings = meet ? serveMeetingPoint(server, MEETING_PATH) : () => {};
	const stop = () =>
		new Promise((done) => {
			server.close(done);
			server.closeAllConnections();
			endMeetings();
		});
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => resolve({ port: server.address().port, stop }));
	});
}
