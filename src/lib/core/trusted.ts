/**
 * The page's only Trusted Types policy. Scripts may come from our own origin and from nowhere else, so `new Worker` and
 * `serviceWorker.register` take their address through here. One module, because a policy's name can be taken only once.
 */
interface Policy {
	createScriptURL(url: string): unknown;
}

const sameOrigin = (url: string): string => {
	if (new URL(url, location.href).origin === location.origin) return url;
	throw new TypeError(`Refused to load a script from ${url}`);
};

let policy: Policy | undefined;

/** Throws a TypeError for an address outside this origin. */
export function trustedScriptUrl(url: string | URL): string {
	const factory = (
		globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }
	).trustedTypes;
	policy ??= factory?.createPolicy('perennial', { createScriptURL: sameOrigin }) ?? {
		createScriptURL: sameOrigin,
	};
	// A TrustedScriptURL where the browser has them; every place that takes one is typed as string.
	return policy.createScriptURL(String(url)) as string;
}
