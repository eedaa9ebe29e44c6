/**
 * Which engine tfjs trains on here: webgl, wasm or cpu. Each is tried with a time limit, must compute small numbers
 * correctly (float16 turns 1e-5 into 0), and is timed on a step like ours; the fastest wins. Loaded on first use, from this
 * site's own files only. Undefined when none works: callers then train in float64 without tfjs.
 */
import type * as Tf from '@tensorflow/tfjs';
import type { ModelCard } from '#analysis/contract.ts';
import { within } from '#core/within.ts';

export type BackendName = Exclude<ModelCard['backend'], 'float64'>;

export interface Backend {
	readonly tf: typeof Tf;
	readonly name: BackendName;
	/** Milliseconds of one step on each engine that works. */
	readonly timings: Readonly<Partial<Record<BackendName, number>>>;
}

const TIME_LIMIT = 5000;

const loaders: Readonly<Record<BackendName, (tf: typeof Tf) => Promise<boolean>>> = {
	async webgl(tf) {
		if (typeof OffscreenCanvas === 'undefined') return false;
		// False on devices that compute in half precision: too coarse to train.
		return (
			tf.env().getNumber('WEBGL_VERSION') > 0 && tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')
		);
	},
	async wasm(tf) {
		if (typeof WebAssembly === 'undefined' || typeof location === 'undefined') return false;
		const [{ setWasmPaths }, plain, simd] = await Promise.all([
			import('@tensorflow/tfjs-backend-wasm'),
			import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
			import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
		]);
		// Threads would start workers from blobs, which the content security policy forbids.
		tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
		setWasmPaths({
			'tfjs-backend-wasm.wasm': plain.default,
			'tfjs-backend-wasm-simd.wasm': simd.default,
			'tfjs-backend-wasm-threaded-simd.wasm': simd.default,
		});
		return true;
	},
	cpu: async () => true,
};

/** Milliseconds of a forward step of our size (the best of five); throws when the engine computes wrongly. */
async function timeSteps(tf: typeof Tf): Promise<number> {
	const [tiny, one] = [tf.tensor2d([1e-5], [1, 1]), tf.tensor2d([1], [1, 1])];
	const product = tf.matMul(tiny, one);
	const [value] = await product.data();
	tf.dispose([tiny, one, product]);
	if (!(Math.abs(value! - 1e-5) < 1e-9)) throw new Error('coarse numbers');
	const x = tf.fill([256, 8], 0.5);
	const w = tf.fill([8, 64], 0.1);
	let best = Infinity;
	for (let run = 0; run < 5; run++) {
		const started = performance.now();
		const out = tf.tidy(() => tf.sum(tf.sigmoid(tf.relu(tf.matMul(x, w)))));
		await out.data();
		out.dispose();
		best = Math.min(best, performance.now() - started);
	}
	tf.dispose([x, w]);
	return best;
}

async function probe(order: readonly BackendName[]): Promise<Backend | undefined> {
	const tf = await import('@tensorflow/tfjs');
	const timings: Partial<Record<BackendName, number>> = {};
	for (const name of order) {
		let late = false;
		const attempt = async () => {
			if (!(await loaders[name](tf)) || late || !(await tf.setBackend(name)) || late) return;
			await tf.ready();
			const time = await timeSteps(tf);
			if (!late) timings[name] = time;
		};
		try {
			await within(attempt(), TIME_LIMIT);
		} catch {
			// An engine that does not start, computes wrongly or hangs is simply not chosen.
			late = true;
		}
	}
	const [fastest] = order
		.filter((name) => timings[name] !== undefined)
		.sort((a, b) => timings[a]! - timings[b]!);
	if (!fastest || !(await tf.setBackend(fastest))) return undefined;
	await tf.ready();
	return { tf, name: fastest, timings };
}

let opened: Promise<Backend | undefined> | undefined;

/** The engine of this worker, probed once. */
export function openBackend(): Promise<Backend | undefined> {
	opened ??= probe(['webgl', 'wasm', 'cpu']).catch(() => undefined);
	return opened;
}

/** One particular engine, probed anew: to compare engines. */
export const openOnly = (name: BackendName): Promise<Backend | undefined> => probe([name]);
