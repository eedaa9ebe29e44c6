/**
 * Trains where it is fastest and trusts it only when the float64 twin agrees: an engine whose probabilities differ from
 * the twin's by more than 1e-3 is not used, and the plain network is trained instead.
 */
import type { ModelCard } from '#analysis/contract.ts';
import type { Backend } from '../backend.ts';
import type { Pace } from '../support/pace.ts';
import { FEATURES } from './features.ts';
import { forward, trainPlain, type Network } from './network.ts';

export const AGREEMENT = 1e-3;

export interface Trained {
	readonly network: Network;
	readonly backend: ModelCard['backend'];
	/** Largest difference between engine and twin on the training rows; 0 without an engine. */
	readonly difference: number;
}

export async function train(
	backend: Backend | undefined,
	x: Float64Array,
	y: Float64Array,
	seed: number,
	pace: Pace,
): Promise<Trained> {
	if (backend) {
		const { trainTensors, forwardTensors } = await import('./tensors.ts');
		const { tf, name } = backend;
		const network = await trainTensors(tf, x, y, FEATURES, seed, pace);
		const engine = await forwardTensors(tf, network, x, FEATURES);
		const difference = forward(network, x, FEATURES).reduce(
			(most, p, i) => Math.max(most, Math.abs(p - engine[i]!)),
			0,
		);
		if (difference <= AGREEMENT) return { network, backend: name, difference };
	}
	const network = await trainPlain(x, y, FEATURES, seed, pace);
	return { network, backend: 'float64', difference: 0 };
}
