/**
 * The paper's measures of greater-than (Hanna et al. 2023, section 2; spec/greater_than section 1.4).
 * Probabilities are of the full vocabulary, gathered at the 100 years, not renormalised.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { GroupMeans } from "./group_means.ts";

/** Years a prompt can be answered with: `00` .. `99`. */
export const YEARS = 100;

/** Rows of a collated matrix: YY = 02 .. 98. */
export const FIRST_YY = 2;
/** See {@linkcode FIRST_YY}. */
export const COLLATED_ROWS = 97;

/** Which answers are right: years after YY, or before it. */
export type Direction = "greater" | "less";

type Values = Float32Array | Float64Array;

/** Which years are right (1) and wrong (−1) after each start year: `YY [N] -> i8 [N, 100]`. */
export function yearSigns(YY: Int32Array, direction: Direction = "greater"): Int8Array {
  const isRight = direction === "greater"
    ? (year: number, yy: number) => year > yy
    : (year: number, yy: number) => year < yy;
  const signs = new Int8Array(YY.length * YEARS);
  YY.forEach((yy, n) => {
    for (let year = 0; year < YEARS; year++) signs[n * YEARS + year] = isRight(year, yy) ? 1 : -1;
  });
  return signs;
}

/**
 * `Σ_c sign_c · value_c` of each row: `values [R, C], signs [N, C] -> f64 [R]`, where R is a multiple
 * of N and the signs repeat.
 */
export function signedSums(values: Values, signs: Int8Array, C: number): Float64Array {
  const sums = new Float64Array(values.length / C);
  for (let i = 0; i < values.length; i++) {
    sums[Math.floor(i / C)]! += signs[i % signs.length]! * values[i]!;
  }
  return sums;
}

/**
 * Probability difference of each example: `Σ_{y>YY} p_y − Σ_{y≤YY} p_y` (`less`: `y<YY` against
 * `y≥YY`), or the same formula on logits. `values [N, 100], YY [N] -> f64 [N]`, in −1..1 for
 * probabilities.
 *
 * @example Usage
 * ```ts
 * import { probDiff } from "neurite/lib/circuit/task/year_metrics.ts";
 *
 * const p = new Float64Array(100);
 * p[42] = 0.75;
 * p[41] = 0.25; // the start year itself is wrong
 * if (probDiff(p, Int32Array.of(41))[0] !== 0.5) throw new Error("unreachable");
 * ```
 */
export function probDiff(
  values: Values,
  YY: Int32Array,
  direction: Direction = "greater",
): Float64Array {
  return signedSums(values, yearSigns(YY, direction), YEARS);
}

/** Cutoff sharpness of each example: `p_{YY+1} − p_{YY−1}`; `values [N, 100], YY [N] -> f64 [N]`. */
export function cutoffSharpness(values: Values, YY: Int32Array): Float64Array {
  return Float64Array.from(
    YY,
    (yy, n) => values[n * YEARS + yy + 1]! - values[n * YEARS + yy - 1]!,
  );
}

/**
 * For each YY from 02 to 98 the mean of the rows with that YY: `values [N, W] -> f64 [97, W]`.
 * A YY without rows gives NaN.
 */
export function collate(values: Values, YY: Int32Array): HostArray<Float64Array> {
  const width = values.length / YY.length;
  const years = new GroupMeans(COLLATED_ROWS, width);
  years.add(values, YY.map((yy) => yy - FIRST_YY));
  return { data: years.means(), shape: [COLLATED_ROWS, width] };
}

/** A mean with the sample standard deviation (N − 1) of its examples. */
export interface MeanAndSd {
  mean: number;
  sd: number;
}

/** Mean and sample standard deviation; one example has sd 0. */
export function meanAndSd(values: Float64Array): MeanAndSd {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}
