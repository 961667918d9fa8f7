/**
 * Reduction in variance: how much of a neuron's variance a yes-or-no feature explains (Gurnee et al.
 * 2024, section 4.1; spec/universal_neurons.md section 1.9).
 *
 * @module
 */

/** Sums of one neuron's values over the positions that each feature holds of. */
export interface FeatureSums {
  /** `[F]`, positions that each feature holds of. */
  readonly held: Float64Array;
  /** `[F, 2]`, Σ x and Σ x² over them. */
  readonly sums: Float64Array;
}

/** Sums of all positions' values. */
export interface Totals {
  readonly count: number;
  /** Σ x, after any shift that the features' sums have too. */
  readonly sum: number;
  /** Σ x². */
  readonly squares: number;
}

/** Settings of {@linkcode varianceReductions}. */
export interface VarianceOptions {
  /**
   * What is taken from the count in a variance's denominator: 1 as pandas, which the release's
   * explanations use; 0 as NumPy, which its prediction scores use. @default {1}
   */
  readonly ddof?: 0 | 1;
  /** `[F]`, taken for the result. */
  readonly into?: Float64Array;
}

/**
 * `VR = 1 − [p₀·Var(a | f = 0) + p₁·Var(a | f = 1)] / Var(a)` for each feature, `[F]`, with p the
 * fractions of positions. NaN where a variance is not defined: a feature that holds of fewer than
 * 1 + ddof positions or of all but so few, and a constant neuron.
 *
 * @example Usage
 * ```ts
 * import { varianceReductions } from "neurite/lib/neuron/explain/variance_reduction.ts";
 *
 * // Values 1 2 | 10 11: the feature holds of the last two.
 * const features = { held: Float64Array.of(2), sums: Float64Array.of(21, 221) };
 * const [vr] = varianceReductions(features, { count: 4, sum: 24, squares: 226 });
 * if (Math.abs(vr! - (1 - 0.5 / (82 / 3))) > 1e-15) throw new Error("unreachable");
 * ```
 */
export function varianceReductions(
  { held, sums }: FeatureSums,
  { count, sum, squares }: Totals,
  { ddof = 1, into = new Float64Array(held.length) }: VarianceOptions = {},
): Float64Array {
  const variance = (squares - sum * sum / count) / (count - ddof);
  for (let f = 0; f < held.length; f++) {
    const one = held[f]!;
    const zero = count - one;
    if (one <= ddof || zero <= ddof || !(variance > 0)) {
      into[f] = NaN;
      continue;
    }
    const sumOne = sums[2 * f]!;
    const squaresOne = sums[2 * f + 1]!;
    const sumZero = sum - sumOne;
    const withinOne = (squaresOne - sumOne * sumOne / one) / (one - ddof);
    const withinZero = (squares - squaresOne - sumZero * sumZero / zero) / (zero - ddof);
    into[f] = 1 - (zero * withinZero + one * withinOne) / (count * variance);
  }
  return into;
}

/** The first place of the largest number, NaN left out; −1 where all are NaN. */
export function bestOf(values: ArrayLike<number>): number {
  let best = -1;
  for (let f = 0; f < values.length; f++) {
    if (!Number.isNaN(values[f]) && (best < 0 || values[f]! > values[best]!)) best = f;
  }
  return best;
}
