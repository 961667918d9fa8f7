/**
 * The plain way of everything here, for tests: a pass over all positions for each feature.
 *
 * @module
 */

/** Values split by a feature. */
export function split(values: readonly number[], holds: readonly boolean[]) {
  return [values.filter((_, i) => holds[i]), values.filter((_, i) => !holds[i])] as const;
}

/** The mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Σ(x − mean)^k / (n − ddof). */
export function moment(values: readonly number[], k: number, ddof = 0): number {
  const centre = mean(values);
  return values.reduce((sum, x) => sum + (x - centre) ** k, 0) / (values.length - ddof);
}

/** pandas: groupby(feature).var() weighted by fractions, beside var() of all. */
export function plainReduction(
  values: readonly number[],
  holds: readonly boolean[],
  ddof = 1,
): number {
  const [one, zero] = split(values, holds);
  if (one.length <= ddof || zero.length <= ddof) return NaN;
  const within = (one.length * moment(one, 2, ddof) + zero.length * moment(zero, 2, ddof)) /
    values.length;
  const all = moment(values, 2, ddof);
  return all === 0 ? NaN : (all - within) / all;
}
