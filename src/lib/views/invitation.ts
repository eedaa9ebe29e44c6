/**
 * An invitation, or a pairing code that another app scanned, arrives as the fragment of the address, which no server sees. It is
 * taken out of the address before anything else happens, so that it does not stay in the history, in a screenshot or in a
 * synchronised tab.
 */
let invitation: string | undefined;
let pairingCode: string | undefined;

/** A version, the workspace, a seed: `#1.….…`. */
const isInvitation = (hash: string): boolean => /^#\d+\.[\w-]+\.[\w-]+/.test(hash);

const isPairingCode = ({ pathname, hash }: Location): boolean =>
	pathname === '/pair' && hash.length > 1;

/** Looks at the address and cleans it. True when there was an invitation. */
export function catchInvitation(): boolean {
	const invited = isInvitation(location.hash);
	if (invited) invitation = location.href;
	else if (isPairingCode(location)) pairingCode = location.href;
	else return false;
	history.replaceState(history.state, '', location.pathname + location.search);
	return invited;
}

/** The whole code, once. */
export function takePairingCode(): string | undefined {
	const code = pairingCode;
	pairingCode = undefined;
	return code;
}

/** The whole link, once. */
export function takeInvitation(): string | undefined {
	const link = invitation;
	invitation = undefined;
	return link;
}

export const hasInvitation = (): boolean => invitation !== undefined;
