/**
 * Names of device documents: `r-3`, and after it was written anew `r-3-g1`, `r-3-g2`. To end a generation ends those before it
 * as well, and a name that was ended is never used again.
 */
const GENERATION = /-g(\d{1,9})$/;

export const generationOf = (part: string): number => Number(GENERATION.exec(part)?.[1] ?? 0);

export const withoutGeneration = (part: string): string => part.replace(GENERATION, '');

export const inGeneration = (part: string, generation: number): string =>
	generation ? `${part}-g${generation}` : part;

/** The newest generation of `part` among `existing`; the first when there is none. */
export function newestPart(part: string, existing: Iterable<string>): string {
	let newest = 0;
	for (const name of existing)
		if (withoutGeneration(name) === part) newest = Math.max(newest, generationOf(name));
	return inGeneration(part, newest);
}

/** Whether ending `ended` ends `part`. */
export const endsWith = (ended: string, part: string): boolean =>
	withoutGeneration(ended) === withoutGeneration(part) && generationOf(part) <= generationOf(ended);
