/** What the work comes to; after so many milliseconds, a `TimeoutError`. The work itself goes on. */
export function within<T>(work: Promise<T>, ms: number): Promise<T> {
	let timer: ReturnType<typeof setTimeout>;
	const limit = new Promise<never>((_, reject) => {
		const late = new DOMException(`No answer within ${ms / 1000} s.`, 'TimeoutError');
		timer = setTimeout(() => reject(late), ms);
	});
	return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
