/** Remembers, beyond this page, that the device refused to store: the next start then mends the storage first. */
const KEY = 'perennial.refused';

export const refusals = {
	get noted(): boolean {
		try {
			return localStorage.getItem(KEY) !== null;
		} catch {
			return false;
		}
	},
	note(): void {
		try {
			localStorage.setItem(KEY, '1');
		} catch {
			// No room for this either.
		}
	},
	forget(): void {
		try {
			localStorage.removeItem(KEY);
		} catch {
			// It stays noted, and costs a moment at the next start.
		}
	},
};
