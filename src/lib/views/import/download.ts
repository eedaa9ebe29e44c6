/** Hands a file to the browser's downloads. */
export function download(name: string, data: Blob): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(data);
	link.download = name;
	link.click();
	// The browser has taken it over by then.
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** `customers.csv.gz` -> `customers.failed.csv`. */
export const failedName = (name: string): string =>
	`${name.replace(/(\.(csv|tsv|txt|vcf|gz))+$/i, '')}.failed.csv`;
