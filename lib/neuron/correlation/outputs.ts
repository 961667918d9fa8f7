/**
 * The files and numbers of a correlation run.
 *
 * @module
 */
import { basename } from "node:path";
import type { HostArray } from "../../array.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { fileName } from "../file_name.ts";
import type { Correlations } from "./correlate.ts";
import { float16Arrays, float16Numbers } from "./float16_result.ts";
import type { PairResult } from "./pair_result.ts";
import { type Share, universality } from "./universal.ts";

/** Arrays by name. */
type Arrays = Record<string, HostArray>;

/** The largest correlation of each neuron in each draw, `[draws, n]`. */
function drawnMaxima(pair: PairResult): Arrays {
  const draws = pair.baselineMaxima();
  if (draws.length === 0) return {};
  const n = draws[0]!.length;
  const data = new Float32Array(draws.length * n);
  draws.forEach((maxima, draw) => data.set(maxima, draw * n));
  return { "baseline_max_corr": { data, shape: [draws.length, n] } };
}

/**
 * The name of each pair's file: that of the partner. All are numbered where two would be alike, or one
 * would pass for the second file of a pair.
 */
function fileNames(pairs: readonly PairResult[]): string[] {
  const names = pairs.map(({ label }) => `pair_${fileName(basename(label))}`);
  const areClear = new Set(names).size === names.length &&
    !names.some((name) => name.endsWith("_real"));
  return areClear ? names : names.map((name, i) => `${name}_${i + 1}`);
}

/**
 * The arrays of a run by file. With one partner, `arrays` holds the summaries of the matrix that was
 * asked for, under the names of spec/universal_neurons section 1.2 (that of the baseline, as in the
 * original, where there is one), and `real` those of the models themselves. With several, these are
 * in `pair_<partner>` and `pair_<partner>_real`. The columns over all partners are always in `arrays`, and
 * those by the original's float16 sums in `float16` where they were asked for.
 */
export function arraysByFile({ pairs, float16 }: Correlations): Record<string, Arrays> {
  const files = new Map<string, Arrays>([["arrays", universality(pairs).arrays]]);
  const names = pairs.length === 1 ? ["arrays"] : fileNames(pairs);
  for (const [i, pair] of pairs.entries()) {
    const name = names[i]!;
    const hasBaseline = pair.baselines.length > 0;
    const asked = pair.arrays(hasBaseline ? "baseline" : "real");
    files.set(name, { ...files.get(name), ...asked, ...drawnMaxima(pair) });
    if (!hasBaseline) continue;
    files.set(name === "arrays" ? "real" : `${name}_real`, pair.arrays("real"));
  }
  if (float16) files.set("float16", float16Arrays(float16));
  return Object.fromEntries(files);
}

/** Share of universal neurons against each partner, and against all where there are several. */
export function universalShares({ pairs }: Correlations): Record<string, Share> {
  const shares = pairs.map((pair) => [pair.label, universality([pair]).universalShare] as const);
  const all = ["all partners", universality(pairs).universalShare] as const;
  return Object.fromEntries(
    [...shares, ...(pairs.length > 1 ? [all] : [])].flatMap(([label, share]) =>
      share ? [[label, share]] : []
    ),
  );
}

/** Numbers of some pairs for summary.json. */
function pairNumbers(pairs: readonly PairResult[]): SummaryNumbers {
  const { maxCorrMean, baselineMean, universalShare } = universality(pairs);
  return {
    "max_corr_mean": maxCorrMean,
    ...(baselineMean &&
      { "baseline_max_corr_mean": baselineMean.mean, "baseline_max_corr_sd": baselineMean.sd }),
    ...(universalShare &&
      { "universal_share": universalShare.mean, "universal_share_sd": universalShare.sd }),
  };
}

/** The numbers of a run. */
export function summaryNumbers(
  result: Correlations,
  { tokens, model }: { tokens: number; model: string },
): SummaryNumbers {
  const { pairs, kept, defects, exact, layers, float16 } = result;
  return {
    "model_1": model,
    layers,
    tokens,
    "kept_tokens": kept,
    "dead_neurons": defects.dead,
    "non_finite_neurons": defects.nonFinite,
    "exact_sums": exact,
    ...pairNumbers(pairs),
    ...(float16 && { "float16_moments": float16Numbers({ ...result, float16 }) }),
    pairs: Object.fromEntries(pairs.map((pair) => [pair.label, {
      ...pairNumbers([pair]),
      "dead_neurons": pair.defects.dead,
      "non_finite_neurons": pair.defects.nonFinite,
    }])),
  };
}

/** What the figures show of each of the first model's neurons. */
export function neuronColumns({ pairs }: Correlations) {
  const { arrays } = universality(pairs);
  const column = (name: string) => arrays[name]?.data as Float32Array | undefined;
  return {
    maxima: column("pairs_mean_corr")!,
    baseline: column("pairs_mean_baseline"),
    excess: column("excess_corr"),
  };
}
