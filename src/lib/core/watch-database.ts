/**
 * Tells of every transaction that the browser refused or broke off, also of those whose answer nobody reads, and of a connection
 * that it closed.
 */
export function watchDatabase(database: IDBDatabase, refused: (error: DOMException) => void): void {
	// On the way down: libraries keep it from coming up again. Without an error it was broken off on purpose.
	const onAbort = ({ target }: Event) => {
		const { error } = target as IDBTransaction;
		if (error && error.name !== 'ConstraintError') refused(error);
	};
	database.addEventListener('abort', onAbort, true);
	database.addEventListener('close', () =>
		refused(new DOMException('The browser closed the storage.', 'AbortError')),
	);
}
