/**
 * How much a neuron says of the position in its row: Gurnee et al. 2024, section 4.3;
 * spec/universal_neurons.md section 2, row position.
 *
 * @module
 */
import type { GeluForm } from "../../device/graph.ts";
import { geluArray } from "../explain/gelu_table.ts";

/** What one neuron does by position. */
export interface PositionStatistics {
  /** Mutual information of position and sign, nats. */
  readonly information: number;
  /** Mean and deviation (n) at each position, f64 `[T]`. */
  readonly pre: { readonly mean: Float64Array; readonly sd: Float64Array };
  readonly post: { readonly mean: Float64Array; readonly sd: Float64Array };
  /** Deviation, over positions, of the mean pre-activation. */
  readonly sdOfMeans: number;
  /** Mean, over positions, of the deviation of the pre-activation. */
  readonly meanOfSds: number;
}

/** Keeps the logarithm of a share of 0 finite, as in the release. */
const EPSILON = 1e-9;

/**
 * `(1/T) Σ_p [ f_p ln(f_p/f + 1e-9) + (1 − f_p) ln((1 − f_p)/(1 − f) + 1e-9) ]` with f_p the share of
 * positive pre-activations at position p and f that at all: the information that the sign has about the
 * position, in nats. 0 for a neuron that is always or never positive.
 *
 * @param shares `[T]`.
 */
export function positionInformation(shares: ArrayLike<number>): number {
  const T = shares.length;
  const f = Array.from(shares).reduce((sum, share) => sum + share, 0) / T;
  if (f === 0 || f === 1) return 0;
  let sum = 0;
  for (let p = 0; p < T; p++) {
    const own = shares[p]!;
    sum += own * Math.log(own / f + EPSILON) +
      (1 - own) * Math.log((1 - own) / (1 - f) + EPSILON);
  }
  return sum / T;
}

function byPosition(values: ArrayLike<number>, T: number) {
  const B = values.length / T;
  const mean = new Float64Array(T);
  const sd = new Float64Array(T);
  for (let i = 0; i < values.length; i++) mean[i % T]! += values[i]! / B;
  for (let i = 0; i < values.length; i++) sd[i % T]! += (values[i]! - mean[i % T]!) ** 2 / B;
  return { mean, sd: sd.map(Math.sqrt) };
}

function deviation(values: Float64Array): number {
  return byPosition(values, 1).sd[0]!;
}

/**
 * Statistics of one neuron by position.
 *
 * @param values pre-activations, f32 `[B·T]`.
 *
 * @example Usage
 * ```ts
 * import { positionStatistics } from "neurite/lib/neuron/families/position_information.ts";
 *
 * // Positive at the first of two positions alone: the sign says all, ln 2.
 * const { information } = positionStatistics(Float32Array.of(1, -1, 2, -3), 2, "tanh");
 * if (Math.abs(information - Math.LN2) > 1e-8) throw new Error("unreachable");
 * ```
 */
export function positionStatistics(
  values: Float32Array,
  T: number,
  gelu: GeluForm,
): PositionStatistics {
  const shares = new Float64Array(T);
  for (let i = 0; i < values.length; i++) if (values[i]! > 0) shares[i % T]!++;
  const B = values.length / T;
  const pre = byPosition(values, T);
  const post = new Float64Array(values.length);
  geluArray(gelu)(values, post);
  return {
    information: positionInformation(shares.map((count) => count / B)),
    pre,
    post: byPosition(post, T),
    sdOfMeans: deviation(pre.mean),
    meanOfSds: pre.sd.reduce((sum, one) => sum + one, 0) / T,
  };
}
