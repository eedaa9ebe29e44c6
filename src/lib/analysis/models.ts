/** The models by name, and the feature table each one is sent. A test holds this against the workers' registry. */
import type { Model } from './contract.ts';

export const models = [
	{ name: 'rfm', needs: 'purchases' },
	{ name: 'segments', needs: 'purchases' },
	{ name: 'clv', needs: 'purchases' },
	{ name: 'sentiment', needs: 'nothing' },
	{ name: 'rebuy', needs: 'purchases' },
] as const satisfies readonly Pick<Model<never, never>, 'name' | 'needs'>[];
