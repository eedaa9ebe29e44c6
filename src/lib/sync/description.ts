/**
 * What two browsers must know of each other to connect, in about 100 bytes instead of an SDP of 600: ICE credentials and
 * candidates (RFC 8839), the DTLS fingerprint (RFC 8122) and who begins. Everything else in a description of one data channel
 * is the same in every browser and is written back by `toSdp`. Only what these few patterns admit comes in or goes out.
 */
import { fromHex, toHex, type Bytes } from '#core/bytes.ts';
import type { Reader, Writer } from '#core/codec.ts';

const setups = ['actpass', 'active', 'passive'] as const;
const types = ['host', 'srflx', 'relay'] as const;
const families = ['ipv4', 'ipv6', 'mdns'] as const;
/** A code has room for a few: the best of each type. */
const MOST = { host: 4, srflx: 2, relay: 2 } as const;
/** Preferences of RFC 8445, 5.1.2.2. */
const PREFERENCE = { host: 126, srflx: 100, relay: 0 } as const;

export interface Candidate {
	readonly type: (typeof types)[number];
	/** IPv4, IPv6, or an mDNS name `<uuid>.local` that hides the address from pages. */
	readonly address: string;
	readonly port: number;
}

export interface Description {
	/** `actpass` in an offer. */
	readonly setup: (typeof setups)[number];
	readonly ufrag: string;
	readonly pwd: string;
	/** SHA-256 of the certificate, 32 bytes. */
	readonly fingerprint: Bytes;
	readonly candidates: readonly Candidate[];
}

const UFRAG = /^[A-Za-z0-9+/]{4,32}$/;
const PWD = /^[A-Za-z0-9+/]{22,64}$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Throws on a description that is not of one data channel with a SHA-256 fingerprint. */
export function fromSdp(sdp: string): Description {
	const line = (pattern: RegExp) => pattern.exec(sdp)?.[1] ?? '';
	const fingerprint = line(/^a=fingerprint:sha-256 ([\dA-F:]{95})\s*$/im);
	if (line(/^a=mid:(\S+)/m) !== '0' || !fingerprint)
		throw new Error('This SDP is of another kind.');
	const found = sdp.matchAll(
		/^a=candidate:\S+ 1 udp (\d+) (\S+) (\d+) typ (host|srflx|relay)\b/gim,
	);
	const ranked = [...found]
		.flatMap(([, priority, address, port, type]) => {
			const family = familyOf(address!.toLowerCase());
			if (!family || !Number(port)) return [];
			const same = addressText(family, addressBytes(family, address!.toLowerCase()));
			const candidate = { type, address: same, port: Number(port) } as Candidate;
			return [{ priority: Number(priority), candidate }];
		})
		.sort((a, b) => b.priority - a.priority)
		.map(({ candidate }) => candidate);
	return {
		setup: line(/^a=setup:(\w+)/m) as Description['setup'],
		ufrag: line(/^a=ice-ufrag:(\S+)/m),
		pwd: line(/^a=ice-pwd:(\S+)/m),
		fingerprint: fromHex(fingerprint.replaceAll(':', '')),
		candidates: types.flatMap((type) =>
			ranked.filter((one) => one.type === type).slice(0, MOST[type]),
		),
	};
}

export function toSdp({ setup, ufrag, pwd, fingerprint, candidates }: Description): string {
	const lines = candidates.map(({ type, address, port }, i) => {
		const priority = PREFERENCE[type] * 2 ** 24 + (65535 - i) * 2 ** 8 + 255;
		const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 0';
		return `a=candidate:${i + 1} 1 udp ${priority} ${address} ${port} typ ${type}${related}`;
	});
	return [
		'v=0',
		'o=- 1 2 IN IP4 127.0.0.1',
		's=-',
		't=0 0',
		'a=group:BUNDLE 0',
		'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
		'c=IN IP4 0.0.0.0',
		...lines,
		`a=ice-ufrag:${ufrag}`,
		`a=ice-pwd:${pwd}`,
		`a=fingerprint:sha-256 ${toHex(fingerprint).toUpperCase().match(/../g)!.join(':')}`,
		`a=setup:${setup}`,
		'a=mid:0',
		'a=sctp-port:5000',
		'a=max-message-size:262144',
		'',
	].join('\r\n');
}

export function writeDescription(writer: Writer, description: Description): void {
	writer
		.uint(setups.indexOf(description.setup))
		.text(description.ufrag)
		.text(description.pwd)
		.raw(description.fingerprint)
		.uint(description.candidates.length);
	for (const { type, address, port } of description.candidates) {
		const family = familyOf(address)!;
		writer
			.uint(types.indexOf(type) * families.length + families.indexOf(family))
			.raw(addressBytes(family, address))
			.raw(Uint8Array.of(port >> 8, port & 255));
	}
}

/** Throws on anything that `writeDescription` could not have written. */
export function readDescription(reader: Reader): Description {
	const setup = setups[reader.uint()];
	const ufrag = reader.text();
	const pwd = reader.text();
	if (!setup || !UFRAG.test(ufrag) || !PWD.test(pwd)) throw new Error('its credentials are wrong');
	const fingerprint = reader.raw(32);
	const count = reader.uint();
	if (count > 8) throw new Error('it names too many addresses');
	const candidates = Array.from({ length: count }, (): Candidate => {
		const kind = reader.uint();
		const type = types[Math.floor(kind / families.length)];
		const family = families[kind % families.length]!;
		if (!type) throw new Error('it names an unknown kind of address');
		const address = addressText(family, reader.raw(family === 'ipv4' ? 4 : 16));
		const [high, low] = reader.raw(2);
		return { type, address, port: high! * 256 + low! };
	});
	return { setup, ufrag, pwd, fingerprint, candidates };
}

function familyOf(address: string): (typeof families)[number] | undefined {
	if (IPV4.test(address)) return 'ipv4';
	if (address.endsWith('.local') && UUID.test(address.slice(0, -6))) return 'mdns';
	return groupsOf(address) && 'ipv6';
}

function addressBytes(family: (typeof families)[number], address: string): Uint8Array {
	if (family === 'ipv4') return Uint8Array.from(address.split('.'), Number);
	if (family === 'mdns') return fromHex(address.slice(0, -6).replaceAll('-', ''));
	return Uint8Array.from(groupsOf(address)!.flatMap((group) => [group >> 8, group & 255]));
}

function addressText(family: (typeof families)[number], bytes: Uint8Array): string {
	if (family === 'ipv4') return bytes.join('.');
	const hex = toHex(bytes);
	if (family === 'ipv6')
		return hex
			.match(/..../g)!
			.map((group) => parseInt(group, 16).toString(16))
			.join(':');
	return `${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}.local`;
}

/** The eight groups of an IPv6 address; undefined for anything else, and for addresses that name an interface. */
function groupsOf(address: string): number[] | undefined {
	const halves = address.split('::').map((half) => (half ? half.split(':') : []));
	const [head = [], tail] = halves;
	const missing = 8 - head.length - (tail?.length ?? 0);
	if (halves.length > 2 || (tail ? missing < 1 : missing !== 0)) return undefined;
	const groups = [...head, ...(tail ? [...Array<string>(missing).fill('0'), ...tail] : [])];
	if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
	return groups.map((group) => parseInt(group, 16));
}
