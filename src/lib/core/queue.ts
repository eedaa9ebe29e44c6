/** One after the other. A failed task does not stop the next. */
export interface Queue {
	run<T>(task: () => Promise<T>): Promise<T>;
}

export function createQueue(): Queue {
	let last: Promise<unknown> = Promise.resolve();
	return {
		run(task) {
			const result = last.then(task);
			last = result.catch(() => {});
			return result;
		},
	};
}
