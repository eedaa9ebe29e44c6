/** `globalThis.perennial` of a page (docs/scripting.md), called from outside: resolves to the value, rejects with the sentence. */
export const call = (page, path, ...args) =>
	page.evaluate(
		async ([name, values]) => {
			const found = name.split('.').reduce((object, key) => object[key], globalThis.perennial);
			const answer = await found(...values);
			if (!answer.ok) throw new Error(answer.error.message);
			return answer.value;
		},
		[path, args],
	);
