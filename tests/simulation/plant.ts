/** Plants one defect (its number stands in PLANT) into the source as it is loaded. */
import type { Plugin } from 'vite';
import { defects } from './defects.ts';

export function plantDefect(number: string | undefined): Plugin[] {
	if (number === undefined) return [];
	const { file, find, put } = defects[Number(number)]!;
	return [
		{
			name: 'plant-defect',
			enforce: 'pre',
			transform(code, id) {
				if (!id.endsWith(`/src/lib/${file}`)) return undefined;
				if (!code.includes(find)) throw new Error(`The defect does not fit ${file} any more.`);
				return code.replace(find, () => put);
			},
		},
	];
}
