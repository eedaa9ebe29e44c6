/**
 * Numbers to places and back to round marks. Linear and logarithmic scales are all the charts need; both are plain functions,
 * so a chart is arithmetic that a test can check without a screen.
 */
export interface Scale {
	/** A value's place; outside of the domain it goes on in the same direction. */
	(value: number): number;
	readonly ticks: readonly number[];
}

type Range = readonly [number, number];

/** 1, 2 or 5 times a power of ten: the smallest such step that is not under `rough`. */
function roundStep(rough: number): number {
	const power = 10 ** Math.floor(Math.log10(rough));
	const part = rough / power;
	const factor = part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10;
	return factor * power;
}

/** Round values within [low, high], about `count` of them; 0.1 + 0.2 comes out as 0.3. */
export function linearTicks([low, high]: Range, count = 5): number[] {
	if (!(high > low)) return [low];
	const step = roundStep((high - low) / count);
	const digits = Math.max(0, -Math.floor(Math.log10(step)));
	const ticks: number[] = [];
	for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
		ticks.push(Number((i * step).toFixed(digits)));
	return ticks;
}

export function linearScale(domain: Range, range: Range, count = 5): Scale {
	const [low, high] = domain;
	const span = high - low || 1;
	const place = (value: number) => range[0] + ((value - low) / span) * (range[1] - range[0]);
	return Object.assign(place, { ticks: linearTicks(domain, count) });
}

/** 1, 2 and 5 times powers of ten within [low, high]; only the powers when those are already many. */
export function logTicks([low, high]: Range): number[] {
	const all: number[] = [];
	for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
		for (const factor of [1, 2, 5]) {
			const value = Number(`${factor}e${power}`);
			if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) all.push(value);
		}
	const powers = all.filter((value) => Number.isInteger(Math.log10(value)));
	return all.length > 6 && powers.length > 2 ? powers : all;
}

/** For positive values. */
export function logScale(domain: Range, range: Range): Scale {
	const [low, high] = [Math.log(domain[0]), Math.log(domain[1])];
	const span = high - low || 1;
	const place = (value: number) =>
		range[0] + ((Math.log(value) - low) / span) * (range[1] - range[0]);
	return Object.assign(place, { ticks: logTicks(domain) });
}

/** The extent of the values with a margin, so that no mark lies on an edge; factors on a logarithmic scale. */
export function padded(values: readonly number[], margin: number, log = false): Range {
	const low = Math.min(...values);
	const high = Math.max(...values);
	if (log) {
		const factor = Math.max(high / low, 1.5) ** margin;
		return [low / factor, high * factor];
	}
	const more = (high - low || Math.abs(high) || 1) * margin;
	return [low - more, high + more];
}
