/**
 * Moments of a neuron, from its histogram as the original has them and exactly from sums of powers.
 *
 * @module
 */
import { BIN_CENTERS, ORIGINAL_ACTIVE_BIN, POSITIVE_BIN } from "./bins.ts";

/** Mean, population variance, skew and non-excess kurtosis (3 for a Gaussian). */
export interface Moments {
  readonly mean: number;
  readonly var: number;
  /** NaN for a constant. */
  readonly skew: number;
  /** NaN for a constant. */
  readonly kurt: number;
}

/** What a histogram says of a neuron. */
export interface BinStatistics extends Moments {
  /** Activations that were binned. */
  readonly count: number;
  /** The original's activation frequency, which is `P(pre > −0.098)`. */
  readonly sparsity: number;
  /** `P(pre > 0)`. */
  readonly sharePositive: number;
}

/**
 * What the original computes from the counts `[257]` of a neuron, every activation taken for the middle
 * of its bin (spec/universal_neurons section 1.6). All but `count` is NaN when nothing was counted.
 */
export function binStatistics(counts: ArrayLike<number>): BinStatistics {
  let [count, sum, active, positive] = [0, 0, 0, 0];
  for (let k = 0; k < counts.length; k++) {
    const here = counts[k]!;
    count += here;
    sum += here * BIN_CENTERS[k]!;
    if (k >= ORIGINAL_ACTIVE_BIN) active += here;
    if (k >= POSITIVE_BIN) positive += here;
  }
  const mean = sum / count;
  let [second, third, fourth] = [0, 0, 0];
  for (let k = 0; k < counts.length; k++) {
    const deviation = BIN_CENTERS[k]! - mean;
    second += counts[k]! * deviation ** 2;
    third += counts[k]! * deviation ** 3;
    fourth += counts[k]! * deviation ** 4;
  }
  return {
    count,
    mean,
    ...shape([second / count, third / count, fourth / count]),
    sparsity: active / count,
    sharePositive: positive / count,
  };
}

/**
 * Moments from `Σ(x − shift)ᵖ` for p = 1 to 4. With a shift among the values nothing but their
 * own spread cancels.
 */
export function powerMoments(
  powers: ArrayLike<number>,
  { count, shift }: { readonly count: number; readonly shift: number },
): Moments {
  const [first, second, third, fourth] = [0, 1, 2, 3].map((p) => powers[p]! / count) as [
    number,
    number,
    number,
    number,
  ];
  const variance = Math.max(0, second - first ** 2);
  const cube = third - 3 * first * second + 2 * first ** 3;
  const square = fourth - 4 * first * third + 6 * first ** 2 * second - 3 * first ** 4;
  return { mean: shift + first, ...shape([variance, cube, square]) };
}

function shape([second, third, fourth]: readonly [number, number, number]) {
  return { var: second, skew: third / second ** 1.5, kurt: fourth / second ** 2 };
}
