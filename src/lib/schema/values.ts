/** The shapes of the values that are more than text or a number. */
export interface Labelled {
	readonly label?: string;
	readonly value: string;
}

export interface Address {
	readonly label?: string;
	readonly street?: string;
	readonly city?: string;
	readonly region?: string;
	readonly postcode?: string;
	readonly country?: string;
}

export interface OrderLine {
	/** Product id or plain name. */
	readonly product: string;
	readonly quantity: number;
	/** Minor units a piece; fractions allowed. */
	readonly price: number;
}

/** What another device stored under `lines` may be anything. */
export const isOrderLine = (line: unknown): line is OrderLine => {
	const { quantity, price } = (line ?? {}) as Partial<Record<keyof OrderLine, unknown>>;
	return Number.isFinite(quantity) && Number.isFinite(price);
};

/** A record's fields by name. Unknown names are kept: a newer version may know them. */
export type Fields = Readonly<Record<string, unknown>>;

export const addressParts = ['street', 'city', 'region', 'postcode', 'country'] as const;

export const addressLine = (address: Address): string =>
	addressParts
		.map((part) => address[part])
		.filter(Boolean)
		.join(', ');

/** Minor units, each line rounded on its own as an invoice does. */
export const orderTotal = (lines: readonly OrderLine[]): number =>
	lines.reduce((sum, line) => sum + Math.round(line.quantity * line.price * (1 + 1e-12)), 0);
