/**
 * Intervals of means by the paired bootstrap: prompts are drawn again with replacement, and every
 * series of one call sees the same draws (Efron & Tibshirani 1993, percentile intervals).
 *
 * @module
 */
import { RandomStream } from "../../random.ts";

/** Bounds of a statistic. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How the prompts are drawn again. */
export interface BootstrapOptions {
  /** @default {0} */
  readonly seed?: number | undefined;
  /** Draws of N prompts. @default {1000} */
  readonly resamples?: number | undefined;
  /** Share of the draws inside the interval. @default {0.95} */
  readonly level?: number | undefined;
}

/**
 * Means of each series `[N]` under the same `resamples` draws of N prompts: f64 `[resamples]` each.
 *
 * @throws {RangeError} for series of unequal length.
 */
export function resampledMeans(
  series: readonly Float64Array[],
  { seed = 0, resamples = 1000 }: BootstrapOptions = {},
): Float64Array[] {
  const N = series[0]?.length ?? 0;
  const odd = series.find(({ length }) => length !== N);
  if (odd) {
    throw new RangeError(`Cannot pair "series": ${odd.length} values, expected ${N} as the first`);
  }
  const stream = new RandomStream(seed, "bootstrap");
  const means = series.map(() => new Float64Array(resamples));
  const drawn = new Int32Array(N);
  for (let resample = 0; resample < resamples; resample++) {
    for (let i = 0; i < N; i++) drawn[i] = stream.integer(resample * N + i, N);
    series.forEach((values, index) => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += values[drawn[i]!]!;
      means[index]![resample] = sum / N;
    });
  }
  return means;
}

/** The middle `level` of some draws. */
export function percentileInterval(draws: Float64Array, level = 0.95): Interval {
  const sorted = draws.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const tail = (1 - level) / 2;
  return { low: at(tail), high: at(1 - tail) };
}

/**
 * Interval of a mean.
 *
 * @example Usage
 * ```ts
 * import { bootstrapMean } from "neurite/lib/circuit/task/bootstrap.ts";
 *
 * const { low, high } = bootstrapMean(Float64Array.of(1, 2, 3, 4), { seed: 1 });
 * if (low < 1 || high > 4 || low > high) throw new Error("unreachable");
 * ```
 */
export function bootstrapMean(values: Float64Array, options: BootstrapOptions = {}): Interval {
  return percentileInterval(resampledMeans([values], options)[0]!, options.level);
}

/** Interval of the ratio of two means, given their draws over the same prompts. */
export function ratioInterval(above: Float64Array, below: Float64Array, level?: number): Interval {
  return percentileInterval(above.map((mean, i) => mean / below[i]!), level);
}
