/** A failure in the reader's language: one sentence that names the field where there is one, and the detail where it helps. */
import type { Failure } from '#core/result.ts';
import { m } from '#messages/catalogue.ts';
import { language, t } from '#messages/language.svelte.ts';
import { reasonWords } from '#messages/reasons.ts';
import type { Entity } from '#schema/entity.ts';
import { needOf } from '#schema/derive/validate.ts';
import { notifyError } from '#ui/toast.ts';

export function failureText(failure: Failure, entity?: Entity): string {
	const field = failure.field === undefined ? undefined : entity?.fields[failure.field];
	if (failure.type === 'Invalid' && field) {
		const missing = field.required && /filled in/.test(failure.message);
		if (missing) return t(m.common.required(field.label));
		const { choices } = field;
		const offered = choices && {
			en: choices.map((choice) => choice.label.en).join(', '),
			zh: choices.map((choice) => choice.label.zh).join('、'),
		};
		return t(m.common.needs(field.label, offered ?? needOf(field)));
	}
	return t(failure.storage ? m.safety.storage[failure.storage] : m.errors[failure.type]);
}

/** The sentence that the data side gave, which says what to do. */
export const failureReason = (failure: Failure): string => t(reasonWords(failure.message));

/** As a toast, with what to do about storage; a technical sentence only where the reader's language is the one it is written in. */
export function notifyFailure(failure: Failure, entity?: Entity): void {
	const technical =
		language.current === 'en' && failure.type !== 'Invalid' ? failure.message : undefined;
	const detail = failure.storage ? t(m.safety.steps[failure.storage]) : technical;
	notifyError(failureText(failure, entity), detail);
}
