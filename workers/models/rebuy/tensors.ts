/**
 * The same network on tfjs. The gradient of so small a net is written out (six operations), which needs neither tfjs's
 * tape nor its layers; the optimizer is tfjs's Adam. Every tensor made here is gone when it returns, the optimizer's too.
 */
import type * as Tf from '@tensorflow/tfjs';
import { createRandom } from '#core/random.ts';
import type { Pace } from '../support/pace.ts';
import { batches, initialNetwork, training, UNITS, type Network } from './network.ts';

export async function trainTensors(
	tf: typeof Tf,
	x: Float64Array,
	y: Float64Array,
	d: number,
	seed: number,
	pace: Pace,
): Promise<Network> {
	const random = createRandom(seed);
	const start = initialNetwork(d, random);
	const variable = (values: Float64Array, shape: number[]) => {
		const tensor = tf.tensor(Float32Array.from(values), shape);
		const made = tf.variable(tensor);
		tensor.dispose();
		return made as Tf.Variable<Tf.Rank.R2>;
	};
	const w1 = variable(start.w1, [d, UNITS]);
	const b1 = variable(start.b1, [UNITS]);
	const w2 = variable(start.w2, [UNITS, 1]);
	const b2 = variable(start.b2, [1]);
	const optimizer = tf.train.adam(training.learningRate, 0.9, 0.999, 1e-7);
	try {
		for (const rows of batches(y.length, random)) {
			const batch = new Float32Array(rows.length * d);
			rows.forEach((row, i) => batch.set(x.subarray(row * d, row * d + d), i * d));
			tf.tidy(() => {
				const input = tf.tensor2d(batch, [rows.length, d]);
				const label = tf.tensor2d(
					Float32Array.from(rows, (row) => y[row]!),
					[rows.length, 1],
				);
				const before = tf.add(tf.matMul(input, w1), b1);
				const units = tf.relu(before);
				const said = tf.sigmoid(tf.add(tf.matMul(units, w2), b2));
				const error = tf.div(tf.sub(said, label), rows.length);
				const back = tf.mul(tf.matMul(error, w2, false, true), tf.step(before));
				optimizer.applyGradients({
					[w1.name]: tf.add(tf.matMul(input, back, true), tf.mul(w1, training.decay)),
					[b1.name]: tf.sum(back, 0),
					[w2.name]: tf.add(tf.matMul(units, error, true), tf.mul(w2, training.decay)),
					[b2.name]: tf.sum(error, 0),
				});
			});
			await pace();
		}
		const read = async (variable: Tf.Variable) => Float64Array.from(await variable.data());
		return { w1: await read(w1), b1: await read(b1), w2: await read(w2), b2: await read(b2) };
	} finally {
		optimizer.dispose();
		tf.dispose([w1, b1, w2, b2]);
	}
}

/** Probabilities as the engine computes them: what the float64 twin is compared with. */
export async function forwardTensors(
	tf: typeof Tf,
	network: Network,
	x: Float64Array,
	d: number,
): Promise<Float32Array> {
	const out = tf.tidy(() => {
		const units = tf.relu(
			tf.add(
				tf.matMul(
					tf.tensor2d(Float32Array.from(x), [x.length / d, d]),
					tf.tensor2d(Float32Array.from(network.w1), [d, UNITS]),
				),
				tf.tensor1d(Float32Array.from(network.b1)),
			),
		);
		const w2 = tf.tensor2d(Float32Array.from(network.w2), [UNITS, 1]);
		return tf.sigmoid(tf.add(tf.matMul(units, w2), tf.tensor1d(Float32Array.from(network.b2))));
	});
	const values = (await out.data()) as Float32Array;
	out.dispose();
	return values.slice();
}
