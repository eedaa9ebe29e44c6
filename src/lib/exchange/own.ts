/** Looks a word from a file up in a table of ours: a column called `constructor` must not find what every object inherits. */
export const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
	Object.hasOwn(table, key) ? table[key] : undefined;
