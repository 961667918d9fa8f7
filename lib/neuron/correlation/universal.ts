/**
 * Universal neurons: those of the first model that every partner has too, by more than chance.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";

/** Above this a neuron's excess correlation makes it universal (Gurnee et al. 2024, section 4). */
export const UNIVERSAL_EXCESS = 0.5;

/** A share over the draws of a baseline. */
export interface Share {
  readonly mean: number;
  /** Sample standard deviation over draws; 0 of one draw. */
  readonly sd: number;
}

/** Mean and sample standard deviation. */
export function meanAndSd(values: readonly number[]): Share {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(square / (values.length - 1)) : 0 };
}

/** Means of `[n]` arrays, element by element. */
export function meanOf(arrays: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(arrays[0]!.length);
  for (const array of arrays) {
    for (let i = 0; i < mean.length; i++) mean[i]! += array[i]! / arrays.length;
  }
  return mean;
}

function extreme(arrays: readonly Float32Array[], choose: (a: number, b: number) => number) {
  return arrays.reduce((one, other) => one.map((x, i) => choose(x, other[i]!)));
}

function shareAbove(excess: Float64Array): number {
  const count = excess.reduce((sum, x) => sum + Number(x > UNIVERSAL_EXCESS), 0);
  return count / excess.length;
}

/** What universality needs of a pair. */
export interface PairMaxima {
  /** Of the models themselves: the largest similarity of each of the first one's neurons. */
  readonly real: { maxima(): Float32Array };
  /** The same with each draw of the baseline. */
  baselineMaxima(): Float32Array[];
}

/** What the pairs of a run say of the first model's neurons; `baseline` parts only where there is one. */
export interface Universality {
  /** `[n]` columns of the original's neuron table, by name (spec/universal_neurons section 1.5). */
  readonly arrays: Record<string, HostArray>;
  readonly maxCorrMean: number;
  readonly baselineMean?: Share;
  readonly universalShare?: Share;
}

/**
 * Means over pairs of each neuron's largest correlation, of its largest with the baseline, and their
 * difference, the excess correlation. The spread is over draws of the baseline.
 */
export function universality(pairs: readonly PairMaxima[]): Universality {
  const maxima = pairs.map((pair) => pair.real.maxima());
  const mean = meanOf(maxima);
  const n = mean.length;
  const column = (data: Float32Array | Float64Array) => ({
    data: Float32Array.from(data),
    shape: [n],
  });
  const real = {
    "pairs_max_corr": column(extreme(maxima, Math.max)),
    "pairs_mean_corr": column(mean),
    "pairs_min_corr": column(extreme(maxima, Math.min)),
  };
  const maxCorrMean = meanAndSd([...mean]).mean;
  const drawn = pairs.map((pair) => pair.baselineMaxima());
  const draws = drawn[0]?.length ?? 0;
  if (draws === 0) return { arrays: real, maxCorrMean };
  const byPair = drawn.map((ofPair) => Float32Array.from(meanOf(ofPair)));
  const byDraw = Array.from({ length: draws }, (_, draw) => meanOf(drawn.map((of) => of[draw]!)));
  const baseline = meanOf(byPair);
  const excess = (under: Float64Array) => mean.map((x, i) => x - under[i]!);
  return {
    arrays: {
      ...real,
      "pairs_max_baseline": column(extreme(byPair, Math.max)),
      "pairs_mean_baseline": column(baseline),
      "pairs_min_baseline": column(extreme(byPair, Math.min)),
      "excess_corr": column(excess(baseline)),
    },
    maxCorrMean,
    baselineMean: meanAndSd(byDraw.map((of) => meanAndSd([...of]).mean)),
    universalShare: meanAndSd(byDraw.map((of) => shareAbove(excess(of)))),
  };
}
