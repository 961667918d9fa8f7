/**
 * Straight lines through points, and how well they fit.
 *
 * @module
 */

/** A least-squares line. */
export interface LinearFit {
  readonly slope: number;
  readonly intercept: number;
  /** Pearson's correlation. */
  readonly rho: number;
  /** Points with two finite places. */
  readonly count: number;
  /** Points left out because a place is NaN or infinite. */
  readonly leftOut: number;
}

/**
 * The least-squares line through the points with two finite places. Slope, intercept and ρ are NaN
 * where x or y does not vary.
 *
 * @throws {RangeError} when x and y differ in number.
 *
 * @example Usage
 * ```ts
 * import { linearFit } from "neurite/lib/figure/transforms/linear_fit.ts";
 *
 * const { slope, intercept, rho } = linearFit([0, 1, 2], [1, 3, 5]);
 * if (slope !== 2 || intercept !== 1 || rho !== 1) throw new Error("unreachable");
 * ```
 */
export function linearFit(x: ArrayLike<number>, y: ArrayLike<number>): LinearFit {
  if (x.length !== y.length) {
    throw new RangeError(
      `Cannot fit "points": ${x.length} x and ${y.length} y, expected one y for each x`,
    );
  }
  const used = Array.from({ length: x.length }, (_, i) => i).filter((i) =>
    Number.isFinite(x[i]) && Number.isFinite(y[i])
  );
  const mean = (values: ArrayLike<number>) =>
    used.reduce((sum, i) => sum + values[i]!, 0) / used.length;
  const [xMean, yMean] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (const i of used) {
    const [dx, dy] = [x[i]! - xMean, y[i]! - yMean];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const counts = { count: used.length, leftOut: x.length - used.length };
  if (!(xx > 0 && yy > 0)) return { slope: NaN, intercept: NaN, rho: NaN, ...counts };
  const slope = xy / xx;
  return { slope, intercept: yMean - slope * xMean, rho: xy / Math.sqrt(xx * yy), ...counts };
}

/** Ranks from 1 of finite values, equal values having their mean rank; NaN stays NaN. */
export function meanRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i)
    .filter((i) => Number.isFinite(values[i])).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length).fill(NaN);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** Spearman's rank correlation over the points with two finite places. */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const keep = (values: ArrayLike<number>, other: ArrayLike<number>) =>
    meanRanks(Array.from(values, (value, i) => Number.isFinite(other[i]) ? value : NaN));
  return linearFit(keep(x, y), keep(y, x)).rho;
}
