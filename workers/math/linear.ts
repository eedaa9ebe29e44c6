/**
 * Small dense linear algebra: what standard errors, parameter draws and a logistic regression of a few features need.
 * Matrices are arrays of rows. A matrix that is not positive definite gives undefined, never a wrong answer.
 */
export type Matrix = number[][];

/** Lower triangle L with L Lᵀ = A, for a symmetric positive definite A. */
export function cholesky(a: Matrix): Matrix | undefined {
	const l: Matrix = a.map((row) => row.map(() => 0));
	for (let i = 0; i < a.length; i++) {
		for (let j = 0; j <= i; j++) {
			let sum = a[i]![j]!;
			for (let k = 0; k < j; k++) sum -= l[i]![k]! * l[j]![k]!;
			if (i !== j) l[i]![j] = sum / l[j]![j]!;
			else if (sum > 0) l[i]![i] = Math.sqrt(sum);
			else return undefined;
		}
	}
	return l;
}

/** The x of A x = b, from A's Cholesky factor. */
export function solveCholesky(l: Matrix, b: readonly number[]): number[] {
	const x = [...b];
	for (let i = 0; i < x.length; i++) {
		for (let k = 0; k < i; k++) x[i]! -= l[i]![k]! * x[k]!;
		x[i]! /= l[i]![i]!;
	}
	for (let i = x.length - 1; i >= 0; i--) {
		for (let k = i + 1; k < x.length; k++) x[i]! -= l[k]![i]! * x[k]!;
		x[i]! /= l[i]![i]!;
	}
	return x;
}

/** A⁻¹ of a symmetric positive definite A. */
export function invertSymmetric(a: Matrix): Matrix | undefined {
	const l = cholesky(a);
	return (
		l &&
		a.map((_, i) =>
			solveCholesky(
				l,
				a.map((_, j) => (i === j ? 1 : 0)),
			),
		)
	);
}

/** The Hessian of a function with an analytic gradient, by central differences of that gradient, made symmetric. */
export function hessian(gradient: (x: number[]) => number[], x: readonly number[]): Matrix {
	const columns = x.map((value, i) => {
		const h = 1e-5 * Math.max(Math.abs(value), 1e-3);
		const high = gradient(x.map((v, j) => (i === j ? v + h : v)));
		const low = gradient(x.map((v, j) => (i === j ? v - h : v)));
		return high.map((v, j) => (v - low[j]!) / (2 * h));
	});
	return columns.map((column, i) => column.map((v, j) => (v + columns[j]![i]!) / 2));
}
