/**
 * Principal components of a few rows of many values (spec/greater_than section 3.7): rows centred, not
 * scaled, by the eigenvectors of the rows' Gram matrix.
 *
 * @module
 */
import { formatShape, type HostArray } from "../../array.ts";
import { symmetricEigen } from "./symmetric_eigen.ts";

/** Components of some rows. */
export interface PrincipalComponents {
  /** f64 `[N, C]`: each row's place along each component. */
  readonly scores: HostArray<Float64Array>;
  /** f64 `[C, D]`: unit directions, the loading of largest magnitude positive. */
  readonly loadings: HostArray<Float64Array>;
  /** f64 `[C]`: the share of the variance along each, most first. */
  readonly explained: HostArray<Float64Array>;
}

/** Variance below this share of the whole is rounding. */
const ROUNDING = 1e-12;

/** Rows `[N, D]` less the mean row. */
function centred({ data, shape }: HostArray): Float64Array {
  const [N, D] = shape as [number, number];
  const mean = new Float64Array(D);
  for (let i = 0; i < data.length; i++) mean[i % D]! += Number(data[i]) / N;
  return Float64Array.from(data as Float64Array, (value, i) => Number(value) - mean[i % D]!);
}

function gram(rows: Float64Array, [N, D]: readonly [number, number]): HostArray<Float64Array> {
  const data = new Float64Array(N * N);
  for (let i = 0; i < N; i++) {
    for (let j = i; j < N; j++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += rows[i * D + d]! * rows[j * D + d]!;
      data[i * N + j] = data[j * N + i] = sum;
    }
  }
  return { data, shape: [N, N] };
}

/** The direction `Xᵀu / |Xᵀu|` in the space of the values, its largest loading positive. */
function direction(rows: Float64Array, u: Float64Array, D: number): Float64Array {
  const along = new Float64Array(D);
  u.forEach((weight, n) => {
    for (let d = 0; d < D; d++) along[d]! += weight * rows[n * D + d]!;
  });
  const length = Math.hypot(...along);
  const largest = along.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a, 0);
  return along.map((value) => value * Math.sign(largest) / length);
}

/**
 * The first components of rows `[N, D]`. Where the rows vary in fewer directions, the components
 * beyond are zero throughout.
 *
 * @param count C, the components wanted. @default {2}
 * @throws {RangeError} for fewer than two rows or values that are not finite.
 *
 * @example Usage
 * ```ts
 * import { hostArray } from "neurite/lib/array.ts";
 * import { principalComponents } from "neurite/lib/circuit/pca/pca.ts";
 *
 * const rows = hostArray(Float64Array.of(0, 0, 3, 4, 6, 8), [3, 2]);
 * const { scores, explained } = principalComponents(rows);
 * if (Math.abs(scores.data[4]! - 5) > 1e-12 || explained.data[0]! < 0.999) {
 *   throw new Error("unreachable");
 * }
 * ```
 */
export function principalComponents(rows: HostArray, count = 2): PrincipalComponents {
  const [N, D] = rows.shape as [number, number];
  if (rows.shape.length !== 2 || N < 2) {
    throw new RangeError(
      `Cannot find "components": rows of shape ${formatShape(rows.shape)}, ` +
        "expected [N, D] with two rows or more",
    );
  }
  const x = centred(rows);
  const { values, vectors } = symmetricEigen(gram(x, [N, D]));
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const scores = new Float64Array(N * count);
  const loadings = new Float64Array(count * D);
  const explained = new Float64Array(count);
  for (let c = 0; c < Math.min(count, N); c++) {
    if (!(values[c]! > ROUNDING * total)) continue;
    const along = direction(x, vectors[c]!, D);
    loadings.set(along, c * D);
    explained[c] = values[c]! / total;
    for (let n = 0; n < N; n++) {
      for (let d = 0; d < D; d++) scores[n * count + c]! += x[n * D + d]! * along[d]!;
    }
  }
  return {
    scores: { data: scores, shape: [N, count] },
    loadings: { data: loadings, shape: [count, D] },
    explained: { data: explained, shape: [count] },
  };
}

/**
 * Columns of `[N, C]` with mean 0 and population standard deviation 1, as the paper draws its
 * components; a column without spread becomes 0.
 */
export function standardized({ data, shape }: HostArray<Float64Array>): HostArray<Float64Array> {
  const [N, C] = shape as [number, number];
  const out = new Float64Array(data.length);
  for (let c = 0; c < C; c++) {
    const column = Float64Array.from({ length: N }, (_, n) => data[n * C + c]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / N;
    const sd = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / N);
    if (sd > 0) column.forEach((value, n) => out[n * C + c] = (value - mean) / sd);
  }
  return { data: out, shape };
}
