/** What an entry did, in words; a verb of a newer version stands as it is. */
import type { Bilingual } from '#core/bilingual.ts';
import { entityNamed } from '#entities/registry.ts';
import { m } from '#messages/catalogue.ts';
import type { AuditLine } from '#workspace/workspace.ts';

const own = <T>(words: Readonly<Record<string, T>>, verb: string): T | undefined =>
	Object.hasOwn(words, verb) ? words[verb] : undefined;

export const verbWords = (verb: string): Bilingual =>
	own(m.verbs, verb) ?? own(m.acts, verb) ?? m.audit.other(verb);

/** `who`: several devices, with their persons, inside of a sentence. */
type Who = (dids: readonly string[]) => string;

/** "changed 1 contact", "made Bo an editor". */
export function lineWords(line: AuditLine, who: Who): Bilingual {
	const { verb, entity: name, count } = line;
	if (!own(m.verbs, verb)) return actWords(line, who);
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

function actWords({ verb, did, about }: AuditLine, who: Who): Bilingual {
	const told = own(m.actsAbout, verb);
	if (!about || !told) return verbWords(verb);
	const { devices, role = 'viewer', own: isOwn = false, name = '', records = 0 } = about;
	if (verb === 'revoke' && devices.every((one) => one === did)) return m.acts.leave!;
	// Who is known by that name has it on the line already.
	if (verb === 'join' && (!name || who([did]).includes(name))) return verbWords(verb);
	return told({ who: who(devices), role: m.people.roles[role], own: isOwn, name, records });
}
