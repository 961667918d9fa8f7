/**
 * Finished runs as the scripts write them, for tests of the report.
 *
 * @module
 */
import { openRun } from "../store/run/run_folder.ts";
import type { SummaryNumbers } from "../store/run/summary.ts";

/** What a made run is. */
export interface MadeRun {
  readonly script: string;
  readonly summary?: unknown;
  readonly argv?: readonly string[];
  /** SVG texts by the figure's name. */
  readonly figures?: Readonly<Record<string, string>>;
}

/** Writes a finished run. */
export async function makeRun(
  folder: string,
  { script, summary, argv = [], figures = {} }: MadeRun,
): Promise<void> {
  await using run = await openRun(folder, { script, options: {}, inputs: [] });
  if (summary !== undefined) await run.writeSummary(summary as SummaryNumbers);
  for (const [name, svg] of Object.entries(figures)) await run.writeFigure(name, { svg });
  await run.finish({ argv, options: {}, seeds: { seed: 3 } });
}

/** A summary of big_ds_experiments with this probability difference, the rest as the paper's. */
export function yearSummary(model: string, probDiff: number, more: Record<string, unknown> = {}) {
  const measures = (mean: number) => ({
    "prob_diff_mean": mean,
    "prob_diff_sd": 0.19,
    "prob_diff_ci": [mean - 0.004, mean + 0.004],
    "sharpness_mean": 0.06,
    "sharpness_sd": 0.07,
    "sharpness_ci": [0.058, 0.062],
  });
  return {
    model,
    count: 10_000,
    circuit: "paper",
    prompts: "unbalanced",
    baseline: measures(probDiff),
    ms: { ...measures(0.727), ratio: 0.895, "ratio_ci": [0.893, 0.897] },
    ...more,
  };
}

/** A summary of neuron_df with the release's count of small-a's universal neurons. */
export function universalSummary(model: string, tokens: number) {
  return {
    model,
    neurons: 36_864,
    "universal_neurons": 1533,
    "universal_share": 1533 / 36_864,
    "universal_by_layer": [222, 244, 101, 110, 71, 72, 56, 112, 101, 142, 125, 177],
    "universal_input_bias_below_0": 1528,
    sources: { correlations: { "kept_tokens": tokens } },
  };
}
