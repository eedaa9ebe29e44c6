/**
 * vCard text -> cards of unfolded lines, version 2.1 rewritten as 3.0 (bare TYPE names, QUOTED-PRINTABLE and its soft line
 * breaks, charsets), because the parser knows 3.0 and 4.0 only. One bad line costs that line, not the card.
 */
export interface Card {
	readonly version: string;
	/** One property each, in the syntax of 3.0 or 4.0. */
	readonly lines: readonly string[];
	readonly raw: string;
	/** No END:VCARD: the file stops inside the card. */
	readonly unfinished?: boolean;
}

const BEGIN = /^(?:[\w-]+\.)?BEGIN\s*:\s*VCARD\s*$/i;
const END = /^(?:[\w-]+\.)?END\s*:\s*VCARD\s*$/i;

export function* splitCards(lines: Iterable<string>): Generator<Card> {
	let open: string[] | undefined;
	for (const line of lines) {
		if (BEGIN.test(line)) {
			if (open) yield toCard(open, true);
			open = [];
		} else if (open && END.test(line)) {
			yield toCard(open);
			open = undefined;
		} else open?.push(line);
	}
	if (open) yield toCard(open, true);
}

function toCard(physical: readonly string[], unfinished?: boolean): Card {
	const version =
		/^VERSION\s*:\s*([\d.]+)/i.exec(physical.find((line) => /^VERSION/i.test(line)) ?? '')?.[1] ??
		'3.0';
	const raw = ['BEGIN:VCARD', ...physical.filter((line) => !isPayload(line)), 'END:VCARD'].join(
		'\n',
	);
	const logical = unfold(physical);
	return { version, raw, unfinished, lines: logical.map(toVersion3) };
}

/** Lines of an embedded picture or key: of no use in a list of failed cards. */
const isPayload = (line: string) => /^\s+[A-Za-z0-9+/=]{40,}$/.test(line);

const isQuotedPrintable = (line: string) =>
	/^[^:]*;\s*(?:ENCODING=)?QUOTED-PRINTABLE/i.test(line.slice(0, 400));
const isBase64 = (line: string) =>
	/^[^:]*;\s*(?:ENCODING=)?(?:BASE64|B)\b/i.test(line.slice(0, 400));

function unfold(physical: readonly string[]): string[] {
	const out: string[][] = [];
	let soft = false;
	for (const line of physical) {
		const last = out.at(-1);
		if (last && soft) {
			last.push(line);
			soft = line.endsWith('=');
			continue;
		}
		if (last && /^[ \t]/.test(line)) last.push(line.slice(1));
		// Some phones wrap base64 without indenting.
		else if (last && isBase64(last[0]!) && /^[A-Za-z0-9+/=]{20,}$/.test(line)) last.push(line);
		else if (line.trim() !== '') {
			out.push([line]);
			soft = isQuotedPrintable(line) && line.endsWith('=');
		}
	}
	return out.map((parts) =>
		isQuotedPrintable(parts[0]!)
			? parts.map((part) => part.replace(/=$/, '')).join('')
			: parts.join(''),
	);
}

const TYPES = new Set(
	'HOME WORK CELL VOICE FAX PAGER MSG BBS MODEM CAR ISDN VIDEO PREF INTERNET X400 DOM INTL POSTAL PARCEL MAIN OTHER TEXT IPHONE AOL APPLELINK ATTMAIL CIS EWORLD IBMMAIL MCIMAIL POWERSHARE PRODIGY TLX JPEG PNG GIF BMP TIFF X509 PGP WAVE PCM AIFF COMPANY'.split(
		' ',
	),
);

/** Bare parameters (`TEL;HOME;VOICE:`) stand in 2.1 files and in many that claim 3.0. */
function toVersion3(line: string): string {
	const colon = valueStart(line);
	if (colon < 0) return line;
	const [name = '', ...parameters] = line.slice(0, colon).split(';');
	const value = line.slice(colon + 1);
	const quoted = isQuotedPrintable(line);
	const charset = /;\s*CHARSET="?([\w-]+)/i.exec(line.slice(0, colon))?.[1];
	const kept = parameters.flatMap((parameter) => {
		const text = parameter.trim();
		if (text.includes('=')) return /^(CHARSET|ENCODING=QUOTED-PRINTABLE)/i.test(text) ? [] : [text];
		if (/^(QUOTED-PRINTABLE|8BIT|7BIT)$/i.test(text)) return [];
		if (/^(BASE64|B)$/i.test(text)) return ['ENCODING=b'];
		return text ? [`${TYPES.has(text.toUpperCase()) ? 'TYPE' : 'X-PARAM'}=${text}`] : [];
	});
	const head = [name.trim(), ...kept].join(';');
	return `${head}:${quoted ? escapeText(decodeQuotedPrintable(value, charset)) : value}`;
}

/** The colon that ends the parameters, not one inside a quoted parameter. */
function valueStart(line: string): number {
	let quoted = false;
	for (let i = 0; i < line.length; i++) {
		if (line[i] === '"') quoted = !quoted;
		else if (line[i] === ':' && !quoted) return i;
	}
	return line.indexOf(':');
}

/** What QUOTED-PRINTABLE hid needs 3.0's escapes; semicolons part the components as before. */
const escapeText = (text: string): string =>
	text
		.replace(/\\(?![;,\\nN])/g, '\\\\')
		.replace(/\r\n?|\n/g, '\\n')
		.replace(/(?<!\\),/g, '\\,');

function decodeQuotedPrintable(text: string, charset = 'utf-8'): string {
	const bytes: number[] = [];
	for (let i = 0; i < text.length; i++) {
		const hex = text[i] === '=' ? /^[\dA-F]{2}/i.exec(text.slice(i + 1, i + 3))?.[0] : undefined;
		if (hex) {
			bytes.push(parseInt(hex, 16));
			i += 2;
		} else bytes.push(...new TextEncoder().encode(String.fromCodePoint(text.codePointAt(i)!)));
		if (text.codePointAt(i)! > 0xffff) i++;
	}
	const all = new Uint8Array(bytes);
	try {
		return new TextDecoder(charset, { fatal: true }).decode(all);
	} catch {
		return new TextDecoder('windows-1252').decode(all);
	}
}
