/** Where things are. A record's id is `entity:key`; its address is `/r/entity/key`. */
export const listPath = (entity: string): string => `/r/${entity}`;

export const recordPath = (id: string): string => `/r/${id.replace(':', '/')}`;

export const newPath = (entity: string, initial: Readonly<Record<string, string>> = {}): string => {
	const query = new URLSearchParams(initial).toString();
	return `/new/${entity}${query && `?${query}`}`;
};

export const isRecordId = (text: string): boolean => /^[a-z]+:[\w-]+$/.test(text);
