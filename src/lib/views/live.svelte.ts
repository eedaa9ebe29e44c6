/**
 * A question to the read model whose answer is kept current. `question` runs reactively and returns the read; when it asks
 * anew, the last answer stays on the screen until the next one is there, so nothing blinks.
 */
import { createSubscriber } from 'svelte/reactivity';
import type { View } from '#readmodel/view.ts';

export class Live<T> {
	#view: View;
	#question: () => () => Promise<T>;
	#last: T | undefined;
	#source = $derived.by(() => {
		const read = this.#question();
		const answer: { subscribe: () => void; value?: T; there: boolean } = {
			there: false,
			subscribe: createSubscriber((update) =>
				this.#view.live(
					read,
					(value) => {
						answer.value = this.#last = value;
						answer.there = true;
						update();
					},
					reportError,
				),
			),
		};
		return answer;
	});

	constructor(view: View, question: () => () => Promise<T>, initial?: T) {
		this.#view = view;
		this.#question = question;
		this.#last = initial;
	}

	/** Undefined until the first answer. */
	get current(): T | undefined {
		this.#source.subscribe();
		return this.#source.there ? this.#source.value : this.#last;
	}

	/** The answer belongs to the question now asked, not to the one before. */
	get settled(): boolean {
		this.#source.subscribe();
		return this.#source.there;
	}
}
