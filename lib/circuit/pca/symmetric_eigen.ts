/**
 * Eigenvalues and eigenvectors of small symmetric matrices.
 *
 * @module
 */
import { formatShape, type HostArray } from "../../array.ts";

/** Eigenvalues, largest first, and the unit eigenvector `[N]` of each. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/** Jacobi's method converges quadratically; a symmetric matrix needs about ten sweeps. */
const MOST_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix f64 `[N, N]` by Jacobi's cyclic rotations
 * (Golub & Van Loan 2013, section 8.5), each to rounding of the largest.
 *
 * @throws {RangeError} when it is not square or not finite.
 */
export function symmetricEigen({ data, shape }: HostArray<Float64Array>): Eigen {
  const [N, columns] = shape as [number, number];
  if (shape.length !== 2 || N !== columns || !data.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot find "eigenvalues": ${formatShape(shape)}, expected a finite square matrix`,
    );
  }
  const a = data.slice();
  // Row i becomes the i-th eigenvector.
  const v = new Float64Array(N * N);
  for (let i = 0; i < N; i++) v[i * N + i] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(a, N); sweep++) {
    for (let p = 0; p < N; p++) {
      for (let q = p + 1; q < N; q++) rotate(a, v, { N, p, q });
    }
  }
  const order = Array.from({ length: N }, (_, i) => i)
    .sort((i, j) => a[j * N + j]! - a[i * N + i]! || i - j);
  return {
    values: Float64Array.from(order, (i) => a[i * N + i]!),
    vectors: order.map((i) => v.slice(i * N, (i + 1) * N)),
  };
}

function isDiagonal(a: Float64Array, N: number): boolean {
  let off = 0;
  let all = 0;
  a.forEach((value, i) => {
    all = Math.max(all, Math.abs(value));
    if (i % (N + 1) !== 0) off = Math.max(off, Math.abs(value));
  });
  return off <= Number.EPSILON * all;
}

/** One rotation in the plane of axes p and q, which makes `a[p, q]` zero. */
function rotate(
  a: Float64Array,
  v: Float64Array,
  { N, p, q }: { N: number; p: number; q: number },
): void {
  const apq = a[p * N + q]!;
  if (apq === 0) return;
  const theta = (a[q * N + q]! - a[p * N + p]!) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < N; k++) {
    turn(a, k * N + p, k * N + q, [c, s]);
  }
  for (let k = 0; k < N; k++) {
    turn(a, p * N + k, q * N + k, [c, s]);
    turn(v, p * N + k, q * N + k, [c, s]);
  }
}

function turn(
  values: Float64Array,
  i: number,
  j: number,
  [c, s]: readonly [number, number],
): void {
  const x = values[i]!;
  const y = values[j]!;
  values[i] = c * x - s * y;
  values[j] = s * x + c * y;
}
