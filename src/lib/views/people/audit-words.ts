/** What an entry did, in words; a verb of a newer version stands as it is. */
import type { Bilingual } from '#core/bilingual.ts';
import { entityNamed } from '#entities/registry.ts';
import { m } from '#messages/catalogue.ts';
import type { AuditLine } from '#workspace/workspace.ts';

const own = (words: Readonly<Record<string, Bilingual>>, verb: string) =>
	Object.hasOwn(words, verb) ? words[verb] : undefined;

export const verbWords = (verb: string): Bilingual =>
	own(m.verbs, verb) ?? own(m.acts, verb) ?? m.audit.other(verb);

/** "changed 1 contact"; acts about people stand alone. */
export function lineWords({ verb, entity: name, count }: AuditLine): Bilingual {
	if (!own(m.verbs, verb)) return verbWords(verb);
	const entity = entityNamed(name);
	const what =
		verb === 'reauthor'
			? m.audit.lateEdits(count)
			: entity
				? m.audit.what(entity.label, entity.plural, count)
				: m.audit.things(count);
	const did = verbWords(verb);
	return { en: `${did.en} ${what.en}`, zh: `${did.zh}了 ${what.zh}` };
}
