/**
 * Where values stand among those of their group.
 *
 * @module
 */
import { sortFinite, valuesByGroup } from "./percentiles.ts";

/** How many of ascending values are below `value`, and how many are below or equal. */
function ranks(sorted: Float64Array, value: number): [below: number, notAbove: number] {
  const search = (isBefore: (other: number) => boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [search((other) => other < value), search((other) => other <= value)];
}

/**
 * Each value's percentile among the finite values of its group, 0 to 100: SciPy's
 * `percentileofscore(..., kind="rank")`, which gives equal values their mean rank. NaN for values that
 * are not finite.
 *
 * @param groups The group of each value, such as its layer.
 * @throws {RangeError} when values and groups differ in number.
 *
 * @example Usage
 * ```ts
 * import { percentilesOfScore } from "neurite/lib/figure/transforms/percentile_of_score.ts";
 *
 * const layers = [0, 0, 0, 0, 1];
 * const found = percentilesOfScore([1, 2, 3, 4, 9], layers);
 * if (found.join() !== "25,50,75,100,100") throw new Error("unreachable");
 * ```
 */
export function percentilesOfScore(
  values: ArrayLike<number>,
  groups: ArrayLike<number>,
): Float64Array {
  const sorted = new Map(
    [...valuesByGroup(values, groups)].map(([group, members]) => [
      group,
      sortFinite(members).sorted,
    ]),
  );
  return Float64Array.from({ length: values.length }, (_, i) => {
    const value = values[i]!;
    if (!Number.isFinite(value)) return NaN;
    const members = sorted.get(groups[i]!)!;
    const [below, notAbove] = ranks(members, value);
    return (below + notAbove + 1) * 50 / members.length;
  });
}
