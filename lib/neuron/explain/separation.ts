/**
 * How well features tell apart one value a group, such as a neuron's cosines with the unembedding of
 * every token: the scores by which the release names prediction neurons (spec section 1.15).
 *
 * @module
 */
import {
  classMoments,
  kurtosisReduction,
  meanDifference,
  type MomentOptions,
  skewnessReduction,
  welchT,
} from "./class_moments.ts";
import { featureSums, GroupSums, shiftOf } from "./group_sums.ts";
import { type GroupedFeatures, groupFeatures } from "../labels/group_features.ts";
import type { GroupFeature } from "../labels/labelling.ts";
import { varianceReductions } from "./variance_reduction.ts";

/** The scores of each feature, `[F]` each; NaN where a class is too small for one. */
export interface SeparationScores {
  readonly meanDifference: Float64Array;
  readonly welchT: Float64Array;
  /** By population variances. */
  readonly varianceReduction: Float64Array;
  readonly skewnessReduction: Float64Array;
  readonly kurtosisReduction: Float64Array;
}

/** Features of values that stand each for itself, ready for {@linkcode separationScores}. */
export function valueFeatures(count: number, features: readonly GroupFeature[]): GroupedFeatures {
  const codes = Int32Array.from({ length: count }, (_, i) => i);
  return groupFeatures({ name: "value", codes, groups: count, features });
}

/**
 * Scores of every feature over values.
 *
 * @param values `[G]`, in the order of the features' groups.
 * @param grouped of {@linkcode valueFeatures}.
 *
 * @example Usage
 * ```ts
 * import { separationScores, valueFeatures } from "neurite/lib/neuron/explain/separation.ts";
 *
 * const isLast = { name: "is_last", family: "example", holds: Uint8Array.of(0, 0, 0, 1, 1) };
 * const features = valueFeatures(5, [isLast]);
 * const scores = separationScores(Float64Array.of(1, 2, 3, 11, 13), features);
 * if (scores.meanDifference[0] !== 10) throw new Error("unreachable");
 * ```
 */
export function separationScores(
  values: Float64Array,
  grouped: GroupedFeatures,
  options: MomentOptions = {},
): SeparationScores {
  const shift = shiftOf(values);
  const groups = new GroupSums(grouped.groups, 4);
  groups.add(values, grouped.codes, shift);
  const totals = groups.totals();
  const all = classMoments(values.length, totals, { shift });
  const sums = featureSums(grouped, groups);
  const { held } = grouped;
  const pairs = sums.filter((_, i) => i % 4 < 2);
  const scores = {
    meanDifference: new Float64Array(held.length),
    welchT: new Float64Array(held.length),
    varianceReduction: varianceReductions(
      { held, sums: pairs },
      { count: all.count, sum: totals[0]!, squares: totals[1]! },
      { ddof: 0 },
    ),
    skewnessReduction: new Float64Array(held.length),
    kurtosisReduction: new Float64Array(held.length),
  };
  for (let f = 0; f < held.length; f++) {
    const own = sums.subarray(4 * f, 4 * f + 4);
    const one = classMoments(held[f]!, own, { shift });
    const others = totals.map((total, k) => total - own[k]!);
    const zero = classMoments(all.count - held[f]!, others, { shift });
    scores.meanDifference[f] = meanDifference(one, zero);
    scores.welchT[f] = welchT(one, zero);
    scores.skewnessReduction[f] = skewnessReduction([all, one, zero], options);
    scores.kurtosisReduction[f] = kurtosisReduction([all, one, zero], options);
  }
  return scores;
}
