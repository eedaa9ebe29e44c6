/** Asks the browser to keep this origin's storage (Storage Standard, "persistent"). */
export async function protectStorage(): Promise<boolean> {
	try {
		return (await navigator.storage?.persist?.()) ?? false;
	} catch {
		return false;
	}
}

/** Bytes used here, or undefined where the browser does not say. */
export async function storageUsed(): Promise<number | undefined> {
	try {
		return (await navigator.storage?.estimate?.())?.usage;
	} catch {
		return undefined;
	}
}
