/**
 * An invitation arrives as the fragment of the address, which no server sees. It is taken out of the address before anything
 * else happens, so that it does not stay in the history, in a screenshot or in a synchronised tab.
 */
let invitation: string | undefined;

/** A version, the workspace, a seed: `#1.….…`. */
const isInvitation = (hash: string): boolean => /^#\d+\.[\w-]+\.[\w-]+/.test(hash);

/** Looks at the address and cleans it. True when there was an invitation. */
export function catchInvitation(): boolean {
	if (!isInvitation(location.hash)) return false;
	invitation = location.href;
	history.replaceState(history.state, '', location.pathname + location.search);
	return true;
}

/** The whole link, once. */
export function takeInvitation(): string | undefined {
	const link = invitation;
	invitation = undefined;
	return link;
}

export const hasInvitation = (): boolean => invitation !== undefined;
