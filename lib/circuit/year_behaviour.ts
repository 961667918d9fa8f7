/**
 * What a model answers to year prompts: one run, the last position only.
 *
 * @module
 */
import { resolve } from "node:path";
import type { HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import { type ForwardOptions, runWithHooks } from "../model/forward/forward.ts";
import type { Model } from "../model/model.ts";
import type { ForwardRun } from "../model/witness.ts";
import { collate, cutoffSharpness, meanAndSd, probDiff, YEARS } from "./year_metrics.ts";

/** Prompts to answer: `tokens [N, T]`, `YY [N]`, the ids of `00`..`99`. */
export interface YearQuestion {
  readonly tokens: HostArray<Int32Array>;
  readonly YY: HostArray<Int32Array>;
  readonly yearTokenIds: HostArray<Int32Array>;
}

/** A model's answers. */
export interface YearBehaviour {
  /** f64 `[N, 100]`, full-vocabulary probabilities of the years. */
  readonly probabilities: HostArray<Float64Array>;
  /** f64 `[N, 100]`. */
  readonly logits: HostArray<Float64Array>;
  /** f64 `[97, 100]`, probabilities averaged by YY (the paper's heatmap). */
  readonly collated: HostArray<Float64Array>;
  /** f64 `[N]`. */
  readonly probDiff: Float64Array;
  /** f64 `[N]`. */
  readonly sharpness: Float64Array;
  /** Means and sample standard deviations over the N examples. */
  readonly summary: YearSummary;
  /** The forward pass behind it, for the witness. */
  readonly forward: ForwardRun;
}

/** The paper's numbers of one run, under the names of summary.json. */
export type YearSummary = Readonly<
  Record<"prob_diff_mean" | "prob_diff_sd" | "sharpness_mean" | "sharpness_sd", number>
>;

/** Summarises the measures of N examples. */
export function summarizeYears(probDiff: Float64Array, sharpness: Float64Array): YearSummary {
  const difference = meanAndSd(probDiff);
  const step = meanAndSd(sharpness);
  return {
    "prob_diff_mean": difference.mean,
    "prob_diff_sd": difference.sd,
    "sharpness_mean": step.mean,
    "sharpness_sd": step.sd,
  };
}

/**
 * Runs the prompts and measures greater-than.
 *
 * @throws {NeuriteError} E-CHECKPOINT when a probability is NaN; what `runWithHooks` throws.
 *
 * @example Usage
 * ```ts
 * import { yearBehaviour } from "neurite/lib/circuit/year_behaviour.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { makeYearPrompts } from "neurite/lib/text/year_prompts.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const prompts = makeYearPrompts(await openTokenizer(model.directory), { count: 4 });
 * const { summary } = await yearBehaviour(model, { ...prompts, tokens: prompts.goodTokens });
 * if (Math.abs(summary.prob_diff_mean) > 1) throw new Error("unreachable");
 * ```
 */
export async function yearBehaviour(
  model: Model,
  { tokens, YY, yearTokenIds }: YearQuestion,
  options: Pick<ForwardOptions, "memory" | "onProgress" | "signal"> = {},
): Promise<YearBehaviour> {
  const request: ForwardOptions = {
    read: ["column_logits", "column_log_probs"],
    positions: "last",
    columns: yearTokenIds.data,
  };
  const results = await runWithHooks(model, tokens, { ...options, ...request });
  const shape = [tokens.shape[0]!, YEARS];
  const logits = Float64Array.from(results.column_logits!.data as Float32Array);
  const logProbs = results.column_log_probs!.data as Float32Array;
  const probabilities = Float64Array.from(logProbs, Math.exp);
  checkFinite(model, probabilities);
  const difference = probDiff(probabilities, YY.data);
  const sharpness = cutoffSharpness(probabilities, YY.data);
  return {
    probabilities: { data: probabilities, shape },
    logits: { data: logits, shape },
    collated: collate(probabilities, YY.data),
    probDiff: difference,
    sharpness,
    summary: summarizeYears(difference, sharpness),
    forward: { tokens, options: request, results },
  };
}

/** A mean over NaN says nothing, and no figure can show it. */
function checkFinite(model: Model, probabilities: Float64Array): void {
  const spoilt = new Set<number>();
  probabilities.forEach((p, i) => {
    if (!Number.isFinite(p)) spoilt.add(Math.floor(i / YEARS));
  });
  if (spoilt.size === 0) return;
  throw cannot("E-CHECKPOINT", {
    do: "measure",
    thing: resolve(model.directory),
    is: `${spoilt.size} of ${probabilities.length / YEARS} prompts with probabilities that are NaN`,
    expected: "numbers",
    hint:
      "weights that are NaN or infinite do this, and a warning names them: fetch the model again",
  });
}
