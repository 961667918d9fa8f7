/**
 * Percentiles of values, of groups of values.
 *
 * @module
 */

/** The finite values in ascending order, and how many were not finite. */
export interface SortedValues {
  readonly sorted: Float64Array;
  /** Values that are NaN or infinite, which are left out. */
  readonly leftOut: number;
}

/** Sorts the finite ones of some values. */
export function sortFinite(values: ArrayLike<number>): SortedValues {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  return { sorted, leftOut: values.length - sorted.length };
}

/**
 * The value below which `percent` (0 to 100) of ascending values lie, linear between the two next to
 * that place: NumPy's `percentile`. NaN of no values.
 *
 * @example Usage
 * ```ts
 * import { percentile } from "neurite/lib/figure/transforms/percentiles.ts";
 *
 * if (percentile([1, 2, 4], 75) !== 3) throw new Error("unreachable");
 * ```
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  if (sorted.length === 0) return NaN;
  const place = Math.min(100, Math.max(0, percent)) / 100 * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Percentiles by group, such as those of a statistic by layer. */
export interface GroupPercentiles {
  /** The groups that have a finite value, ascending. */
  readonly groups: readonly number[];
  /** For each asked-for percentage, a value for each of the groups. */
  readonly percentiles: readonly Float64Array[];
  /** Mean of each group's finite values. */
  readonly means: Float64Array;
  /** Values that are NaN or infinite, which are left out. */
  readonly leftOut: number;
}

/** The values of each group, by its number, in ascending order of groups. */
export function valuesByGroup(
  values: ArrayLike<number>,
  groups: ArrayLike<number>,
): Map<number, number[]> {
  if (values.length !== groups.length) {
    throw new RangeError(
      `Cannot group "values": ${values.length} values and ${groups.length} groups, expected as many`,
    );
  }
  const found = new Map<number, number[]>();
  for (let i = 0; i < values.length; i++) {
    const members = found.get(groups[i]!);
    if (members) members.push(values[i]!);
    else found.set(groups[i]!, [values[i]!]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/**
 * Percentiles of the values of each group.
 *
 * @param groups The group of each value.
 * @param percents From 0 to 100.
 * @throws {RangeError} when values and groups differ in number.
 */
export function percentilesByGroup(
  values: ArrayLike<number>,
  groups: ArrayLike<number>,
  percents: readonly number[],
): GroupPercentiles {
  const found = [...valuesByGroup(values, groups)].map(([group, members]) => ({
    group,
    ...sortFinite(members),
  }));
  const filled = found.filter(({ sorted }) => sorted.length > 0);
  return {
    groups: filled.map(({ group }) => group),
    percentiles: percents.map((percent) =>
      Float64Array.from(filled, ({ sorted }) => percentile(sorted, percent))
    ),
    means: Float64Array.from(
      filled,
      ({ sorted }) => sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    ),
    leftOut: found.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}
