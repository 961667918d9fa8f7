/**
 * From the largest correlations of each pair of models to the columns over all pairs.
 *
 * @module
 */
import type { NeuronColumns } from "./columns.ts";
import { float16Decimal } from "./number_text.ts";

/** What a pair says of the first model's neurons, `[n]` each. */
export interface PairMaxima {
  /** Each neuron's largest correlation. */
  readonly maxCorr: ArrayLike<number>;
  /** Its largest with the baseline; none where there was no baseline. */
  readonly baseline?: ArrayLike<number> | undefined;
}

/** As the original keeps them: float16, written to a CSV file and read again. */
function asOriginal({ maxCorr, baseline }: PairMaxima): PairMaxima {
  const decimals = (values: ArrayLike<number>) => Float64Array.from(values, float16Decimal);
  return { maxCorr: decimals(maxCorr), baseline: baseline && decimals(baseline) };
}

function over(arrays: readonly ArrayLike<number>[], join: (values: number[]) => number) {
  const { length } = arrays[0]!;
  return Float64Array.from({ length }, (_, i) => join(arrays.map((values) => values[i]!)));
}

function mean(values: number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/**
 * Largest, mean and smallest over pairs of what each neuron's largest correlation is, the same of the
 * baseline, and the difference of the means, the excess (spec/universal_neurons section 1.5).
 *
 * @param isOriginal rounds each pair's maxima as the original's files do, for digits like its own.
 */
export function pairColumns(
  pairs: readonly PairMaxima[],
  { isOriginal = false }: { readonly isOriginal?: boolean } = {},
): NeuronColumns {
  const given = isOriginal ? pairs.map(asOriginal) : pairs;
  const maxima = given.map(({ maxCorr }) => maxCorr);
  const meanCorr = over(maxima, mean);
  const real = {
    "max_corr": over(maxima, (values) => Math.max(...values)),
    "mean_corr": meanCorr,
    "min_corr": over(maxima, (values) => Math.min(...values)),
  };
  const baselines = given.flatMap(({ baseline }) => baseline ? [baseline] : []);
  // A mean over some pairs beside one over all would be no excess.
  if (baselines.length < pairs.length) return real;
  const meanBaseline = over(baselines, mean);
  return {
    ...real,
    "max_baseline": over(baselines, (values) => Math.max(...values)),
    "min_baseline": over(baselines, (values) => Math.min(...values)),
    "mean_baseline": meanBaseline,
    "excess_corr": meanCorr.map((x, i) => x - meanBaseline[i]!),
  };
}
